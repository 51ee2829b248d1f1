import fc from "fast-check";
import { expect, test } from "vitest";
import { halfCharacterIn, wholeCharacters } from "./half-character.ts";

const HALF = "\ud83d";

test.each([
  [HALF, ""],
  [[{ type: "text", text: `cut ${HALF}` }], "0.text"],
  [{ content: ["ok", { input: { deep: ["\udc00"] } }] }, "content.1.input.deep.0"],
  [{ input: { [HALF]: 1 } }, "input"],
])("half a character is found wherever it stands: %j", (value, path) => {
  expect(halfCharacterIn(value)).toBe(path);
});

test.each(["", "a 🦜", 7, null, undefined, { text: "🦜".repeat(3) }, []])("whole characters are none: %j", (value) => {
  expect(halfCharacterIn(value)).toBeUndefined();
  expect(wholeCharacters(value)).toBe(value);
});

test("what is made whole has none left, and keeps all that was whole", () => {
  expect(wholeCharacters([{ text: `cut ${HALF}` }, "🦜"])).toEqual([{ text: "cut \ufffd" }, "🦜"]);
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.constantFrom(HALF, "\udc00"), (text, half) => {
      expect(halfCharacterIn(wholeCharacters([text + half]))).toBeUndefined();
      expect(wholeCharacters(text)).toBe(text);
    }),
  );
});
