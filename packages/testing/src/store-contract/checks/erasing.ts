import { tombstoneOf } from "@antiphon/core";
import type { StoreCheck } from "../check.ts";
import { collect, idsOf, refused, same, tipOf } from "../expect.ts";
import { AT, begin, CONVERSATION, ENTRY_OF_EACH_KIND, forkAt, MAIN, MAIN_KEY, message, sampleConversation, sampleId } from "../samples.ts";

const OTHER_KEY = { conversationId: sampleId(0xc1), branchId: MAIN };

export const erasingChecks: readonly StoreCheck[] = [
  {
    name: "an erased entry of any kind keeps its place and says what its tombstone says",
    async run({ store }) {
      await begin(store, 1);
      await store.append({ ...MAIN_KEY, expectedTip: 1, entries: ENTRY_OF_EACH_KIND, at: AT });
      await store.erase({ conversationId: CONVERSATION, entryIds: ENTRY_OF_EACH_KIND.map(({ id }) => id) });
      const entries = await collect(store, MAIN_KEY);
      const expected = ENTRY_OF_EACH_KIND.map((entry, index) => ({
        id: entry.id,
        createdAt: entry.createdAt,
        branchId: MAIN,
        seq: 2 + index,
        ...tombstoneOf(entry),
      }));
      same(entries.slice(1), expected, "the tombstones");
      same(JSON.stringify(entries).includes("secret"), false, "the secret is still there");
      same(entries[0], { ...message(1), branchId: MAIN, seq: 1 }, "the entry that was not named");
    },
  },
  {
    name: "erasing an entry shows on every branch that shares it, and nowhere else",
    async run({ store }) {
      await begin(store, 2);
      const fork = await forkAt(store, sampleId(0xb1), MAIN, 2);
      await store.create(sampleConversation({ id: OTHER_KEY.conversationId }));
      await store.append({ ...OTHER_KEY, expectedTip: 0, entries: [message(1)], at: AT });
      await store.erase({ conversationId: CONVERSATION, entryIds: [sampleId(1)] });
      const contents = async (key: typeof fork) =>
        (await collect(store, key)).map((entry) => entry.kind === "message" && entry.content.length);
      same(await contents(MAIN_KEY), [0, 1], "the blocks on the first branch");
      same(await contents(fork), [0, 1], "the blocks on the fork");
      same(await contents(OTHER_KEY), [1], "the blocks of an entry with that id in another conversation");
    },
  },
  {
    name: "erasing entries drops every draft of the conversation, and of no other",
    async run({ store }) {
      await begin(store, 1);
      const fork = await forkAt(store, sampleId(0xb1), MAIN, 1);
      await store.create(sampleConversation({ id: OTHER_KEY.conversationId }));
      const draft = { draftId: sampleId(2), number: 0, text: "so far" };
      await store.append({ ...MAIN_KEY, expectedTip: 1, draft, at: AT });
      await store.append({ ...fork, expectedTip: 1, draft, at: AT });
      await store.append({ ...OTHER_KEY, expectedTip: 0, draft, at: AT });
      await store.erase({ conversationId: CONVERSATION, entryIds: [sampleId(1)] });
      same([await store.readDraft(MAIN_KEY), await store.readDraft(fork)], [undefined, undefined], "the drafts");
      same((await store.readDraft(OTHER_KEY))?.chunks, ["so far"], "the draft of another conversation");
    },
  },
  {
    name: "erasing again, erasing ids that are not there and erasing none changes nothing",
    async run({ store }) {
      await begin(store, 2);
      await store.erase({ conversationId: CONVERSATION, entryIds: [sampleId(1)] });
      const before = await collect(store, MAIN_KEY);
      await store.erase({ conversationId: CONVERSATION, entryIds: [sampleId(1), sampleId(99)] });
      await store.erase({ conversationId: CONVERSATION, entryIds: [] });
      await store.erase({ conversationId: sampleId(0xc1), entryIds: [sampleId(2)] });
      await store.erase({ conversationId: sampleId(0xc1) });
      same(await collect(store, MAIN_KEY), before, "the entries");
      same((await store.list()).conversations.length, 1, "the conversations");
    },
  },
  {
    name: "a branch goes on behind erased entries, and a repeated append does not bring back what was erased",
    async run({ store }) {
      await begin(store, 2);
      await store.erase({ conversationId: CONVERSATION, entryIds: [sampleId(2)] });
      same(await tipOf(store, MAIN_KEY), 2, "the tip");
      same(
        await store.append({ ...MAIN_KEY, expectedTip: 1, entries: [message(2)], at: AT }),
        { tipSeq: 2 },
        "the answer to the repetition",
      );
      same(
        await store.append({ ...MAIN_KEY, expectedTip: 2, entries: [message(3)], at: AT }),
        { tipSeq: 3 },
        "the answer to the next append",
      );
      const contents = (await collect(store, MAIN_KEY)).map((entry) => entry.kind === "message" && entry.content.length);
      same(contents, [1, 0, 1], "the blocks on the path");
    },
  },
  {
    name: "an erased conversation is gone with its entries, branches, drafts and leases, and no other is touched",
    async run({ store }) {
      await begin(store, 2);
      const fork = await forkAt(store, sampleId(0xb1), MAIN, 1);
      await store.append({ ...MAIN_KEY, expectedTip: 2, draft: { draftId: sampleId(3), number: 0, text: "so far" }, at: AT });
      const lease = await store.acquireLease({ ...MAIN_KEY, holder: "a", ttlMs: 1000 });
      await store.create(sampleConversation({ id: OTHER_KEY.conversationId, metadata: { name: "other" } }));
      await store.append({ ...OTHER_KEY, expectedTip: 0, entries: [message(1)], at: AT });
      await store.erase({ conversationId: CONVERSATION });

      same(await store.open(CONVERSATION), undefined, "open");
      same(
        (await store.list()).conversations.map(({ id }) => id),
        [OTHER_KEY.conversationId],
        "the list",
      );
      await refused(collect(store, MAIN_KEY), "not_found", "read");
      await refused(collect(store, fork), "not_found", "read of a fork");
      await refused(store.readDraft(MAIN_KEY), "not_found", "readDraft");
      await refused(store.append({ ...MAIN_KEY, expectedTip: 2, entries: [message(3)], at: AT }), "not_found", "append");
      if (lease !== undefined) {
        await refused(store.renewLease(lease, 1000), "lease_lost", "renewLease");
        await store.releaseLease(lease);
      }
      same(await idsOf(store, OTHER_KEY), [sampleId(1)], "the entries of another conversation");
      same((await store.open(OTHER_KEY.conversationId))?.metadata, { name: "other" }, "the metadata of another conversation");
    },
  },
  {
    name: "a conversation made anew under an erased id starts empty",
    async run({ store }) {
      await store.create(sampleConversation({ metadata: { name: "old" } }));
      await store.append({ ...MAIN_KEY, expectedTip: 0, entries: [message(1)], at: AT });
      await store.append({ ...MAIN_KEY, expectedTip: 1, draft: { draftId: sampleId(2), number: 0, text: "so far" }, at: AT });
      await store.acquireLease({ ...MAIN_KEY, holder: "a", ttlMs: 1000 });
      await store.erase({ conversationId: CONVERSATION });
      await store.create(sampleConversation({ hashKey: "new" }));
      const record = await store.open(CONVERSATION);
      same([record?.hashKey, record?.metadata, record?.branches.length], ["new", {}, 1], "the record");
      same(await idsOf(store, MAIN_KEY), [], "the entries");
      same(await store.readDraft(MAIN_KEY), undefined, "the draft");
      same((await store.acquireLease({ ...MAIN_KEY, holder: "b", ttlMs: 1000 }))?.holder, "b", "the lease");
    },
  },
];
