import { describe, expect, test } from "vitest";
import { KeyDecoder } from "./key-decoder.ts";
import type { Key } from "./keys.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The keys of these pieces, as they come. */
function keys(...pieces: readonly (string | Uint8Array)[]): Key[] {
  const decoder = new KeyDecoder();
  return pieces.flatMap((piece) => decoder.push(typeof piece === "string" ? bytes(piece) : piece));
}

/** Neighbouring text joined, since where it is cut says nothing. */
function joined(list: readonly Key[]): Key[] {
  const result: Key[] = [];
  for (const key of list) {
    const last = result.at(-1);
    if (key.type === "text" && last?.type === "text") result[result.length - 1] = { type: "text", text: last.text + key.text };
    else result.push(key);
  }
  return result;
}

describe("a paste", () => {
  const paste = "first\r\nsecond\rthird\n\x1b[A\x03 é 👩‍👩‍👧";
  const sent = `a\x1b[200~${paste}\x1b[201~\r`;
  const expected: Key[] = [
    { type: "text", text: "a" },
    { type: "paste", text: "first\nsecond\nthird\n\x1b[A\x03 é 👩‍👩‍👧" },
    { type: "enter" },
  ];

  test("is one key with all its lines, and nothing in it is a key", () => {
    expect(keys(sent)).toEqual(expected);
  });

  test("is the same however the terminal's bytes are cut", () => {
    const whole = bytes(sent);
    for (let at = 1; at < whole.length; at += 1)
      expect(joined(keys(whole.subarray(0, at), whole.subarray(at))), `cut at ${at}`).toEqual(expected);
    expect(joined(keys(...Array.from(whole, (byte) => Uint8Array.of(byte))))).toEqual(expected);
  });
});

test("Enter sends, a lone line feed is Ctrl+J, Alt+Enter adds a line", () => {
  expect(keys("\r", "\n", "\x1b\r")).toEqual([{ type: "enter" }, { type: "newline" }, { type: "newline" }]);
});

test("a line feed at the end of a written line is Enter: so programs type", () => {
  expect(keys("hello\n")).toEqual([{ type: "text", text: "hello" }, { type: "enter" }]);
});

test("a lone Escape is a key only when nothing follows it", () => {
  const decoder = new KeyDecoder();
  expect(decoder.push(bytes("\x1b"))).toEqual([]);
  expect(decoder.isWaiting).toBe(true);
  expect(decoder.push(bytes("[A"))).toEqual([{ type: "up" }]);
  expect(decoder.push(bytes("\x1b"))).toEqual([]);
  expect(decoder.flush()).toEqual([{ type: "escape" }]);
  expect(decoder.flush()).toEqual([]);
});

test("an unknown sequence is no key, and eats nothing behind it", () => {
  expect(keys("\x1b[99;99zx\x1b[?1;2cy")).toEqual([
    { type: "text", text: "x" },
    { type: "text", text: "y" },
  ]);
});

test("a character in two pieces is one character", () => {
  const [first, second] = [bytes("é").subarray(0, 1), bytes("é").subarray(1)];
  expect(keys(first, second)).toEqual([{ type: "text", text: "é" }]);
});
