/** Longer than any real wait; only there so that the process lives while its turn does. */
const KEEP_ALIVE_MS = 60_000;

/**
 * What becomes of a signal, or of a reader that went away. While a turn runs, either aborts it, so that what has come of the
 * reply is stored before the program ends; at any other time, and at a second signal, the program ends at once.
 */
export class Interruption {
  readonly #controller = new AbortController();
  readonly #exit: (code: number) => void;
  #turns = 0;
  #signals = 0;
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

  /** A signal came. It says more than a reader that left: Ctrl-C ends a whole pipeline, in any order. */
  signalled(exitCode: number): void {
    this.#signals += 1;
    if (this.#signals === 1) this.#exitCode = exitCode;
    this.#end();
  }

  /** Nobody reads stdout any more. Every write that fails says so; the first counts. */
  readerLeft(exitCode: number): void {
    if (this.#exitCode !== undefined) return;
    this.#exitCode = exitCode;
    this.#end();
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

  #end(): void {
    if (this.#signals > 1 || this.#turns === 0) this.#exit(this.#exitCode!);
    else this.#controller.abort();
  }
}
