import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { usageObject } from "../../test/usage-objects.ts";
import { readUsage, type UsagePart } from "./read-usage.ts";

const NOTHING = { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheWrite: 0 };

test("a plain usage is one part", () => {
  const usage = { input_tokens: 3, output_tokens: 5, cache_read_input_tokens: 7, cache_creation_input_tokens: 11 };
  expect(
    readUsage({ ...usage, cache_creation: { ephemeral_5m_input_tokens: 2, ephemeral_1h_input_tokens: 9 }, service_tier: "standard" }),
  ).toEqual({
    parts: [{ type: "message", model: undefined, input: 3, output: 5, cacheRead: 7, cacheWrite5m: 2, cacheWrite1h: 9, cacheWrite: 0 }],
    thinkingTokens: 0,
    serverTools: {},
    serviceTier: "standard",
    speed: undefined,
    inferenceGeo: undefined,
    credited: false,
  });
});

describe("iterations", () => {
  const message = { type: "message", input_tokens: 10, output_tokens: 1 };
  const advisor = { type: "advisor_message", model: "claude-opus-4-8", input_tokens: 20, output_tokens: 2 };

  const kinds = (usage: unknown) => readUsage(usage).parts.map(({ type, model, input }) => [type, model, input]);

  test("are the parts where they account for the top level; an advisor has its own model", () => {
    expect(kinds({ input_tokens: 20, output_tokens: 2, iterations: [message, advisor, message] })).toEqual([
      ["message", undefined, 10],
      ["advisor_message", "claude-opus-4-8", 20],
      ["message", undefined, 10],
    ]);
  });

  test("that leave out a part of the top level do not hide it", () => {
    expect(kinds({ input_tokens: 30, output_tokens: 2, iterations: [message, advisor] })).toEqual([
      ["message", undefined, 30],
      ["advisor_message", "claude-opus-4-8", 20],
    ]);
  });

  test("of a kind that nobody knows are parts of that kind", () => {
    expect(kinds({ input_tokens: 0, output_tokens: 0, iterations: [{ type: "dream", input_tokens: 4 }] })).toEqual([
      ["dream", undefined, 4],
    ]);
  });
});

test("a cache write that the split does not cover has no lifetime", () => {
  const usage = { cache_creation_input_tokens: 10, cache_creation: { ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 0 } };
  expect(readUsage(usage).parts).toEqual([{ ...NOTHING, type: "message", model: undefined, cacheWrite5m: 4, cacheWrite: 6 }]);
});

test("a redeemed fallback credit is seen, another one is not", () => {
  expect(readUsage({ fallback_credit: { status: { type: "redeemed" } } }).credited).toBe(true);
  expect(readUsage({ fallback_credit: { status: { type: "not_applied", reason: "expired" } } }).credited).toBe(false);
});

test("any value at all is read, and every count is a whole number from zero up", () => {
  fc.assert(
    fc.property(fc.anything({ maxDepth: 4 }), fc.anything({ maxDepth: 3 }), (value, inner) => {
      for (const usage of [
        value,
        { iterations: value },
        { iterations: [inner], server_tool_use: value, input_tokens: inner, cache_creation: inner },
      ]) {
        const { parts, serverTools, thinkingTokens } = readUsage(usage);
        const counts = parts.flatMap(({ type: _, model: __, ...rest }) => Object.values(rest));
        for (const count of [...counts, ...Object.values(serverTools), thinkingTokens])
          expect(Number.isSafeInteger(count) && count >= 0).toBe(true);
      }
    }),
  );
});

test("the parts of a well-formed usage are its top level and what stands beside it", () => {
  fc.assert(
    fc.property(usageObject, (usage) => {
      const own = readUsage(usage).parts.filter(({ type }) => type === "message");
      expect(sum(own, ({ input }) => input)).toBe(usage.input_tokens);
      expect(sum(own, ({ output }) => output)).toBe(usage.output_tokens);
      expect(sum(own, ({ cacheWrite5m, cacheWrite1h, cacheWrite }) => cacheWrite5m + cacheWrite1h + cacheWrite)).toBe(
        usage.cache_creation_input_tokens,
      );
    }),
  );
});

const RECORDINGS = new URL("../../../../../shared/recordings/", import.meta.url);
const here = existsSync(RECORDINGS);
if (!here) console.warn(`No recordings at ${RECORDINGS.pathname}: recorded usage is not read.`);

describe.skipIf(!here)("recorded usage", () => {
  const index = here ? (JSON.parse(readFileSync(new URL("index.json", RECORDINGS), "utf8")) as { file: string }[]) : [];
  const recorded = index.flatMap(({ file }) => usagesIn(readFileSync(new URL(file, RECORDINGS), "utf8")).map((usage) => ({ file, usage })));

  test("there are 631 objects of it", () => {
    expect(recorded.length).toBe(631);
  });

  test("reads with every token accounted for: the top level is its own samplings, each cache write has its lifetime, each value is known", () => {
    for (const { file, usage } of recorded) {
      const { parts, serviceTier, speed, inferenceGeo } = readUsage(usage);
      const own = parts.filter(({ type }) => type === "message");
      const split = usage.cache_creation !== undefined || usage.iterations !== undefined;
      expect([file, sum(own, ({ input }) => input), sum(own, ({ output }) => output), sum(own, ({ cacheRead }) => cacheRead)]).toEqual([
        file,
        usage.input_tokens ?? 0,
        usage.output_tokens ?? 0,
        usage.cache_read_input_tokens ?? 0,
      ]);
      if (split) expect([file, sum(parts, ({ cacheWrite }) => cacheWrite)]).toEqual([file, 0]);
      expect([undefined, "standard"]).toContain(serviceTier);
      expect([undefined, "global", "not_available"]).toContain(inferenceGeo);
      expect(speed).toBeUndefined();
      expect(["message", "compaction", "advisor_message"]).toEqual(expect.arrayContaining(parts.map(({ type }) => type)));
    }
  });

  test("with compactions and advisors among it", () => {
    const types = recorded.flatMap(({ usage }) => readUsage(usage).parts.map(({ type }) => type));
    expect(types.filter((type) => type === "compaction").length).toBe(3);
    expect(types.filter((type) => type === "advisor_message").length).toBe(4);
  });
});

function sum(parts: readonly UsagePart[], of: (part: UsagePart) => number): number {
  return parts.reduce((total, part) => total + of(part), 0);
}

type Usage = Readonly<Record<string, unknown>>;

/** Every `usage` in a recorded answer or stream. */
function usagesIn(text: string): Usage[] {
  const documents = text.startsWith("{")
    ? [JSON.parse(text) as unknown]
    : [...text.matchAll(/^data: ?(\{.*)$/gm)].map(([, json]) => JSON.parse(json!) as unknown);
  return documents.flatMap(usagesOf);
}

function usagesOf(value: unknown): Usage[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    ...(name === "usage" && typeof inner === "object" && inner !== null ? [inner as Usage] : []),
    ...usagesOf(inner),
  ]);
}
