import {
  type Draft,
  draftText,
  EMPTY_DRAFT,
  insert,
  lineEnd,
  lineStart,
  moveTo,
  pastedCells,
  remove,
  typedCells,
  wordLeft,
  wordRight,
} from "./draft.ts";
import type { Key, KeyName } from "./keys.ts";

/** The line editor: the draft, what was sent before, and where the reader stands in it. A value. */
export interface Editor {
  readonly draft: Draft;
  /** Sent or given up, oldest first. */
  readonly history: readonly Draft[];
  /** The place in `history` that is shown; its length for the draft itself. */
  readonly at: number;
  /** The draft that was left for the history. */
  readonly left: Draft;
  readonly pastes: number;
}

/** What a key asks of the chat, beside a change of the draft. `send` carries the message. */
export type Act = { readonly type: "send"; readonly text: string } | { readonly type: "interrupt" | "leave" | "repaint" | "cleared" };

export interface Edited {
  readonly editor: Editor;
  readonly act?: Act;
}

const HISTORY_MAX = 1000;

export const NEW_EDITOR: Editor = Object.freeze({ draft: EMPTY_DRAFT, history: [], at: 0, left: EMPTY_DRAFT, pastes: 0 });

/** What a key does. Pure. */
export function edit(editor: Editor, key: Key): Edited {
  const { draft } = editor;
  switch (key.type) {
    case "text":
      return changed(editor, insert(draft, typedCells(key.text)));
    case "paste": {
      const cells = pastedCells(key.text, editor.pastes + 1);
      return changed({ ...editor, pastes: editor.pastes + (cells[0]?.shown.startsWith("[Pasted") ? 1 : 0) }, insert(draft, cells));
    }
    case "newline":
      return changed(editor, insert(draft, [LINE_BREAK]));
    case "enter":
      return enter(editor);
    case "up":
    case "down":
      return upOrDown(editor, key.type);
    case "interrupt":
      return draft.cells.length === 0 ? { editor, act: { type: "interrupt" } } : { editor: remember(editor), act: { type: "cleared" } };
    case "end-of-input":
      return draft.cells.length === 0 ? { editor, act: { type: "leave" } } : changed(editor, move(draft, "delete"));
    case "repaint":
      return { editor, act: { type: "repaint" } };
    case "escape":
      return { editor };
    default:
      return changed(editor, move(draft, key.type));
  }
}

/** An editor with a message in it again: one that could not be sent is not lost. */
export function putBack(editor: Editor, text: string): Editor {
  if (editor.draft.cells.length > 0) return editor;
  const sent = editor.history.at(-1);
  const draft = sent !== undefined && draftText(sent).trim() === text.trim() ? sent : insert(EMPTY_DRAFT, typedCells(text));
  return { ...editor, draft: moveTo(draft, draft.cells.length) };
}

const LINE_BREAK = Object.freeze({ text: "\n", shown: "" });

function changed(editor: Editor, draft: Draft): Edited {
  return { editor: { ...editor, draft } };
}

/** Sends, unless a backslash before the cursor asks for a line break. Nothing but white space is not sent. */
function enter(editor: Editor): Edited {
  const { draft } = editor;
  if (draft.cells[draft.cursor - 1]?.text === "\\")
    return changed(editor, insert(remove(draft, draft.cursor - 1, draft.cursor), [LINE_BREAK]));
  const text = draftText(draft).trim();
  if (text === "") return changed(editor, EMPTY_DRAFT);
  return { editor: remember(editor), act: { type: "send", text } };
}

function remember(editor: Editor): Editor {
  const history = [...editor.history, editor.draft].slice(-HISTORY_MAX);
  return { ...editor, draft: EMPTY_DRAFT, history, at: history.length, left: EMPTY_DRAFT };
}

/** Inside the text first, then through what was sent. */
function upOrDown(editor: Editor, direction: "up" | "down"): Edited {
  const { draft, history, at } = editor;
  const start = lineStart(draft);
  const end = lineEnd(draft);
  const column = draft.cursor - start;
  if (direction === "up" && start > 0) {
    const above = lineStart(moveTo(draft, start - 1));
    return changed(editor, moveTo(draft, Math.min(above + column, start - 1)));
  }
  if (direction === "down" && end < draft.cells.length) {
    const below = end + 1;
    return changed(editor, moveTo(draft, Math.min(below + column, lineEnd(moveTo(draft, below)))));
  }
  const to = direction === "up" ? at - 1 : at + 1;
  if (to < 0 || to > history.length) return { editor };
  const left = at === history.length ? draft : editor.left;
  const shown = to === history.length ? left : history[to]!;
  return { editor: { ...editor, at: to, left, draft: moveTo(shown, shown.cells.length) } };
}

function move(draft: Draft, key: KeyName): Draft {
  const { cursor } = draft;
  switch (key) {
    case "left":
      return moveTo(draft, cursor - 1);
    case "right":
      return moveTo(draft, cursor + 1);
    case "home":
      return moveTo(draft, lineStart(draft));
    case "end":
      return moveTo(draft, lineEnd(draft));
    case "word-left":
      return moveTo(draft, wordLeft(draft));
    case "word-right":
      return moveTo(draft, wordRight(draft));
    case "backspace":
      return cursor === 0 ? draft : remove(draft, cursor - 1, cursor);
    case "delete":
      return cursor === draft.cells.length ? draft : remove(draft, cursor, cursor + 1);
    case "delete-word":
      return remove(draft, wordLeft(draft), cursor);
    case "delete-to-start":
      return remove(draft, lineStart(draft), cursor);
    case "delete-to-end":
      return remove(draft, cursor, lineEnd(draft));
    default:
      return draft;
  }
}
