import type { ConversationStore } from "@antiphon/core";
import type { StoreCheck } from "../check.ts";
import { refused, same } from "../expect.ts";
import { AT, begin, forkAt, MAIN, MAIN_KEY, message, messages, sampleId } from "../samples.ts";

/** Adds a chunk of the draft with the id of message `n`, beside the tip of the sample branch. */
function chunk(store: ConversationStore, { tip, n, number, text }: { tip: number; n: number; number: number; text: string }) {
  return store.append({ ...MAIN_KEY, expectedTip: tip, draft: { draftId: sampleId(n), number, text }, at: AT });
}

export const draftingChecks: readonly StoreCheck[] = [
  {
    name: "a draft comes back with its id, its tip and its chunks, and is no entry",
    async run({ store }) {
      await begin(store, 2);
      same(await chunk(store, { tip: 2, n: 3, number: 0, text: "Once " }), { tipSeq: 2 }, "the answer");
      await chunk(store, { tip: 2, n: 3, number: 1, text: "upon" });
      same(await store.readDraft(MAIN_KEY), { draftId: sampleId(3), afterSeq: 2, chunks: ["Once ", "upon"] }, "the draft");
      same((await store.open(MAIN_KEY.conversationId))?.branches[0]?.tipSeq, 2, "the tip");
    },
  },
  {
    name: "chunks come in the order of their numbers, whatever the order of their writing",
    async run({ store }) {
      await begin(store);
      for (const number of [0, 2, 10, 1, 11, 9]) await chunk(store, { tip: 0, n: 1, number, text: `${number};` });
      same((await store.readDraft(MAIN_KEY))?.chunks, ["0;", "1;", "2;", "9;", "10;", "11;"], "the chunks");
    },
  },
  {
    name: "a chunk whose number is there already is left as it is",
    async run({ store }) {
      await begin(store);
      await chunk(store, { tip: 0, n: 1, number: 0, text: "first" });
      await chunk(store, { tip: 0, n: 1, number: 0, text: "again" });
      same((await store.readDraft(MAIN_KEY))?.chunks, ["first"], "the chunks");
    },
  },
  {
    name: "a chunk of another draft replaces all chunks of the one before",
    async run({ store }) {
      await begin(store);
      await chunk(store, { tip: 0, n: 1, number: 0, text: "old" });
      await chunk(store, { tip: 0, n: 1, number: 1, text: "older" });
      await chunk(store, { tip: 0, n: 2, number: 0, text: "new" });
      same(await store.readDraft(MAIN_KEY), { draftId: sampleId(2), afterSeq: 0, chunks: ["new"] }, "the draft");
    },
  },
  {
    name: "an append of entries ends the draft",
    async run({ store }) {
      await begin(store);
      await chunk(store, { tip: 0, n: 1, number: 0, text: "so far" });
      await store.append({ ...MAIN_KEY, expectedTip: 0, entries: [message(1)], at: AT });
      same(await store.readDraft(MAIN_KEY), undefined, "the draft");
    },
  },
  {
    name: "a chunk that comes with entries begins the draft behind them, once",
    async run({ store }) {
      await begin(store);
      await chunk(store, { tip: 0, n: 1, number: 0, text: "so far" });
      const both = {
        ...MAIN_KEY,
        expectedTip: 0,
        entries: messages(1, 2),
        draft: { draftId: sampleId(3), number: 0, text: "next" },
        at: AT,
      };
      same(await store.append(both), { tipSeq: 2 }, "the answer");
      same(await store.readDraft(MAIN_KEY), { draftId: sampleId(3), afterSeq: 2, chunks: ["next"] }, "the draft");
      await chunk(store, { tip: 2, n: 3, number: 1, text: " step" });
      same(await store.append(both), { tipSeq: 2 }, "the answer to the repetition");
      same((await store.readDraft(MAIN_KEY))?.chunks, ["next", " step"], "the chunks after the repetition");
      await store.append({ ...MAIN_KEY, expectedTip: 2, entries: [message(3)], at: AT });
      await store.append(both);
      same(await store.readDraft(MAIN_KEY), undefined, "a repetition does not bring a draft back that has ended");
    },
  },
  {
    name: "a chunk beside a tip that is not the branch's is refused with tip_moved, and the draft stays",
    async run({ store }) {
      await begin(store, 1);
      await chunk(store, { tip: 1, n: 2, number: 0, text: "so far" });
      for (const tip of [0, 2]) {
        const error = await refused(chunk(store, { tip, n: 9, number: 0, text: "late" }), "tip_moved", `a chunk beside ${tip}`);
        same(error.details["tipSeq"], 1, "details.tipSeq");
      }
      same((await store.readDraft(MAIN_KEY))?.chunks, ["so far"], "the chunks");
    },
  },
  {
    name: "an append that is refused leaves the draft as it was",
    async run({ store }) {
      await begin(store, 1);
      await chunk(store, { tip: 1, n: 2, number: 0, text: "so far" });
      await refused(store.append({ ...MAIN_KEY, expectedTip: 0, entries: [message(9)], at: AT }), "tip_moved", "an append behind the tip");
      same((await store.readDraft(MAIN_KEY))?.chunks, ["so far"], "the chunks");
    },
  },
  {
    name: "each branch has a draft of its own",
    async run({ store }) {
      await begin(store, 1);
      const fork = await forkAt(store, sampleId(0xb1), MAIN, 1);
      await chunk(store, { tip: 1, n: 2, number: 0, text: "here" });
      same(await store.readDraft(fork), undefined, "the draft of the fork before it has one");
      await store.append({ ...fork, expectedTip: 1, draft: { draftId: sampleId(3), number: 0, text: "there" }, at: AT });
      await store.append({ ...fork, expectedTip: 1, entries: [message(3)], at: AT });
      same((await store.readDraft(MAIN_KEY))?.chunks, ["here"], "the chunks of the first branch");
    },
  },
  {
    name: "the text of a chunk comes back exactly, half a character and an empty one among them",
    async run({ store }) {
      await begin(store);
      const texts = ["smile \ud83d", "\ude00 \u0000\u2028\n", "", "'; --"];
      for (const [number, text] of texts.entries()) await chunk(store, { tip: 0, n: 1, number, text });
      same((await store.readDraft(MAIN_KEY))?.chunks, texts, "the chunks");
    },
  },
  {
    name: "reading a draft where there is no such conversation or branch is refused with not_found",
    async run({ store }) {
      await begin(store);
      await refused(store.readDraft({ ...MAIN_KEY, conversationId: sampleId(0xc1) }), "not_found", "no such conversation");
      await refused(store.readDraft({ ...MAIN_KEY, branchId: sampleId(0xb1) }), "not_found", "no such branch");
    },
  },
];
