/** Longer than any real wait; only there so that the process lives while its turn does. */
const KEEP_ALIVE_MS = 60_000;

/**
 * What becomes of a signal, or of a reader that went away. While a turn runs, the first one aborts it, so that what has come of
 * the reply is stored before the program ends; at any other time, and the second time, the program ends at once.
 */
export class Interruption {
  readonly #controller = new AbortController();
  readonly #exit: (code: number) => void;
  #turns = 0;
  #exitCode: number | undefined;

  constructor(exit: (code: number) => void) {
    this.#exit = exit;
  }

  /** The exit code that whatever interrupted asks for; `undefined` where nothing did. */
  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  trip(exitCode: number): void {
    const again = this.#exitCode !== undefined;
    this.#exitCode ??= exitCode;
    if (again || this.#turns === 0) this.#exit(this.#exitCode);
    else this.#controller.abort();
  }

  /** Runs work that must come to its own end. Core's timers do not keep a process alive, so something here has to. */
  async during<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const alive = setInterval(() => undefined, KEEP_ALIVE_MS);
    this.#turns += 1;
    try {
      return await work(this.signal);
    } finally {
      this.#turns -= 1;
      clearInterval(alive);
    }
  }
}
