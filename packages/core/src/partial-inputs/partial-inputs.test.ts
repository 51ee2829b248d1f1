import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { delta, end, start, startBlock, stopBlock } from "../../test/stream-events.ts";
import { ReplyFold, type StreamEvent } from "../messages/fold.ts";
import type { TurnEvent } from "../turn/turn-event.ts";
import { type PartialInput, partialInputs } from "./partial-inputs.ts";
import { PartialJson } from "./partial-json.ts";

const TOOL = { type: "tool_use", id: "toolu_1", name: "edit_file", input: {} };
const json = (partial_json: string, index = 0): StreamEvent => delta(index, { type: "input_json_delta", partial_json });

/** The events that a turn tells of a stream. */
async function* told(...events: StreamEvent[]): AsyncGenerator<TurnEvent> {
  yield { type: "request-start", request: 1 };
  const fold = new ReplyFold();
  for (const event of events) {
    const change = fold.push(event);
    if (change.type !== "nothing" && change.type !== "facts" && change.type !== "block-delta") yield change;
  }
}

/** What a reader saw, each as it was when it came. */
async function seen(...events: StreamEvent[]): Promise<PartialInput[]> {
  const all: PartialInput[] = [];
  for await (const item of partialInputs(told(...events))) all.push(structuredClone(item));
  return all;
}

const pieces = (text: string, cuts: readonly number[]): string[] => {
  const at = [0, ...cuts.map((cut) => cut % (text.length + 1)).toSorted((a, b) => a - b), text.length];
  return at.slice(1).map((cut, index) => text.slice(at[index], cut));
};
const anyInput = fc.dictionary(fc.string({ unit: "binary", maxLength: 4 }), fc.jsonValue({ maxDepth: 4, stringUnit: "binary" }), {
  maxKeys: 4,
  noNullPrototype: true,
});

/** Whether a value may be the beginning of another: of each list and object a first part, of each string a beginning. */
function isBeginning(part: unknown, whole: unknown): boolean {
  if (part === undefined) return true;
  if (typeof part === "string") return typeof whole === "string" && whole.startsWith(part);
  if (typeof part !== "object" || part === null) return Object.is(part, whole);
  if (typeof whole !== "object" || whole === null || Array.isArray(part) !== Array.isArray(whole)) return false;
  const names = Object.keys(whole);
  return Object.entries(part).every(
    ([name, inner]) => names.includes(name) && isBeginning(inner, (whole as Record<string, unknown>)[name]),
  );
}

describe("a partial input", () => {
  test("is a beginning of the whole wherever it is cut, only grows, and ends as the whole", async () => {
    await fc.assert(
      fc.asyncProperty(anyInput, fc.array(fc.nat(), { maxLength: 12 }), async (input, cuts) => {
        const whole = JSON.parse(JSON.stringify(input)) as unknown;
        const events = pieces(JSON.stringify(input, null, 1), cuts).map((piece) => json(piece));
        const all = await seen(start(), startBlock(0, TOOL), ...events, stopBlock(0), ...end("tool_use"));
        expect(all).toHaveLength(events.length + 1);
        for (const [at, { input: part }] of all.entries()) {
          expect(isBeginning(part, whole)).toBe(true);
          if (at > 0) expect(isBeginning(all[at - 1]!.input, part)).toBe(true);
        }
        expect(all.at(-1)).toEqual({ toolUseId: "toolu_1", name: "edit_file", input: whole, whole: true });
        expect(all.at(-2)!.input).toEqual(whole);
        expect(all.slice(0, -1).every((item) => !item.whole)).toBe(true);
      }),
    );
  });

  test("shows strings as far as they have come, in objects and in lists, and numbers when they are whole", async () => {
    const all = await seen(
      start(),
      startBlock(0, TOOL),
      ...['{"path":"sr', 'c/a","lines":[1', '2,"fi', 'rst"],"n":'].map((piece) => json(piece)),
    );
    expect(all.map(({ input }) => input)).toEqual([
      { path: "sr" },
      { path: "src/a", lines: [] },
      { path: "src/a", lines: [12, "fi"] },
      { path: "src/a", lines: [12, "first"] },
    ]);
  });

  test("that was cut, or is no JSON, is never whole, and hurts nobody", async () => {
    for (const broken of ['{"a":"b', '{"a":1}}', '{"a" 1', "nonsense"]) {
      const all = await seen(start(), startBlock(0, TOOL), json(broken), json(' "more"'), stopBlock(0), ...end("max_tokens"));
      expect(all.map(({ whole }) => whole)).toEqual([false, false]);
    }
  });

  test("belongs to its call: several at once, server tools too, and none of a block that is no call", async () => {
    const server = { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: {} };
    const hologram = { type: "hologram", input: {} };
    const events = [
      startBlock(0, TOOL),
      startBlock(1, server),
      startBlock(2, hologram),
      json('{"a":', 0),
      json('{"q":"x"}', 1),
      json("{}", 2),
    ];
    const all = await seen(start(), ...events, json("1}", 0), stopBlock(0), stopBlock(1), stopBlock(2), ...end("tool_use"));
    expect(all.map(({ toolUseId, input, whole }) => [toolUseId, input, whole])).toEqual([
      ["toolu_1", {}, false],
      ["srvtoolu_1", { q: "x" }, false],
      ["toolu_1", { a: 1 }, false],
      ["toolu_1", { a: 1 }, true],
      ["srvtoolu_1", { q: "x" }, true],
    ]);
  });

  test("begins anew with each request", async () => {
    async function* twice(): AsyncGenerator<TurnEvent> {
      yield* told(start(), startBlock(0, TOOL), json('{"a":"lost'));
      yield* told(start(), startBlock(0, TOOL), json('{"b":2}'), stopBlock(0));
    }
    const inputs: unknown[] = [];
    for await (const { input } of partialInputs(twice())) inputs.push(structuredClone(input));
    expect(inputs).toEqual([{ a: "lost" }, { b: 2 }, { b: 2 }]);
  });
});

describe("partial JSON", () => {
  test("is the same object from piece to piece", () => {
    const partial = new PartialJson();
    expect(partial.value).toBeUndefined();
    partial.add('{"list":["a');
    const { value } = partial;
    partial.add('b","c');
    expect(partial.value).toBe(value);
    expect(value).toEqual({ list: ["ab", "c"] });
  });

  test("keeps halves of a character that a piece cuts, and a field called __proto__", () => {
    const partial = new PartialJson();
    const text = '{"__proto__":{"x":"\u{1F600}"}}';
    for (const unit of text.split("")) partial.add(unit);
    expect(JSON.stringify(partial.value)).toBe(text);
    expect(partial.whole).toBe(true);
  });

  test("that is no object is a value too", () => {
    for (const [text, value] of [
      ['"text"', "text"],
      ["[1,2]", [1, 2]],
      ["true ", true],
    ] as const) {
      const partial = new PartialJson();
      for (const unit of text) partial.add(unit);
      expect(partial.value).toEqual(value);
    }
  });
});
