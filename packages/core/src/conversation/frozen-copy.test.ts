import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { frozenCopy, frozenJson } from "./frozen-copy.ts";

const isDeeplyFrozen = (part: unknown): boolean =>
  typeof part !== "object" || part === null || (Object.isFrozen(part) && Object.values(part).every(isDeeplyFrozen));

const anything = fc.anything({
  withDate: true,
  withMap: true,
  withSet: true,
  withBoxedValues: true,
  withNullPrototype: true,
  withSparseArray: true,
  withTypedArray: true,
  withUnicodeString: true,
  maxDepth: 8,
});

describe("a frozen copy", () => {
  test("is what JSON makes of the value, key by key, and nobody can change it", () => {
    fc.assert(
      fc.property(fc.record({ list: fc.array(anything), value: anything }), (value) => {
        const copy = frozenCopy(value);
        expect(JSON.stringify(copy)).toBe(JSON.stringify(value));
        expect(copy).toStrictEqual(JSON.parse(JSON.stringify(value)));
        expect(isDeeplyFrozen(copy)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test("does not change with what it was made of, nor freezes it", () => {
    const list = [{ deep: { text: "a" } }];
    const copy = frozenCopy({ list });
    list[0]!.deep.text = "b";
    list.push({ deep: { text: "c" } });
    expect(copy).toEqual({ list: [{ deep: { text: "a" } }] });
  });

  test("is copied no second time, but something that is frozen and none of ours is", () => {
    const input = frozenJson(JSON.parse('{"edits":[{"line":1}]}')) as object;
    const copy = frozenCopy([{ content: [{ type: "tool_use", input }] }]);
    expect(copy[0]!.content[0]!.input).toBe(input);
    expect(frozenCopy({ ...copy[0]!, seq: 1 }).content).toBe(copy[0]!.content);
    const inside = { text: "a" };
    const own = frozenCopy({ theirs: Object.freeze({ inside }) });
    inside.text = "b";
    expect(own.theirs.inside.text).toBe("a");
  });

  test("has no field that JSON leaves out, and what JSON writes instead of others", () => {
    const made = { toJSON: () => "made" };
    const value = { kept: null, gone: undefined, run: () => 1, list: [undefined, Symbol("s")], number: Number.NaN, made, zero: -0 };
    expect(frozenCopy(value)).toStrictEqual({ kept: null, list: [null, null], number: null, made: "made", zero: 0 });
  });

  test("keeps a field called __proto__ as a field, at every level", () => {
    const json = `${'{"__proto__":'.repeat(8)}{"a":1}${"}".repeat(8)}`;
    expect(JSON.stringify(frozenCopy(JSON.parse(json)))).toBe(json);
  });

  test("of what JSON cannot write is a TypeError", () => {
    const circle: { self?: unknown } = {};
    circle.self = { self: [circle] };
    for (const value of [circle, { big: 1n }, { deep: [[[[[[1n]]]]]] }]) expect(() => frozenCopy(value)).toThrow(TypeError);
  });
});
