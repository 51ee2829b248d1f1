import type { StoreCheck } from "../check.ts";
import { refused, same } from "../expect.ts";
import { AT, begin, CONVERSATION, sampleConversation, sampleId } from "../samples.ts";

export const annotatingChecks: readonly StoreCheck[] = [
  {
    name: "annotating sets, changes and removes fields, leaves the others and usedAt alone, and shows in record and list",
    async run({ store }) {
      await store.create(sampleConversation({ metadata: { name: "Travel", channel: "7", label: "old" } }));
      await store.annotate(CONVERSATION, { name: "Trains", label: undefined, place: "Graz" });
      const record = await store.open(CONVERSATION);
      same(record?.metadata, { name: "Trains", channel: "7", place: "Graz" }, "the metadata of the record");
      same(record?.usedAt, AT, "usedAt");
      same((await store.list()).conversations[0]?.metadata, record?.metadata, "the metadata in the list");
      await store.annotate(CONVERSATION, { label: undefined });
      await store.annotate(CONVERSATION, {});
      same((await store.open(CONVERSATION))?.metadata, record?.metadata, "after removing what is not there and changing nothing");
    },
  },
  {
    name: "metadata takes any name and value, empty ones among them",
    async run({ store }) {
      const metadata = { "": "empty name", empty: "", 'quo"te': "it's", "über.ähnlich$[0]": "日本語 😀\n\t\\", null: "null" };
      await store.create(sampleConversation({ metadata }));
      same((await store.open(CONVERSATION))?.metadata, metadata, "the metadata as it was made");
      await store.annotate(CONVERSATION, { ...metadata, 'quo"te': undefined });
      const { 'quo"te': _removed, ...rest } = metadata;
      same((await store.open(CONVERSATION))?.metadata, rest, "the metadata after one was removed");
      same((await store.list({ metadata: rest })).conversations.length, 1, "conversations found by all of it");
    },
  },
  {
    name: "annotating where there is no such conversation is refused with not_found",
    async run({ store }) {
      await begin(store);
      await refused(store.annotate(sampleId(0xc1), { name: "?" }), "not_found", "no such conversation");
    },
  },
];
