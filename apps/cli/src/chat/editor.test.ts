import { expect, test } from "vitest";
import { draftText } from "./draft.ts";
import { type Act, edit, type Editor, NEW_EDITOR, putBack } from "./editor.ts";
import type { Key, KeyName } from "./keys.ts";
import { layOut, windowOf } from "./layout.ts";

/** What is left, and what was asked for, after these keys: a string is typed text, `<name>` a key, `<paste:...>` a paste. */
function type(script: readonly string[], from: Editor = NEW_EDITOR): { editor: Editor; text: string; acts: Act[] } {
  let editor = from;
  const acts: Act[] = [];
  for (const step of script) {
    const paste = /^<paste:([\s\S]*)>$/.exec(step)?.[1];
    const name = /^<([a-z-]+)>$/.exec(step)?.[1];
    const key: Key =
      paste !== undefined ? { type: "paste", text: paste } : name !== undefined ? { type: name as KeyName } : { type: "text", text: step };
    const edited = edit(editor, key);
    editor = edited.editor;
    if (edited.act) acts.push(edited.act);
  }
  return { editor, text: draftText(editor.draft), acts };
}

test("Enter sends what was typed, trimmed, and leaves an empty draft", () => {
  expect(type([" hello ", "<enter>"])).toMatchObject({ text: "", acts: [{ type: "send", text: "hello" }] });
});

test("nothing but white space is not sent", () => {
  expect(type(["  ", "<enter>"])).toMatchObject({ text: "", acts: [] });
});

test("Ctrl+J and a backslash before Enter add a line", () => {
  expect(type(["a", "<newline>", "b\\", "<enter>", "c", "<enter>"]).acts).toEqual([{ type: "send", text: "a\nb\nc" }]);
});

test("a pasted block is one message with all its lines, one place for the cursor, and is gone with one Backspace", () => {
  expect(type(["see ", "<paste:one\ntwo\nthree>", " ok", "<enter>"]).acts).toEqual([{ type: "send", text: "see one\ntwo\nthree ok" }]);
  const { editor } = type(["see ", "<paste:one\ntwo>"]);
  expect(layOut(editor.draft, "> ", 80).rows).toEqual(["> see [Pasted text #1 +2 lines]"]);
  expect(type(["<backspace>"], editor).text).toBe("see ");
});

test("Ctrl-C clears what was typed and keeps it in the history; on an empty line it asks", () => {
  const cleared = type(["half a thought", "<interrupt>"]);
  expect(cleared).toMatchObject({ text: "", acts: [{ type: "cleared" }] });
  expect(type(["<up>"], cleared.editor).text).toBe("half a thought");
  expect(type(["<interrupt>"]).acts).toEqual([{ type: "interrupt" }]);
});

test("Ctrl-D leaves on an empty line only", () => {
  expect(type(["<end-of-input>"]).acts).toEqual([{ type: "leave" }]);
  expect(type(["ab", "<left>", "<end-of-input>"])).toMatchObject({ text: "a", acts: [] });
});

test("Up and Down move inside the text first, then through what was sent, and come back to the draft", () => {
  const { editor } = type(["first", "<enter>", "second", "<enter>", "dra", "<newline>", "ft"]);
  expect(type(["<up>", "X"], editor).text).toBe("drXa\nft");
  expect(type(["<up>", "<up>"], editor).text).toBe("second");
  expect(type(["<up>", "<up>", "<up>", "<up>"], editor).text).toBe("first");
  expect(type(["<up>", "<up>", "<down>"], editor).text).toBe("dra\nft");
});

test("the line editor's keys do what shells do", () => {
  const from = type(["one two three"]).editor;
  expect(type(["<delete-word>"], from).text).toBe("one two ");
  expect(type(["<word-left>", "<word-left>", "<delete-to-end>"], from).text).toBe("one ");
  expect(type(["<word-left>", "<delete-to-start>"], from).text).toBe("three");
  expect(type(["<home>", "X", "<end>", "Y", "<left>", "<delete>"], from).text).toBe("Xone two three");
});

test("a character of several code points is deleted whole", () => {
  expect(type(["a👩‍👩‍👧", "<backspace>"]).text).toBe("a");
});

test("a message that could not be sent is the draft again, unless something was typed meanwhile", () => {
  const { editor } = type(["<paste:a\nb>", "<enter>"]);
  const back = putBack(editor, "a\nb");
  expect(draftText(back.draft)).toBe("a\nb");
  expect(back.draft.cells).toHaveLength(1);
  expect(draftText(putBack(type(["new"], editor).editor, "a\nb").draft)).toBe("new");
});

test("rows are never wider than the terminal, and the cursor is where the text is", () => {
  const { editor } = type(["日本語日本語a"]);
  expect(layOut(editor.draft, "> ", 8)).toEqual({ rows: ["> 日本語", "日本語a"], cursorRow: 1, cursorColumn: 7 });
  expect(layOut(type(["12345678"]).editor.draft, "> ", 6)).toEqual({ rows: ["> 1234", "5678"], cursorRow: 1, cursorColumn: 4 });
  expect(layOut(type(["1234"]).editor.draft, "> ", 6)).toEqual({ rows: ["> 1234", ""], cursorRow: 1, cursorColumn: 0 });
});

test("a draft taller than the screen is shown around its cursor", () => {
  const { editor } = type(["a", "<newline>", "b", "<newline>", "c", "<newline>", "d"]);
  expect(windowOf(layOut(editor.draft, "> ", 10), 2)).toMatchObject({ rows: ["c", "d"], cursorRow: 1 });
  const top = type(["<up>", "<up>", "<up>"], editor).editor;
  expect(windowOf(layOut(top.draft, "> ", 10), 2)).toMatchObject({ rows: ["> a", "b"], cursorRow: 0 });
});
