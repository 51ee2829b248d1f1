import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BINDING_MODEL, extend, human, KEY, sequence } from "../../test/builders.ts";
import { histories, type History, play, playHistory } from "../../test/histories.ts";
import type { Bill } from "../conversation/bill.ts";
import type { Entry } from "../conversation/entry.ts";
import { isAntiphonError } from "../errors.ts";
import { project } from "../request/project.ts";
import { validateRequest } from "../request/validate-request.ts";

const operations = fc.array(
  fc.record({
    what: fc.constantFrom("window", "clear", "summarise", "restore", "talk"),
    keep: fc.integer({ min: 1, max: 3 }),
    at: fc.nat({ max: 99 }),
  }),
  { minLength: 1, maxLength: 5 },
);
type Operation = typeof operations extends fc.Arbitrary<readonly (infer T)[]> ? T : never;

const RUNS = { numRuns: 60 };

/** What would be sent behind a next question. */
const asked = (path: readonly Entry[]) => project(extend(path, human("and then?")), { hashKey: KEY, caching: "off" }).body;
const boundaries = ({ conversation }: History) => conversation.entries.filter((entry) => entry.kind === "boundary");

/** Performs an operation; `undefined` where it is not possible, which changes nothing. */
async function perform(history: History, { what, keep, at }: Operation, n: number): Promise<Bill | undefined> {
  const { conversation } = history;
  const before = conversation.entries.length;
  const accept = { accept: true };
  try {
    switch (what) {
      case "window":
        return await conversation.window({ keep: { turns: keep } }, accept);
      case "clear":
        return await conversation.clear({ keep: keep - 1 }, accept);
      case "summarise":
        return await conversation.summarise({ by: async () => `summary ${n}`, ...(at % 2 === 0 && { keep: { turns: keep } }) }, accept);
      case "restore": {
        const all = boundaries(history);
        return all.length === 0 ? undefined : await conversation.restore(all[at % all.length]!.id, accept);
      }
      default:
        await play(history, { step: at % 2 === 0 ? "think" : "tools", at }, 1000 + n);
        return undefined;
    }
  } catch (error) {
    if (!isAntiphonError(error)) throw error;
    expect(["turn_open", "invalid_input"]).toContain(error.code);
    expect(conversation.entries).toHaveLength(before);
    return undefined;
  }
}

/** Each history with operations on it, looked at around each of them. */
function everyOperation(look: (history: History, before: readonly Entry[], bill: Bill | undefined) => void | Promise<void>): Promise<void> {
  return fc.assert(
    fc.asyncProperty(histories, operations, async ({ model, steps }, performed) => {
      const history = await playHistory(model, steps);
      for (const [n, operation] of performed.entries()) {
        const before = [...history.conversation.entries];
        const bill = await perform(history, operation, n);
        await look(history, before, bill);
      }
    }),
    RUNS,
  );
}

const thoughtsIn = (parts: readonly string[]) => parts.flatMap((part) => /"thinking":"([^"]*)"/.exec(part)?.[1] ?? []);
const resultsIn = (parts: readonly string[]) => parts.filter((part) => part.includes('"tool_use_id"'));
const lost = (before: readonly string[], after: readonly string[]) => before.filter((part) => !after.includes(part)).length;

describe("wherever room is made in whatever was said", () => {
  test("the next request breaks no rule, and no result stands without its call", async () => {
    await everyOperation(({ conversation }) => {
      const body = asked(conversation.entries);
      expect(validateRequest(body).filter(({ severity }) => severity === "error")).toEqual([]);
      expect(JSON.stringify(body.messages)).not.toContain("A late result of");
    });
  });

  test("no thought is sent behind anything but what it was thought behind, on a model that binds it", async () => {
    await everyOperation(({ conversation, model, thoughtBehind }) => {
      if (model !== BINDING_MODEL) return;
      const body = asked(conversation.entries);
      const parts = [JSON.stringify([body.system, body.tools]), ...sequence(body.messages)];
      for (const [at, part] of parts.entries()) {
        const [thinking] = thoughtsIn([part]);
        if (thinking !== undefined) expect(parts.slice(0, at)).toEqual(thoughtBehind.get(thinking));
      }
    });
  });

  test("the bill is the difference between the requests before and after, and stands on the boundary", async () => {
    await everyOperation(({ conversation }, before, bill) => {
      if (bill === undefined) return;
      const [was, is] = [sequence(asked(before).messages), sequence(asked(conversation.entries).messages)];
      expect(bill).toMatchObject({
        thinkingBlocks: lost(thoughtsIn(was), thoughtsIn(is)),
        toolPairs: lost(resultsIn(was), resultsIn(is)),
      });
      const added = conversation.entries.slice(before.length);
      if (added.length === 0) expect(was).toEqual(is);
      else expect(added).toMatchObject([{ kind: "boundary", bill }]);
    });
  });

  test("what is taken back at once leaves the request as it was, byte for byte", async () => {
    await everyOperation(async ({ conversation }, before) => {
      const [added, ...others] = conversation.entries.slice(before.length);
      if (added?.kind !== "boundary" || others.length > 0) return;
      await conversation.restore(added.id, { accept: true });
      expect(JSON.stringify(asked(conversation.entries))).toBe(JSON.stringify(asked(before)));
      await conversation.restore(conversation.entries.at(-1)!.id, { accept: true });
    });
  });
});
