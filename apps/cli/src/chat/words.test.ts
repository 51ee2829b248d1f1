import { expect, test } from "vitest";
import { readLine } from "./words.ts";

test("a slash and a word is never sent: known ones are done, unknown ones are an error", () => {
  expect(readLine("/new")).toEqual({ type: "word", word: "new" });
  expect(readLine("/exit ")).toEqual({ type: "word", word: "exit" });
  expect(readLine("/foo bar")).toEqual({ type: "unknown", word: "/foo bar", known: false });
  expect(readLine("/new please")).toEqual({ type: "unknown", word: "/new", known: true });
  expect(readLine("/toString")).toEqual({ type: "unknown", word: "/toString", known: false });
});

test("two slashes are text with one; a path and a comment are text as they are", () => {
  expect(readLine("//new")).toEqual({ type: "message", text: "/new" });
  expect(readLine("/usr/bin is full")).toEqual({ type: "message", text: "/usr/bin is full" });
  expect(readLine("/* why? */")).toEqual({ type: "message", text: "/* why? */" });
  expect(readLine("1/2?")).toEqual({ type: "message", text: "1/2?" });
});
