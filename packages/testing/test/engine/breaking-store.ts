import { AntiphonError, type ConversationStore } from "@antiphon/core";

/** A store whose process dies: from some write on every call fails, until it is opened again. */
export interface BreakingStore extends ConversationStore {
  /** Lets so many more writes through. The one behind them fails, done or not, and with it every later call. */
  breakAfter(writes: number, lastIsDone?: boolean): void;
  /** Works again. */
  heal(): void;
  readonly writes: number;
}

const WRITES = new Set(["create", "append", "fork", "moveHead", "acquireLease", "renewLease", "releaseLease"]);

export function breakingStore(store: ConversationStore): BreakingStore {
  let left = Number.POSITIVE_INFINITY;
  let lastIsDone = false;
  let writes = 0;
  const broken = () => new AntiphonError("store_failed", "The database is gone. Open it again.");
  const wrapped =
    (name: string, call: (...args: unknown[]) => unknown) =>
    (...args: unknown[]) => {
      if (!WRITES.has(name)) return left < 0 ? failed(name, broken()) : call(...args);
      writes += 1;
      left -= 1;
      if (left >= 0) return call(...args);
      if (left === -1 && lastIsDone) return Promise.resolve(call(...args)).then(() => Promise.reject(broken()));
      return Promise.reject(broken());
    };
  return new Proxy(store, {
    get(target, name: string) {
      if (name === "breakAfter") return (count: number, done = false) => ([left, lastIsDone] = [count, done]);
      if (name === "heal") return () => (left = Number.POSITIVE_INFINITY);
      if (name === "writes") return writes;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? wrapped(name, (...args) => member.apply(target, args)) : member;
    },
  }) as BreakingStore;
}

function failed(name: string, error: AntiphonError): unknown {
  if (name !== "read") return Promise.reject(error);
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }) };
}
