import type { Draft } from "./draft.ts";
import { layOut, windowOf } from "./layout.ts";

/** Paints the draft in place, under what was printed before it. */
export interface Screen {
  /** Paints it anew where it stands. */
  paint(draft: Draft): void;
  /** Leaves it where it is and goes on below. */
  leave(draft: Draft): void;
  /** An empty screen. */
  clear(): void;
}

const CLEAR_BELOW = "\x1b[J";
const CLEAR_SCREEN = "\x1b[2J\x1b[H";

/** A screen with a cursor that can be moved. */
export function paintedScreen(stdout: NodeJS.WriteStream, prompt: string): Screen {
  let paintedRow = 0;
  const at = (draft: Draft) => windowOf(layOut(draft, prompt, Math.max(2, stdout.columns || 80)), Math.max(1, (stdout.rows || 24) - 1));
  return {
    paint(draft) {
      const { rows, cursorRow, cursorColumn } = at(draft);
      stdout.write(`${up(paintedRow)}\r${CLEAR_BELOW}${rows.join("\r\n")}${up(rows.length - 1 - cursorRow)}\r${right(cursorColumn)}`);
      paintedRow = cursorRow;
    },
    leave(draft) {
      stdout.write(`${down(at(draft).rows.length - 1 - paintedRow)}\r\n`);
      paintedRow = 0;
    },
    clear() {
      stdout.write(CLEAR_SCREEN);
      paintedRow = 0;
    },
  };
}

/** A terminal that shows what is typed by itself: it gets a prompt for each new line, and nothing else. */
export function plainScreen(stdout: NodeJS.WriteStream, prompt: string): Screen {
  let prompted = false;
  return {
    paint() {
      if (!prompted) stdout.write(prompt);
      prompted = true;
    },
    leave() {
      prompted = false;
    },
    clear() {},
  };
}

function up(rows: number): string {
  return rows > 0 ? `\x1b[${rows}A` : "";
}

function down(rows: number): string {
  return rows > 0 ? `\x1b[${rows}B` : "";
}

function right(columns: number): string {
  return columns > 0 ? `\x1b[${columns}C` : "";
}
