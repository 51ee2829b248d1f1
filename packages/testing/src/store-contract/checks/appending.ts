import type { NewEntry } from "@antiphon/core";
import type { StoreCheck } from "../check.ts";
import { collect, idsOf, refused, same, tipOf } from "../expect.ts";
import { AT, begin, CONVERSATION, ENTRY_OF_EACH_KIND, MAIN, MAIN_KEY, message, messages, sampleId } from "../samples.ts";

export const appendingChecks: readonly StoreCheck[] = [
  {
    name: "entries of every kind come back whole, at the seqs behind the expected tip, in their order",
    async run({ store }) {
      await begin(store, 2);
      const count = ENTRY_OF_EACH_KIND.length;
      const result = await store.append({ ...MAIN_KEY, expectedTip: 2, entries: ENTRY_OF_EACH_KIND, at: AT });
      same(result, { tipSeq: 2 + count }, "the answer");
      const expected = ENTRY_OF_EACH_KIND.map((entry, index) => ({ ...entry, branchId: MAIN, seq: 3 + index }));
      same((await collect(store, MAIN_KEY)).slice(2), expected, "the entries");
      same(await tipOf(store, MAIN_KEY), 2 + count, "the tip");
    },
  },
  {
    name: "an append moves usedAt to its time, and never back",
    async run({ store }) {
      await begin(store);
      const usedAt = async () => (await store.open(CONVERSATION))?.usedAt;
      await store.append({ ...MAIN_KEY, expectedTip: 0, entries: [message(1)], at: AT + 50 });
      same(await usedAt(), AT + 50, "after an append");
      await store.append({ ...MAIN_KEY, expectedTip: 1, entries: [message(2)], at: AT + 20 });
      same(await usedAt(), AT + 50, "after an append by a clock that is behind");
      await store.append({ ...MAIN_KEY, expectedTip: 2, draft: { draftId: sampleId(3), number: 0, text: "" }, at: AT + 60 });
      same(await usedAt(), AT + 60, "after a draft chunk");
    },
  },
  {
    name: "an append at a tip that is not the branch's is refused with tip_moved, tells the tip, and stores nothing",
    async run({ store }) {
      await begin(store, 3);
      for (const expectedTip of [0, 2, 4]) {
        const call = store.append({ ...MAIN_KEY, expectedTip, entries: messages(8, 9), at: AT + 99 });
        const error = await refused(call, "tip_moved", `append at ${expectedTip} where the tip is 3`);
        same(error.details["tipSeq"], 3, "details.tipSeq");
      }
      same(await idsOf(store, MAIN_KEY), [1, 2, 3].map(sampleId), "the entries");
      same((await store.open(CONVERSATION))?.usedAt, AT, "usedAt");
    },
  },
  {
    name: "an append repeated after a lost answer gives that answer again and stores nothing twice",
    async run({ store }) {
      await begin(store, 1);
      const append = { ...MAIN_KEY, expectedTip: 1, entries: messages(2, 3), at: AT + 5 };
      same(await store.append(append), { tipSeq: 3 }, "the first answer");
      same(await store.append(append), { tipSeq: 3 }, "the answer to the repetition");
      same(await idsOf(store, MAIN_KEY), [1, 2, 3].map(sampleId), "the entries");
    },
  },
  {
    name: "a repeated append is recognised when others have gone on behind it, and leaves what they did alone",
    async run({ store }) {
      await begin(store, 1);
      const append = { ...MAIN_KEY, expectedTip: 0, entries: [message(1)], at: AT + 100 };
      await store.append({ ...MAIN_KEY, expectedTip: 1, entries: [message(2)], at: AT + 5 });
      await store.append({ ...MAIN_KEY, expectedTip: 2, draft: { draftId: sampleId(3), number: 0, text: "so far" }, at: AT + 6 });
      same(await store.append(append), { tipSeq: 1 }, "the answer to the repetition");
      same(await idsOf(store, MAIN_KEY), [1, 2].map(sampleId), "the entries");
      same((await store.readDraft(MAIN_KEY))?.chunks, ["so far"], "the draft that began after it");
      same((await store.open(CONVERSATION))?.usedAt, AT + 6, "usedAt");
    },
  },
  {
    name: "an append of which only a part is there is not taken for a repetition",
    async run({ store }) {
      await begin(store, 2);
      const longer = store.append({ ...MAIN_KEY, expectedTip: 1, entries: messages(2, 3), at: AT });
      await refused(longer, "tip_moved", "an entry that is there and one that is not");
      const other = store.append({ ...MAIN_KEY, expectedTip: 0, entries: [message(1), message(9)], at: AT });
      await refused(other, "tip_moved", "an entry that is there and another in the place of the second");
      const shifted = store.append({ ...MAIN_KEY, expectedTip: 0, entries: [message(2)], at: AT });
      await refused(shifted, "tip_moved", "an entry that is there in another place");
      same(await idsOf(store, MAIN_KEY), [1, 2].map(sampleId), "the entries");
    },
  },
  {
    name: "an append without entries and draft only checks the tip",
    async run({ store }) {
      await begin(store, 2);
      same(await store.append({ ...MAIN_KEY, expectedTip: 2, at: AT }), { tipSeq: 2 }, "at the tip");
      same(await store.append({ ...MAIN_KEY, expectedTip: 2, entries: [], at: AT }), { tipSeq: 2 }, "at the tip, with an empty list");
      await refused(store.append({ ...MAIN_KEY, expectedTip: 1, entries: [], at: AT }), "tip_moved", "behind the tip");
      same(await idsOf(store, MAIN_KEY), [1, 2].map(sampleId), "the entries");
    },
  },
  {
    name: "appending where there is no such conversation or branch is refused with not_found",
    async run({ store }) {
      await begin(store);
      const append = { expectedTip: 0, entries: [message(1)], at: AT };
      await refused(store.append({ ...append, conversationId: sampleId(0xc1), branchId: MAIN }), "not_found", "no such conversation");
      await refused(store.append({ ...append, conversationId: CONVERSATION, branchId: sampleId(0xb1) }), "not_found", "no such branch");
      same(await idsOf(store, MAIN_KEY), [], "the entries of the conversation that is there");
    },
  },
  {
    name: "what a caller does to an entry that it handed in or got back changes nothing that is stored",
    async run({ store }) {
      await begin(store);
      const block = { type: "text", text: "as it was said" };
      const entry: NewEntry = { ...message(1), kind: "message", role: "user", origin: "human", content: [block] };
      const done = store.append({ ...MAIN_KEY, expectedTip: 0, entries: [entry], at: AT });
      block.text = "changed";
      await done;
      const [got] = (await collect(store, MAIN_KEY)) as unknown as { content: { text: string }[] }[];
      try {
        if (got?.content[0] !== undefined) got.content[0].text = "changed";
      } catch {
        // A store may freeze what it gives back.
      }
      const [again] = (await collect(store, MAIN_KEY)) as unknown as { content: unknown }[];
      same(again?.content, [{ type: "text", text: "as it was said" }], "the content read again");
    },
  },
];
