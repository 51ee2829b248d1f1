import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { validateRequest } from "../../src/request/validate-request.ts";
import { EXAMPLES } from "./all-examples.ts";
import { request, talk, text, thinking, toolResult, toolUse } from "./examples/example.ts";

const junk = fc.anything({
  withBigInt: true,
  withNullPrototype: true,
  withSparseArray: true,
  withDate: true,
  withMap: true,
});

/** Shaped like a request down to some depth, with junk in any place. */
const nearlyBlock = fc.oneof(
  { weight: 1, arbitrary: junk },
  {
    weight: 4,
    arbitrary: fc.record(
      {
        type: fc.oneof(
          fc.constantFrom(
            "text",
            "tool_use",
            "tool_result",
            "thinking",
            "image",
            "document",
            "server_tool_use",
            "web_search_tool_result",
            "compaction",
          ),
          junk,
        ),
        id: fc.oneof(fc.constantFrom("a", "b"), junk),
        tool_use_id: fc.oneof(fc.constantFrom("a", "b"), junk),
        name: fc.oneof(fc.constantFrom("web_search", "look"), junk),
        text: fc.oneof(fc.string(), junk),
        content: junk,
        source: fc.oneof(
          junk,
          fc.record({
            type: fc.constant("base64"),
            media_type: fc.constantFrom("image/png", "application/pdf", 7),
            data: fc.oneof(fc.base64String(), fc.string(), junk),
          }),
        ),
        cache_control: fc.oneof(junk, fc.record({ type: fc.constant("ephemeral"), ttl: fc.constantFrom("5m", "1h", 9) })),
        citations: junk,
      },
      { requiredKeys: ["type"] },
    ),
  },
);

const nearlyMessage = fc.oneof(
  { weight: 1, arbitrary: junk },
  {
    weight: 4,
    arbitrary: fc.record(
      {
        role: fc.oneof(fc.constantFrom("user", "assistant", "system"), junk),
        content: fc.oneof(fc.string(), fc.array(nearlyBlock, { maxLength: 5 }), junk),
      },
      { requiredKeys: [] },
    ),
  },
);

const nearlyRequest = fc.record(
  {
    model: fc.oneof(fc.constantFrom("claude-sonnet-4-5", "claude-opus-5", "claude-sonnet-5-5", "mystery-1"), junk),
    max_tokens: fc.oneof(fc.integer(), junk),
    messages: fc.oneof(fc.array(nearlyMessage, { maxLength: 6 }), junk),
    system: fc.oneof(fc.string(), fc.array(nearlyBlock, { maxLength: 3 }), junk),
    tools: fc.oneof(fc.array(fc.oneof(junk, fc.record({ name: junk, strict: fc.boolean(), input_schema: junk })), { maxLength: 3 }), junk),
    tool_choice: fc.oneof(junk, fc.record({ type: fc.constantFrom("auto", "tool", "zap", 7), name: junk })),
    thinking: fc.oneof(junk, fc.record({ type: fc.constantFrom("enabled", "adaptive", "disabled"), budget_tokens: junk })),
    output_config: junk,
    metadata: fc.oneof(junk, fc.record({ user_id: junk, more: junk })),
    stream: junk,
    stop_sequences: junk,
    cache_control: junk,
    anthropic_version: junk,
  },
  { requiredKeys: [] },
);

const bodies = fc.oneof(junk, nearlyRequest);

describe("any value at all", () => {
  test("is answered, with violations that are whole, and never with a throw", () => {
    fc.assert(
      fc.property(bodies, (body) => {
        for (const violation of validateRequest(body)) {
          expect(violation.message).not.toBe("");
          expect(violation.message).not.toMatch(
            /\{(i|j|n|id|ids|path|type|field|name|cap|model|levels|effort|limit|images|kind|value|values|tags|role)\}/,
          );
          expect(["error", "warning"]).toContain(violation.severity);
        }
      }),
      { numRuns: 1000, seed: 7 },
    );
  });

  test("gets the same answer twice, and is not changed", () => {
    fc.assert(
      fc.property(fc.jsonValue(), nearlyRequest, (json, near) => {
        for (const body of [json, near]) {
          const before = fc.stringify(body);
          expect(validateRequest(body)).toEqual(validateRequest(body));
          expect(fc.stringify(body)).toBe(before);
        }
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  test("that is not an object is one violation of the body's shape", () => {
    for (const body of [undefined, null, 7, "hello", [], true]) {
      expect(validateRequest(body).map(({ rule }) => rule)).toEqual(["body-shape"]);
    }
  });

  test("may contain itself", () => {
    const schema: Record<string, unknown> = { type: "object" };
    schema["properties"] = { self: schema };
    const look: Record<string, unknown> = { name: "look", strict: true, input_schema: schema };
    const body = request({ tools: [look] });
    look["input_examples"] = [body];
    expect(validateRequest(body)).toEqual([]);
  });
});

test("every example's body, frozen, is read without being changed", () => {
  for (const { body } of EXAMPLES) expect(() => validateRequest(freeze(body))).not.toThrow();
});

test("the work grows with the size of the body, not faster: ten times the messages, ten times the reads", () => {
  const small = readsOf(1000);
  const large = readsOf(10_000);
  expect(large / small).toBeLessThan(10.5);
  expect(large / 10_000).toBeLessThan(600);
});

/** How often the validation reads a property of anything in a conversation of so many messages. */
function readsOf(messages: number): number {
  const turns = Array.from({ length: Math.ceil(messages / 3) }, (_, index) => [
    ["assistant", [thinking(), text("Looking."), toolUse(`t${index}`)]] as const,
    ["user", [toolResult(`t${index}`, [text("found")])]] as const,
    ["user", "Go on"] as const,
  ]).flat();
  let reads = 0;
  const counted = new Map<object, object>();
  const count = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null) return value;
    const known = counted.get(value);
    if (known !== undefined) return known;
    const proxy = new Proxy(value, {
      get(target, key, receiver) {
        reads += 1;
        return count(Reflect.get(target, key, receiver));
      },
    });
    counted.set(value, proxy);
    return proxy;
  };
  const body = request({
    messages: talk(...turns),
    tools: [{ name: "look", input_schema: { type: "object" } }],
  });
  expect(validateRequest(count(body))).toEqual([]);
  return reads;
}

function freeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) freeze(inner);
  return value;
}
