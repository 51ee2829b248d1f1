import stringWidth from "string-width";
import type { Draft } from "./draft.ts";

/** A draft as rows of a terminal, and where the cursor stands in them. */
export interface Layout {
  readonly rows: readonly string[];
  readonly cursorRow: number;
  readonly cursorColumn: number;
}

/** Breaks a draft into rows no wider than `columns`, the first behind `prompt`. Pure. */
export function layOut(draft: Draft, prompt: string, columns: number): Layout {
  const rows = [prompt];
  let column = stringWidth(prompt);
  let cursorRow = 0;
  let cursorColumn = column;
  const breakRow = (): void => {
    rows.push("");
    column = 0;
  };
  for (const [at, cell] of [...draft.cells, undefined].entries()) {
    const width = cell === undefined || cell.text === "\n" ? 0 : stringWidth(cell.shown);
    if (column + width > columns || (width === 0 && cell?.text !== "\n" && column === columns)) breakRow();
    if (at === draft.cursor) {
      cursorRow = rows.length - 1;
      cursorColumn = Math.min(column, columns - 1);
    }
    if (cell === undefined) break;
    if (cell.text === "\n") breakRow();
    else {
      rows[rows.length - 1] += cell.shown;
      column += width;
    }
  }
  return { rows, cursorRow, cursorColumn };
}

/** The part of a layout that fits on a screen, with the cursor in it. */
export function windowOf(layout: Layout, rowsMax: number): Layout {
  const { rows, cursorRow, cursorColumn } = layout;
  if (rows.length <= rowsMax) return layout;
  const from = Math.min(Math.max(0, cursorRow - rowsMax + 1), rows.length - rowsMax);
  return { rows: rows.slice(from, from + rowsMax), cursorRow: cursorRow - from, cursorColumn };
}
