import type { Environment } from "../environment.ts";

/** What is done with an event; a promise where the next has to wait for it. */
type Take = (event: unknown) => Promise<void> | undefined;

/**
 * Aborts when no byte has come for too long while somebody waits for one. A reader that takes its time is not silence:
 * the clock runs only while the stream is being asked.
 */
export class SilenceWatch {
  readonly #controller = new AbortController();
  readonly #environment: Environment;
  readonly #limitMs: number;
  #since: number | undefined;
  /** Where bytes are told of, the time of the last one is known, and no event needs a look at the clock. */
  #hearsBytes = false;
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
    this.#hearsBytes = true;
    if (this.#since !== undefined) this.#since = this.#environment.now();
  }

  /**
   * Hands each event to `take`, watched, and asks for the next when that is done: at once, or when the promise that it gave
   * settles. Resolves at the end of the stream, or when `signal` aborts, whatever the source does, as soon as nothing is being
   * taken. Rejects with what the source or `take` threw.
   */
  async over(events: AsyncIterable<unknown>, signal: AbortSignal, take: Take): Promise<void> {
    if (signal.aborted) return;
    const iterator = events[Symbol.asyncIterator]();
    const calledOff = Promise.withResolvers<void>();
    const state = { isTaking: false, isOver: false };
    const giveUp = (): void => {
      state.isOver = true;
      if (!state.isTaking) calledOff.resolve();
    };
    signal.addEventListener("abort", giveUp, { once: true });
    // The plain loop costs least for each event; what is raced with it ends the wait where the source does not answer. It does not
    // give the source back itself, since it would wait for that.
    const each = async (): Promise<void> => {
      this.#listen();
      for await (const event of { [Symbol.asyncIterator]: () => ({ next: () => iterator.next() }) }) {
        if (state.isOver) return;
        const busy = take(event);
        if (busy !== undefined) {
          this.#since = undefined;
          state.isTaking = true;
          await busy;
          state.isTaking = false;
          if (state.isOver) return calledOff.resolve();
          this.#listen();
        } else if (!this.#hearsBytes) {
          this.#listen();
        }
      }
    };
    try {
      await Promise.race([each(), calledOff.promise]);
    } finally {
      this.stop();
      signal.removeEventListener("abort", giveUp);
      // Not awaited: a source that does not answer must not hold up the end.
      Promise.resolve(iterator.return?.()).catch(() => undefined);
    }
  }

  stop(): void {
    this.#callOff?.();
    this.#callOff = undefined;
    this.#since = undefined;
  }

  #listen(): void {
    this.#since = this.#environment.now();
    this.#callOff ??= this.#environment.after(this.#limitMs, () => this.#look());
  }

  #look(): void {
    this.#callOff = undefined;
    const quietMs = this.#since === undefined ? 0 : this.#environment.now() - this.#since;
    if (quietMs >= this.#limitMs) this.#controller.abort();
    else this.#callOff = this.#environment.after(this.#limitMs - quietMs, () => this.#look());
  }
}
