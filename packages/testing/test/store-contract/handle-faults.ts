import { MemoryStore, storeErrors } from "@antiphon/core";
import type { ConversationStore } from "@antiphon/core";
import { setImmediate as nextLoop } from "node:timers/promises";

/** A fault that shows only where a store is opened again, or by two handles. */
export interface HandleFault {
  readonly fault: string;
  readonly found: string;
  /** A handle on what `sound` keeps; `opened` counts from 0. */
  readonly handle: (sound: MemoryStore, opened: number) => ConversationStore;
}

/** A sound handle: `close` closes the handle and not what it stands for. */
export function soundHandle(sound: ConversationStore, broken: Partial<ConversationStore> = {}): ConversationStore {
  let closed = false;
  return new Proxy(sound, {
    get(target, name) {
      if (name === "close") return broken.close ?? (async () => void (closed = true));
      const method: unknown = Reflect.get(broken, name) ?? Reflect.get(target, name);
      if (typeof method !== "function") return method;
      return (...given: unknown[]) => {
        if (closed) throw storeErrors.closed();
        return method.apply(target, given) as unknown;
      };
    },
  });
}

export const handleFaults: readonly HandleFault[] = [
  {
    fault: "forgets the drafts when it closes",
    found: "records, branches, entries, drafts and metadata are the same after closing and opening again",
    handle: (sound, opened) => soundHandle(sound, opened === 0 ? {} : { readDraft: async () => undefined }),
  },
  {
    fault: "forgets who holds a lease when it closes",
    found: "a lease and its fence hold after closing and opening again",
    handle: (sound, opened) =>
      soundHandle(sound, opened === 0 ? {} : { acquireLease: (request) => sound.acquireLease({ ...request, holder: "a" }) }),
  },
  {
    fault: "drops the writes that wait when it closes",
    found: "writes that were asked for before closing are finished",
    handle(sound) {
      let closed = false;
      return soundHandle(sound, {
        append: async (append) => {
          await nextLoop();
          if (closed) throw storeErrors.closed();
          return sound.append(append);
        },
        close: async () => void (closed = true),
      });
    },
  },
  {
    fault: "keeps a copy of its own for each handle",
    found: "what one handle writes is there for another as soon as it is acknowledged",
    handle: (sound, opened) => soundHandle(opened === 0 ? sound : new MemoryStore()),
  },
  {
    fault: "compares the tip before another handle's write and stores after it",
    found: "10 writers with a handle each that go on at the new tip",
    handle: (sound) =>
      soundHandle(sound, {
        append: async (append) => {
          const tip = (await sound.open(append.conversationId))?.branches[0]?.tipSeq ?? 0;
          if (tip !== append.expectedTip) return sound.append(append);
          await nextLoop();
          // What the database does for a store that trusts its own comparison.
          return sound.append(append).catch(() => ({ tipSeq: append.expectedTip + 1 }));
        },
      }),
  },
];
