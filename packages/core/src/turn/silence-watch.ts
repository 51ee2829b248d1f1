import type { Environment } from "../environment.ts";

/**
 * Aborts when no byte has come for too long while somebody waits for one. A reader that takes its time is not silence:
 * the clock runs only while the stream is being asked.
 */
export class SilenceWatch {
  readonly #controller = new AbortController();
  readonly #environment: Environment;
  readonly #limitMs: number;
  #since: number | undefined;
  #callOff: (() => void) | undefined;

  constructor(environment: Environment, limitMs: number) {
    this.#environment = environment;
    this.#limitMs = limitMs;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** A byte came. */
  heard(): void {
    if (this.#since !== undefined) this.#since = this.#environment.now();
  }

  /** The same events, watched. Ends at once when `signal` aborts, whatever the source does. */
  async *over(events: AsyncIterable<unknown>, signal: AbortSignal): AsyncGenerator<unknown, void, undefined> {
    const iterator = events[Symbol.asyncIterator]();
    let giveUp: (() => void) | undefined;
    const onAbort = (): void => giveUp?.();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      for (;;) {
        this.#since = this.#environment.now();
        this.#callOff ??= this.#environment.after(this.#limitMs, () => this.#look());
        const step = await new Promise<IteratorResult<unknown> | undefined>((resolve, reject) => {
          giveUp = () => resolve(undefined);
          if (signal.aborted) giveUp();
          iterator.next().then(resolve, reject);
        });
        this.#since = undefined;
        if (step === undefined || step.done) return;
        yield step.value;
      }
    } finally {
      this.stop();
      signal.removeEventListener("abort", onAbort);
      // Not awaited: a source that does not answer must not hold up the end.
      Promise.resolve(iterator.return?.()).catch(() => undefined);
    }
  }

  stop(): void {
    this.#callOff?.();
    this.#callOff = undefined;
    this.#since = undefined;
  }

  #look(): void {
    this.#callOff = undefined;
    const quietMs = this.#since === undefined ? 0 : this.#environment.now() - this.#since;
    if (quietMs >= this.#limitMs) this.#controller.abort();
    else this.#callOff = this.#environment.after(this.#limitMs - quietMs, () => this.#look());
  }
}
