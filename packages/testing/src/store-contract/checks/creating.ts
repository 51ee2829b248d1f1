import type { StoreCheck } from "../check.ts";
import { idsOf, refused, same } from "../expect.ts";
import { AT, begin, CONVERSATION, MAIN, MAIN_KEY, message, sampleConversation, sampleId } from "../samples.ts";

export const creatingChecks: readonly StoreCheck[] = [
  {
    name: "a new conversation opens as it was made, with one branch at tip 0 as its head and no entries",
    async run({ store }) {
      await store.create(sampleConversation({ metadata: { name: "Travel", channel: "7" } }));
      const expected = {
        id: CONVERSATION,
        createdAt: AT,
        usedAt: AT,
        hashKey: "5eed",
        headBranchId: MAIN,
        metadata: { name: "Travel", channel: "7" },
        branches: [{ id: MAIN, forkSeq: 0, tipSeq: 0, createdAt: AT }],
      };
      same(await store.open(CONVERSATION), expected, "the record");
      same(await idsOf(store, MAIN_KEY), [], "its entries");
      same(await store.readDraft(MAIN_KEY), undefined, "its draft");
    },
  },
  {
    name: "a new conversation is there with its first entries, or not at all",
    async run({ store }) {
      const made = sampleConversation({ entries: [message(1), message(2)] });
      await store.create(made);
      same((await store.open(CONVERSATION))?.branches, [{ id: MAIN, forkSeq: 0, tipSeq: 2, createdAt: AT }], "its branches");
      same(await idsOf(store, MAIN_KEY), [sampleId(1), sampleId(2)], "its entries");
      await store.append({ ...MAIN_KEY, expectedTip: 2, entries: [message(3)], at: AT });
      await store.create(made);
      same(await idsOf(store, MAIN_KEY), [sampleId(1), sampleId(2), sampleId(3)], "the entries after a repetition");

      const id = sampleId(0xc2);
      const unwritable = { ...message(5), content: [{ type: "text", text: 7n }] };
      const half = sampleConversation({ id, branchId: sampleId(0xb2), entries: [message(4), unwritable] });
      await refused(store.create(half), "invalid_input", "create with what JSON cannot carry");
      same(await store.open(id), undefined, "the conversation that could not be made");
    },
  },
  {
    name: "creating a conversation again with the same values changes nothing",
    async run({ store }) {
      await store.create(sampleConversation({ metadata: { name: "Travel" } }));
      await store.append({ ...MAIN_KEY, expectedTip: 0, entries: [message(1)], at: AT + 9 });
      await store.annotate(CONVERSATION, { name: "Trains" });
      const before = await store.open(CONVERSATION);
      await store.create(sampleConversation({ metadata: { name: "Travel" } }));
      same(await store.open(CONVERSATION), before, "the record after the repetition");
      same(await idsOf(store, MAIN_KEY), [sampleId(1)], "the entries after the repetition");
    },
  },
  {
    name: "an id taken by another conversation is refused with already_exists, and the first one stays",
    async run({ store }) {
      await begin(store, 1);
      const before = await store.open(CONVERSATION);
      for (const changes of [{ createdAt: AT + 1 }, { hashKey: "0ther" }, { branchId: sampleId(0xb1) }]) {
        await refused(store.create(sampleConversation(changes)), "already_exists", `create with another ${Object.keys(changes)[0]}`);
      }
      same(await store.open(CONVERSATION), before, "the record after the refusals");
      same(await idsOf(store, MAIN_KEY), [sampleId(1)], "the entries after the refusals");
    },
  },
  {
    name: "an id that nobody has made opens as undefined",
    async run({ store }) {
      await begin(store);
      same(await store.open(sampleId(0xc1)), undefined, "open");
    },
  },
  {
    name: "what a caller does to a record or its metadata changes nothing that is stored",
    async run({ store }) {
      const metadata: Record<string, string> = { name: "Travel" };
      const made = store.create(sampleConversation({ metadata }));
      metadata["name"] = "changed";
      await made;
      const record = await store.open(CONVERSATION);
      try {
        Object.assign(record?.metadata ?? {}, { name: "changed" });
        Object.assign(record?.branches ?? [], { length: 0 });
      } catch {
        // A store may freeze what it gives back.
      }
      const again = await store.open(CONVERSATION);
      same([again?.metadata, again?.branches.length], [{ name: "Travel" }, 1], "the record opened again");
    },
  },
];
