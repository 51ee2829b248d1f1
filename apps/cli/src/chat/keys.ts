/** What a key press means to the chat. */
export type KeyName =
  | "enter"
  | "newline"
  | "backspace"
  | "delete"
  | "left"
  | "right"
  | "up"
  | "down"
  | "home"
  | "end"
  | "word-left"
  | "word-right"
  | "delete-word"
  | "delete-to-start"
  | "delete-to-end"
  | "interrupt"
  | "end-of-input"
  | "escape"
  | "repaint";

export type Key =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "paste"; readonly text: string }
  | { readonly type: KeyName };

/** Keys that are one control character, in raw mode. */
export const CONTROL_KEYS: ReadonlyMap<string, KeyName> = new Map([
  ["\x01", "home"],
  ["\x02", "left"],
  ["\x03", "interrupt"],
  ["\x04", "end-of-input"],
  ["\x05", "end"],
  ["\x06", "right"],
  ["\x08", "backspace"],
  ["\x0b", "delete-to-end"],
  ["\x0c", "repaint"],
  ["\r", "enter"],
  ["\x0e", "down"],
  ["\x10", "up"],
  ["\x15", "delete-to-start"],
  ["\x17", "delete-word"],
  ["\x7f", "backspace"],
]);

/** Keys that are an escape sequence, as xterm and those that follow it send them. */
export const SEQUENCE_KEYS: ReadonlyMap<string, KeyName> = new Map([
  ["\x1b[A", "up"],
  ["\x1bOA", "up"],
  ["\x1b[B", "down"],
  ["\x1bOB", "down"],
  ["\x1b[C", "right"],
  ["\x1bOC", "right"],
  ["\x1b[D", "left"],
  ["\x1bOD", "left"],
  ["\x1b[H", "home"],
  ["\x1bOH", "home"],
  ["\x1b[1~", "home"],
  ["\x1b[7~", "home"],
  ["\x1b[F", "end"],
  ["\x1bOF", "end"],
  ["\x1b[4~", "end"],
  ["\x1b[8~", "end"],
  ["\x1b[3~", "delete"],
  ["\x1b[1;5D", "word-left"],
  ["\x1b[1;3D", "word-left"],
  ["\x1bb", "word-left"],
  ["\x1b[1;5C", "word-right"],
  ["\x1b[1;3C", "word-right"],
  ["\x1bf", "word-right"],
  ["\x1b\x7f", "delete-word"],
  ["\x1b\r", "newline"],
  ["\x1b\n", "newline"],
  ["\x1b[13;2u", "newline"],
  ["\x1b[27;2;13~", "newline"],
]);
