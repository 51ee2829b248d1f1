import { KeyDecoder } from "./key-decoder.ts";
import type { Key } from "./keys.ts";

/** How long half a sequence may take to become whole: a terminal sends it at once, a person's Escape is followed by nothing. */
const SEQUENCE_MS = 50;
/** What is typed ahead beyond this is dropped. */
const AHEAD_MAX = 10_000;

const BRACKETED_PASTE_ON = "\x1b[?2004h";
const BRACKETED_PASTE_OFF = "\x1b[?2004l";

export interface KeyboardOptions {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  /** False on a terminal that knows no escape sequences: it edits its lines itself. */
  readonly raw: boolean;
}

/** The keys of a terminal, one by one. Takes the terminal into raw mode, and gives it back as it was. */
export class Keyboard {
  readonly #options: KeyboardOptions;
  readonly #decoder = new KeyDecoder();
  readonly #keys: Key[] = [];
  #ended = false;
  #wake: (() => void) | undefined;
  #onStop: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #onData = (chunk: Buffer): void => this.#read(chunk);
  readonly #onEnd = (): void => this.#end();
  readonly #onExit = (): void => this.#giveBack();

  constructor(options: KeyboardOptions) {
    this.#options = options;
  }

  open(): void {
    const { stdin, stdout, raw } = this.#options;
    if (raw) {
      stdin.setRawMode(true);
      stdout.write(BRACKETED_PASTE_ON);
    }
    stdin.on("data", this.#onData).on("end", this.#onEnd).on("error", this.#onEnd);
    // A program that is ended by a signal must not leave the shell without its echo.
    process.on("exit", this.#onExit);
  }

  close(): void {
    const { stdin } = this.#options;
    clearTimeout(this.#timer);
    process.off("exit", this.#onExit);
    stdin.off("data", this.#onData).off("end", this.#onEnd).off("error", this.#onEnd).pause();
    this.#giveBack();
  }

  /** The next key; `undefined` when the terminal is gone. */
  async next(): Promise<Key | undefined> {
    while (this.#keys.length === 0 && !this.#ended) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#keys.shift();
  }

  /**
   * While work goes on: Ctrl-C and Escape call `stop`; what else is typed waits for `next`. After a stop it is no longer
   * sent by itself: the text stays, its Enter goes.
   */
  async during<T>(work: Promise<T>, stop: () => void): Promise<T> {
    this.#onStop = stop;
    try {
      return await work;
    } finally {
      this.#onStop = undefined;
    }
  }

  #read(chunk: Buffer): void {
    clearTimeout(this.#timer);
    this.#take(this.#decoder.push(chunk));
    if (this.#decoder.isWaiting) this.#timer = setTimeout(() => this.#take(this.#decoder.flush()), SEQUENCE_MS);
  }

  #take(keys: readonly Key[]): void {
    for (const key of keys) {
      if (this.#onStop !== undefined && (key.type === "interrupt" || key.type === "escape")) {
        this.#keys.splice(0, this.#keys.length, ...this.#keys.filter(({ type }) => type !== "enter"));
        this.#onStop();
      } else if (this.#keys.length < AHEAD_MAX) this.#keys.push(key);
    }
    this.#wake?.();
    this.#wake = undefined;
  }

  #end(): void {
    this.#ended = true;
    this.#onStop?.();
    this.#wake?.();
  }

  #giveBack(): void {
    if (!this.#options.raw) return;
    try {
      this.#options.stdout.write(BRACKETED_PASTE_OFF);
      this.#options.stdin.setRawMode(false);
    } catch {
      // A terminal that is gone needs nothing back.
    }
  }
}
