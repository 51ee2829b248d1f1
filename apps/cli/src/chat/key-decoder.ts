import { CONTROL_KEYS, type Key, SEQUENCE_KEYS } from "./keys.ts";

const PASTE_START = "\x1b[200~";
const PASTE_END = "\x1b[201~";
/** A paste beyond this is cut: the API takes no larger request. */
const PASTE_CHARS_MAX = 32 * 1024 * 1024;
// oxlint-disable-next-line no-control-regex
const SEQUENCE = /^\x1b(?:\[[0-?]*[ -/]*[@-~]|O[ -~]|[^[O\x1b])/;
// oxlint-disable-next-line no-control-regex
const INCOMPLETE = /^\x1b(?:\[[0-?]*[ -/]*|O)?$/;
// oxlint-disable-next-line no-control-regex
const PRINTABLE = /^[^\u0000-\u001f\u007f-\u009f]+/;

/**
 * Reads what a terminal sends into keys, however it is cut into pieces. A bracketed paste is one key with all its lines.
 * Knows no time: whoever reads calls `flush` when nothing followed for a while, since a lone Escape looks like the beginning of a sequence.
 */
export class KeyDecoder {
  readonly #utf8 = new TextDecoder();
  #rest = "";
  #paste: string | undefined;

  push(bytes: Uint8Array): Key[] {
    const chunk = this.#utf8.decode(bytes, { stream: true });
    // A keyboard sends a line feed for Ctrl+J, and then alone. A program that drives a terminal, and a terminal that was still cooked,
    // send it at the end of a line.
    const lineFeed = chunk === "\n" && this.#rest === "" ? "newline" : "enter";
    this.#rest += chunk;
    const keys: Key[] = [];
    while (this.#rest !== "") {
      const key = this.#paste === undefined ? this.#take(lineFeed) : this.#takePaste();
      if (key === "incomplete") break;
      if (key !== undefined) keys.push(key);
    }
    return keys;
  }

  /** Whether something waits for its other half. */
  get isWaiting(): boolean {
    return this.#rest !== "" && this.#paste === undefined;
  }

  /** Gives up waiting: a lone Escape was the key, half a sequence was none. */
  flush(): Key[] {
    if (!this.isWaiting) return [];
    const wasEscape = this.#rest === "\x1b";
    this.#rest = "";
    return wasEscape ? [{ type: "escape" }] : [];
  }

  #take(lineFeed: "newline" | "enter"): Key | "incomplete" | undefined {
    const printable = PRINTABLE.exec(this.#rest)?.[0];
    if (printable !== undefined) {
      this.#skip(printable.length);
      return { type: "text", text: printable };
    }
    if (this.#rest.startsWith("\x1b")) return this.#takeSequence();
    const character = this.#rest[0]!;
    this.#skip(1);
    if (character === "\n") return { type: lineFeed };
    if (character === "\t") return { type: "text", text: "\t" };
    const name = CONTROL_KEYS.get(character);
    return name && { type: name };
  }

  #takeSequence(): Key | "incomplete" | undefined {
    if (INCOMPLETE.test(this.#rest)) return "incomplete";
    const sequence = SEQUENCE.exec(this.#rest)?.[0];
    // Escape before another sequence.
    if (sequence === undefined) {
      this.#skip(1);
      return { type: "escape" };
    }
    this.#skip(sequence.length);
    if (sequence === PASTE_START) this.#paste = "";
    const name = SEQUENCE_KEYS.get(sequence);
    return name && { type: name };
  }

  #takePaste(): Key | "incomplete" {
    const end = this.#rest.indexOf(PASTE_END);
    // The end mark may arrive in two pieces: as much as could be its beginning is kept back.
    const taken = end === -1 ? Math.max(0, this.#rest.length - PASTE_END.length + 1) : end;
    this.#paste = (this.#paste! + this.#rest.slice(0, taken)).slice(0, PASTE_CHARS_MAX);
    this.#skip(taken);
    if (end === -1) return "incomplete";
    this.#skip(PASTE_END.length);
    const text = this.#paste.replaceAll(/\r\n?/g, "\n");
    this.#paste = undefined;
    return { type: "paste", text };
  }

  #skip(count: number): void {
    this.#rest = this.#rest.slice(count);
  }
}
