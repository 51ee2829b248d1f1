/** Runs a function once after some milliseconds; the answer cancels it. */
export type Schedule = (run: () => void, ms: number) => () => void;

export const realTime: Schedule = (run, ms) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};

/** A time that stands still until `pass` is called, for tests of pings and pace. */
export interface ManualTime {
  readonly schedule: Schedule;
  /** Runs what is due within so many milliseconds, in order. */
  pass(ms: number): void;
  /** Settles when something waits for time to pass. */
  waited(): Promise<void>;
}

/** A time that stands still until it is told to pass, for the `schedule` of a server. */
export function manualTime(): ManualTime {
  let now = 0;
  const waiting = new Set<{ at: number; run: () => void }>();
  const observers: (() => void)[] = [];
  return {
    waited: () => (waiting.size > 0 ? Promise.resolve() : new Promise((resolve) => observers.push(resolve))),
    schedule(run, ms) {
      const timer = { at: now + ms, run };
      waiting.add(timer);
      for (const tell of observers.splice(0)) tell();
      return () => waiting.delete(timer);
    },
    pass(ms) {
      const end = now + ms;
      for (;;) {
        const [next] = [...waiting].filter((timer) => timer.at <= end).toSorted((left, right) => left.at - right.at);
        if (next === undefined) break;
        waiting.delete(next);
        now = next.at;
        next.run();
      }
      now = end;
    },
  };
}
