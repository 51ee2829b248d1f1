import type { ConversationStore } from "@antiphon/core";

/** What a store was asked for: each method so many times, and the entries that were read of it. */
export interface StoreCount {
  readonly calls: Readonly<Record<string, number>>;
  readonly entriesRead: number;
}

export interface CountingStore {
  readonly store: ConversationStore;
  /** What has been asked for since the last time. */
  take(): StoreCount;
}

export function countingStore(store: ConversationStore): CountingStore {
  let calls: Record<string, number> = {};
  let entriesRead = 0;
  const counted = (name: string, call: (...args: unknown[]) => unknown) =>
    function (...args: unknown[]): unknown {
      calls[name] = (calls[name] ?? 0) + 1;
      const result = call.apply(store, args);
      return name === "read" ? countEntries(result as AsyncIterable<unknown>) : result;
    };
  async function* countEntries(entries: AsyncIterable<unknown>): AsyncIterable<unknown> {
    for await (const entry of entries) {
      entriesRead += 1;
      yield entry;
    }
  }
  const proxy = new Proxy(store, {
    get(target, name: string) {
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? counted(name, member as (...args: unknown[]) => unknown) : member;
    },
  });
  return {
    store: proxy,
    take() {
      const count = { calls, entriesRead };
      calls = {};
      entriesRead = 0;
      return count;
    },
  };
}
