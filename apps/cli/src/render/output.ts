import { styleText } from "node:util";
import { withoutSecrets } from "../client/secrets.ts";
import type { World } from "../world.ts";
import { cleanText, oneLine } from "./clean-text.ts";

/** Text with a style of ours in it. Only `Output.style` makes one, so that no other escape code reaches a terminal. */
export class Styled {
  readonly codes: string;

  constructor(codes: string) {
    this.codes = codes;
  }
}

/** The two ways out: the answer on stdout, everything else, line by line, on stderr. */
export class Output {
  readonly #world: World;
  #color = true;
  #silent = false;

  constructor(world: World) {
    this.#world = world;
  }

  /** Whether stdout is a terminal: then control characters are shown instead of obeyed. In a pipe bytes stay as they are. */
  get isTerminal(): boolean {
    return this.#world.stdout.isTTY;
  }

  /** Takes colour away for good; the environment may have done so already. */
  useColor(on: boolean): void {
    this.#color = on;
  }

  /** Text for stdout, in a style where colour is wanted and can be shown: `NO_COLOR`, `FORCE_COLOR` and `TERM=dumb` have their say. */
  style(format: "bold" | "dim", text: string): Styled {
    const clean = this.#clean(text);
    return new Styled(this.#color ? styleText(format, clean, { stream: this.#world.stdout }) : clean);
  }

  get columns(): number {
    return this.#world.stdout.columns ?? 80;
  }

  /** Writes to stdout. A promise where its reader is behind; it settles too when `signal` aborts, since a reader may never come back. */
  write(text: string | readonly (string | Styled)[], signal?: AbortSignal): Promise<void> | undefined {
    const { stdout } = this.#world;
    const pieces = typeof text === "string" ? [text] : text;
    const whole = pieces.map((piece) => (piece instanceof Styled ? piece.codes : this.#clean(piece))).join("");
    if (stdout.destroyed || whole === "") return undefined;
    if (stdout.write(whole)) return undefined;
    return new Promise((resolve) => {
      const done = (): void => {
        stdout.off("drain", done).off("close", done).off("error", done);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      stdout.on("drain", done).on("close", done).on("error", done);
      if (signal?.aborted) done();
      else signal?.addEventListener("abort", done, { once: true });
    });
  }

  /** From here on nothing is said: who read the answer has left. */
  silence(): void {
    this.#silent = true;
  }

  /** One line to stderr, without the key. */
  notice(line: string): void {
    if (!this.#silent && !this.#world.stderr.destroyed) this.#world.stderr.write(`antiphon: ${oneLine(this.withoutSecrets(line))}\n`);
  }

  /** What somebody else worded, without the key that they may have quoted. */
  withoutSecrets(text: string): string {
    return withoutSecrets(this.#world, text);
  }

  #clean(text: string): string {
    return this.isTerminal ? cleanText(text) : text;
  }
}
