import type { Environment } from "@antiphon/core";

/** An environment whose time moves when a test says so, and whose ids and keys are the same in every run. */
export interface SteppedEnvironment extends Environment {
  /** Lets time pass: what is due within so many milliseconds runs, in order. */
  pass(ms: number): void;
  /** The delays of the timers that wait, in milliseconds. */
  readonly waiting: readonly number[];
}

export interface SteppedOptions {
  /** Delays that nobody has to wait for: such a timer runs on the next turn of the event loop. None unless told. */
  readonly hurries?: (ms: number) => boolean;
  /** Stands in front of every id. */
  readonly prefix?: string;
}

interface Timer {
  readonly at: number;
  readonly ms: number;
  readonly run: () => void;
}

export function steppedEnvironment({ hurries = () => false, prefix = "id" }: SteppedOptions = {}): SteppedEnvironment {
  const timers = new Set<Timer>();
  let time = 1_790_000_000_000;
  let ids = 0;
  let keys = 0;
  const nextId = (): string => `${prefix}-${String((ids += 1)).padStart(6, "0")}`;
  const fire = (timer: Timer): void => {
    if (!timers.delete(timer)) return;
    time = Math.max(time, timer.at);
    timer.run();
  };
  return {
    now: () => time,
    after(ms, run) {
      const timer = { at: time + ms, ms, run };
      timers.add(timer);
      if (hurries(ms)) setImmediate(fire, timer);
      return () => timers.delete(timer);
    },
    randomId: nextId,
    orderedId: nextId,
    randomKey: () => String((keys += 1)).padStart(64, "5eed"),
    pass(ms) {
      const end = time + ms;
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at);
        if (next === undefined) break;
        fire(next);
      }
      time = end;
    },
    get waiting() {
      return [...timers].map(({ ms }) => ms);
    },
  };
}
