import type { Append, ConversationStore, NewConversation } from "@antiphon/core";

/** A store that tells what was asked of it, and how many entries were handed in. */
export interface CountingStore extends ConversationStore {
  /** Calls by method since the last `reset`, with the entries written under `entries`. Leases are left out. */
  readonly counts: Readonly<Record<string, number>>;
  reset(): void;
}

export function countingStore(store: ConversationStore): CountingStore {
  let counts: Record<string, number> = {};
  const add = (name: string, count: number): void => void (counts[name] = (counts[name] ?? 0) + count);
  return new Proxy(store, {
    get(target, name: string) {
      if (name === "counts") return counts;
      if (name === "reset") return () => (counts = {});
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        if (!name.endsWith("Lease")) add(name, 1);
        if (name === "append" || name === "create") add("entries", (args[0] as Append | NewConversation).entries?.length ?? 0);
        return member.apply(target, args) as unknown;
      };
    },
  }) as CountingStore;
}
