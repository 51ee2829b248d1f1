import { cleanText } from "../render/clean-text.ts";

/** One place for the cursor: a character as people count them, a line break, or a whole pasted block. */
export interface Cell {
  readonly text: string;
  /** What stands for it on the screen. */
  readonly shown: string;
}

/** A message that is being typed. A value: each change makes a new one. */
export interface Draft {
  readonly cells: readonly Cell[];
  /** The cell that the cursor stands before; `cells.length` at the end. */
  readonly cursor: number;
}

export const EMPTY_DRAFT: Draft = Object.freeze({ cells: [], cursor: 0 });

/** A paste on one line up to this long is shown as it is. */
const SHOWN_PASTE_MAX = 200;

export function draftText(draft: Draft): string {
  return draft.cells.map((cell) => cell.text).join("");
}

export function insert(draft: Draft, cells: readonly Cell[]): Draft {
  const { cursor } = draft;
  return { cells: [...draft.cells.slice(0, cursor), ...cells, ...draft.cells.slice(cursor)], cursor: cursor + cells.length };
}

/** Takes out the cells from one place up to another; the cursor stays where they were. */
export function remove(draft: Draft, from: number, to: number): Draft {
  return { cells: draft.cells.toSpliced(from, to - from), cursor: from };
}

export function moveTo(draft: Draft, cursor: number): Draft {
  return { ...draft, cursor: Math.max(0, Math.min(draft.cells.length, cursor)) };
}

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

export function typedCells(text: string): Cell[] {
  return [...segmenter.segment(text)].map(({ segment }) => ({ text: segment, shown: segment === "\t" ? " " : cleanText(segment) }));
}

/** A pasted block is one cell, named on the screen by its number and size; a short one on one line is text like any other. */
export function pastedCells(text: string, number: number): Cell[] {
  // The line break that ends a line begins no other.
  const lines = text.replace(/\n$/, "").split("\n").length;
  if (lines === 1 && text.length <= SHOWN_PASTE_MAX) return typedCells(text);
  const size = lines === 1 ? `${text.length} characters` : `+${lines} lines`;
  return [{ text, shown: `[Pasted text #${number} ${size}]` }];
}

/** The first cell of the cursor's line. */
export function lineStart({ cells, cursor }: Draft): number {
  let at = cursor;
  while (at > 0 && cells[at - 1]!.text !== "\n") at -= 1;
  return at;
}

/** The place behind the last cell of the cursor's line. */
export function lineEnd({ cells, cursor }: Draft): number {
  let at = cursor;
  while (at < cells.length && cells[at]!.text !== "\n") at += 1;
  return at;
}

export function wordLeft({ cells, cursor }: Draft): number {
  let at = cursor;
  while (at > 0 && isSpace(cells[at - 1]!)) at -= 1;
  while (at > 0 && !isSpace(cells[at - 1]!)) at -= 1;
  return at;
}

export function wordRight({ cells, cursor }: Draft): number {
  let at = cursor;
  while (at < cells.length && isSpace(cells[at]!)) at += 1;
  while (at < cells.length && !isSpace(cells[at]!)) at += 1;
  return at;
}

function isSpace(cell: Cell): boolean {
  return cell.text.trim() === "";
}
