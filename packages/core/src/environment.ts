import { v4, v7 } from "uuid";

/** Everything of the outside world that core touches by itself, replaceable as a whole. Client and store are passed apart. */
export interface Environment {
  /** Milliseconds since 1970. */
  now(): number;
  /**
   * Calls back once after `ms`, and never where that is longer than any timer (2^31 ms, `Infinity`); the returned function calls
   * it off. Keeps the process alive until then: a turn that waits is not over.
   */
  after(ms: number, callback: () => void): () => void;
  /** A random id, for conversations and branches. */
  randomId(): string;
  /** A time-ordered id, for entries. */
  orderedId(): string;
  /** 32 random bytes in hex. */
  randomKey(): string;
}

/** About 25 days. `setTimeout` calls back after 1 ms where it is given more. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** The runtime's own clock, timers and randomness. */
export const systemEnvironment: Environment = {
  now: () => Date.now(),
  after(ms, callback) {
    if (ms > TIMER_MS_MAX) return () => undefined;
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
  randomId: () => v4(),
  orderedId: () => v7(),
  randomKey: () => (v4() + v4()).replaceAll("-", ""),
};
