import type { Environment } from "../src/environment.ts";

/** An environment whose time stands still until it is told to pass, with ids that count. */
export class FakeEnvironment implements Environment {
  #now = 1_700_000_000_000;
  #ids = 0;
  #timers: { readonly at: number; readonly callback: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + ms, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  randomId(): string {
    return this.orderedId();
  }

  orderedId(): string {
    this.#ids += 1;
    return `id-${String(this.#ids).padStart(4, "0")}`;
  }

  randomKey(): string {
    return "0b".repeat(32);
  }

  /** Timers that are set and not called off. */
  get pending(): number {
    return this.#timers.length;
  }

  /** Lets time pass, timer by timer, and what they start run as far as it can. */
  async pass(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settle();
    for (;;) {
      const next = this.#timers.toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > until) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
      await settle();
    }
    this.#now = until;
  }
}

/** Lets everything run that waits for nothing but its turn. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
