import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { failedResult, ownTools, type RunnableTool, thrownResult, toResult } from "./runnable-tool.ts";

const MAX = 400_000;
const cyclic: { type: string; self?: unknown } = { type: "text" };
cyclic.self = cyclic;
const image = { type: "image", source: { type: "url", url: "https://example.com/a.png" } };
const unspeakable = Object.create(null) as object;

class ToolError extends Error {
  readonly content: unknown;
  constructor(content: unknown, message = "a tool error") {
    super(message);
    this.content = content;
  }
}

describe("what a tool returns", () => {
  test.each([
    ["a text", "4 °C", "4 °C"],
    ["an empty text", "", ""],
    ["blocks", [{ type: "text", text: "see" }, image], [{ type: "text", text: "see" }, image]],
    ["no blocks", [], []],
  ])("is passed on as it is: %s", (_, output, content) => {
    expect(toResult(output, MAX)).toEqual({ content, isError: false });
  });

  test.each([
    ["nothing", undefined, "The tool returned undefined, not text or content blocks."],
    ["null", null, "The tool returned null, not text or content blocks."],
    ["a number", 42, "The tool returned number, not text or content blocks."],
    ["a big number", 42n, "The tool returned bigint, not text or content blocks."],
    ["an object", { temperature: 4 }, "The tool returned object, not text or content blocks."],
    ["a list of other things", ["4 °C"], "The tool returned object, not text or content blocks."],
    ["blocks that turn in circles", [cyclic], "The tool returned something that cannot be written as JSON."],
    ["blocks with a big number", [{ type: "text", text: 4n }], "The tool returned something that cannot be written as JSON."],
  ])("is told as an error where it is %s", (_, output, content) => {
    expect(toResult(output, MAX)).toEqual({ content, isError: true });
  });

  test("is told as too large where it is 50 MB", () => {
    const told = "The tool's result is too large: 50000000 characters, at most 400000 are passed on. Ask for less.";
    expect(toResult("x".repeat(50_000_000), MAX)).toEqual({ content: told, isError: true });
  });

  test("is a copy in wire form, so that a tool can go on with its own", () => {
    const block = { type: "text", text: "before", note: undefined, tell: () => "a function" };
    const { content } = toResult([block], MAX);
    block.text = "after";
    expect(content).toStrictEqual([{ type: "text", text: "before" }]);
  });

  test("never throws, whatever it is", () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true, withTypedArray: true }), (output) => {
        expect(typeof toResult(output, MAX).isError).toBe("boolean");
        expect(thrownResult(output, MAX).isError).toBe(true);
      }),
    );
  });
});

describe("what a tool throws", () => {
  test.each([
    ["an error", new Error("no such city"), "Error: no such city"],
    ["a text", "no such city", "Error: no such city"],
    ["nothing", undefined, "Error: undefined"],
    ["something without words", unspeakable, "Error: what was thrown says nothing."],
    ["an error whose content cannot be sent", new ToolError([cyclic]), "Error: a tool error"],
    ["an error whose content is too large", new ToolError("x".repeat(MAX + 1)), "Error: a tool error"],
  ])("is told to the model: %s", (_, thrown, content) => {
    expect(thrownResult(thrown, MAX)).toEqual({ content, isError: true });
  });

  test("is told in the tool's own blocks where its error carries some", () => {
    expect(thrownResult(new ToolError([image]), MAX)).toEqual({ content: [image], isError: true });
  });

  test("is told up to the limit", () => {
    expect(thrownResult(new Error("x".repeat(100)), 20)).toEqual(failedResult(`Error: ${"x".repeat(13)}`));
  });
});

describe("the tools of a process", () => {
  test.each([
    ["without a name", [{ name: "", run: () => "" }], 'A tool has the name "". Give it one'],
    ["of one name", [tool("a"), tool("b"), tool("a")], 'Two tools have the name "a". Give each one of its own.'],
    ["that cannot be run", [{ name: "a" }], 'The tool "a" has no `run`. Give it one, or define it in the settings alone'],
    [
      "with a time that is none",
      [tool("a", { timeoutMs: Number.NaN })],
      '`timeoutMs` of the tool "a" is NaN. Give it milliseconds from 0 up.',
    ],
    ["with a time in words", [tool("a", { timeoutMs: "1s" })], '`timeoutMs` of the tool "a" is 1s. Give it'],
    ["with a time below 0", [tool("a", { timeoutMs: -1 })], '`timeoutMs` of the tool "a" is -1. Give it'],
  ])("are refused where there is one %s", (_, tools, message) => {
    const error = failure(() => ownTools(tools as unknown as RunnableTool[]));
    expect(error).toMatchObject({ code: "invalid_input", message: expect.stringContaining(message) });
  });

  test("are taken as they are", () => {
    const tools = [tool("a", { timeoutMs: 0 }), tool("b", { timeoutMs: Number.POSITIVE_INFINITY, safeToRepeat: true }), tool("c")];
    expect(ownTools(tools)).toBe(tools);
  });
});

function tool(name: string, more: object = {}): RunnableTool {
  return { name, run: () => "", ...more };
}

function failure(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}
