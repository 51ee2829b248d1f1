import type { ConversationStore } from "@antiphon/core";
import type { StoreCheck } from "../check.ts";
import { collect, refused, same } from "../expect.ts";
import { AT, begin, CONVERSATION, MAIN, MAIN_KEY, message, sampleConversation, sampleId } from "../samples.ts";

const LEASE = { ...MAIN_KEY, holder: "a", fence: 1, expiresAt: AT };

/** Every method of the contract but `close`. */
const CALLS: Readonly<Record<Exclude<keyof ConversationStore, "close">, (store: ConversationStore) => Promise<unknown>>> = {
  create: (store) => store.create(sampleConversation()),
  open: (store) => store.open(CONVERSATION),
  append: (store) => store.append({ ...MAIN_KEY, expectedTip: 0, entries: [message(1)], at: AT }),
  read: (store) => collect(store, MAIN_KEY),
  readDraft: (store) => store.readDraft(MAIN_KEY),
  fork: (store) => store.fork({ ...MAIN_KEY, branchId: sampleId(0xb1), parentBranchId: MAIN, forkSeq: 0, createdAt: AT }),
  moveHead: (store) => store.moveHead({ conversationId: CONVERSATION, from: MAIN, to: MAIN }),
  annotate: (store) => store.annotate(CONVERSATION, { name: "late" }),
  list: (store) => store.list(),
  erase: (store) => store.erase({ conversationId: CONVERSATION }),
  acquireLease: (store) => store.acquireLease({ ...MAIN_KEY, holder: "a", ttlMs: 1 }),
  renewLease: (store) => store.renewLease(LEASE, 1),
  releaseLease: (store) => store.releaseLease(LEASE),
};

export const closingChecks: readonly StoreCheck[] = [
  {
    name: "after closing, every call is refused with store_closed, and closing again does nothing",
    async run({ store }) {
      await begin(store);
      await store.close();
      for (const [name, call] of Object.entries(CALLS)) await refused(call(store), "store_closed", name);
      await store.close();
    },
  },
  {
    name: "a reading that was begun before closing is refused with store_closed at its next entry",
    async run({ store }) {
      await begin(store, 600);
      const reading = store.read(MAIN_KEY)[Symbol.asyncIterator]();
      same((await reading.next()).value?.seq, 1, "the first entry");
      await store.close();
      await refused(reading.next(), "store_closed", "the second entry");
    },
  },
];
