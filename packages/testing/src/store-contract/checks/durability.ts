import type { ConversationStore } from "@antiphon/core";
import type { StoreCheck } from "../check.ts";
import { collect, idsOf, refused, same } from "../expect.ts";
import { AT, begin, CONVERSATION, ENTRY_OF_EACH_KIND, forkAt, MAIN, MAIN_KEY, message, messages, sampleId } from "../samples.ts";

/** Everything that a store tells about the sample conversation. */
async function whole(store: ConversationStore): Promise<unknown> {
  const record = await store.open(CONVERSATION);
  const branches = record?.branches.map(async ({ id }) => {
    const key = { conversationId: CONVERSATION, branchId: id };
    return { entries: await collect(store, key), draft: await store.readDraft(key) };
  });
  return { record, branches: await Promise.all(branches ?? []), page: await store.list() };
}

export const durabilityChecks: readonly StoreCheck[] = [
  {
    name: "records, branches, entries, drafts and metadata are the same after closing and opening again",
    needs: "durable",
    async run({ store, reopen }) {
      await begin(store, 2);
      await store.append({ ...MAIN_KEY, expectedTip: 2, entries: ENTRY_OF_EACH_KIND, at: AT + 1 });
      const fork = await forkAt(store, sampleId(0xb1), MAIN, 2);
      await store.append({ ...fork, expectedTip: 2, entries: messages(13, 14), at: AT + 2 });
      await store.append({ ...fork, expectedTip: 4, draft: { draftId: sampleId(15), number: 0, text: "so " }, at: AT + 3 });
      await store.append({ ...fork, expectedTip: 4, draft: { draftId: sampleId(15), number: 1, text: "far" }, at: AT + 4 });
      await store.moveHead({ conversationId: CONVERSATION, from: MAIN, to: fork.branchId });
      await store.annotate(CONVERSATION, { name: "Travel" });
      await store.erase({ conversationId: CONVERSATION, entryIds: [sampleId(99)] });
      await store.append({
        ...MAIN_KEY,
        expectedTip: 2 + ENTRY_OF_EACH_KIND.length,
        draft: { draftId: sampleId(16), number: 0, text: "…" },
        at: AT,
      });
      const before = await whole(store);
      same(await whole(await reopen()), before, "everything that the store tells");
    },
  },
  {
    name: "a lease and its fence hold after closing and opening again",
    needs: "durable",
    async run({ store, clock, reopen }) {
      await begin(store);
      const old = await store.acquireLease({ ...MAIN_KEY, holder: "a", ttlMs: 1000 });
      const lease = await store.acquireLease({ ...MAIN_KEY, holder: "a", ttlMs: 1000 });
      const again = await reopen();
      same(await again.acquireLease({ ...MAIN_KEY, holder: "b", ttlMs: 1000 }), undefined, "the lease for another");
      const append = { ...MAIN_KEY, expectedTip: 0, entries: [message(1)], at: AT };
      await refused(again.append({ ...append, fence: old?.fence ?? 0 }), "lease_lost", "an append with the older fence");
      if (lease !== undefined) same((await again.renewLease(lease, 5000)).expiresAt, clock.now() + 5000, "the end after renewing");
    },
  },
  {
    name: "writes that were asked for before closing are finished",
    needs: "durable",
    async run({ store, reopen }) {
      await begin(store);
      const append = store.append({ ...MAIN_KEY, expectedTip: 0, entries: messages(1, 3), at: AT });
      const again = await reopen();
      same([await append, await idsOf(again, MAIN_KEY)], [{ tipSeq: 3 }, [1, 2, 3].map(sampleId)], "the answer and the entries");
    },
  },
  {
    name: "what one handle writes is there for another as soon as it is acknowledged",
    needs: "shared",
    async run({ store, secondHandle }) {
      const other = await secondHandle();
      await begin(store, 1);
      same(await idsOf(other, MAIN_KEY), [sampleId(1)], "the entries for the other");
      await other.append({
        ...MAIN_KEY,
        expectedTip: 1,
        entries: [message(2)],
        draft: { draftId: sampleId(3), number: 0, text: "…" },
        at: AT,
      });
      same(
        [await idsOf(store, MAIN_KEY), (await store.readDraft(MAIN_KEY))?.chunks],
        [[1, 2].map(sampleId), ["…"]],
        "entries and draft for the first",
      );
      const lease = await other.acquireLease({ ...MAIN_KEY, holder: "other", ttlMs: 1000 });
      same(
        [lease?.holder, await store.acquireLease({ ...MAIN_KEY, holder: "first", ttlMs: 1000 })],
        ["other", undefined],
        "the leases of both",
      );
      await other.erase({ conversationId: CONVERSATION });
      same(await store.open(CONVERSATION), undefined, "the conversation that the other erased");
    },
  },
];
