import type { ConversationStore, ListQuery } from "@antiphon/core";
import type { StoreCheck } from "../check.ts";
import { refused, same } from "../expect.ts";
import { AT, begin, CONVERSATION, MAIN, message, sampleConversation, sampleId } from "../samples.ts";

/** Makes a conversation that was used at `AT + used`. */
async function make(store: ConversationStore, n: number, used: number, metadata: Record<string, string> = {}): Promise<void> {
  await store.create(sampleConversation({ id: sampleId(n), branchId: MAIN, createdAt: AT + used, metadata }));
}

/** The ids of all pages, page by page. */
async function pages(store: ConversationStore, query: ListQuery): Promise<string[][]> {
  const all: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await store.list({ ...query, ...(cursor !== undefined && { cursor }) });
    all.push(page.conversations.map(({ id }) => id));
    cursor = page.cursor;
  } while (cursor !== undefined && all.length < 1000);
  return all;
}

export const listingChecks: readonly StoreCheck[] = [
  {
    name: "the list gives every conversation as it is, last used first, those used at one instant by id, greatest first",
    async run({ store }) {
      same(await store.list(), { conversations: [] }, "the list of an empty store");
      await make(store, 2, 5, { name: "two" });
      await make(store, 1, 5);
      await make(store, 3, 4);
      await store.append({ conversationId: sampleId(3), branchId: MAIN, expectedTip: 0, entries: [message(9)], at: AT + 6 });
      const summary = (n: number, created: number, used: number, metadata = {}) => ({
        id: sampleId(n),
        createdAt: AT + created,
        usedAt: AT + used,
        headBranchId: MAIN,
        metadata,
      });
      const conversations = [summary(3, 4, 6), summary(2, 5, 5, { name: "two" }), summary(1, 5, 5)];
      same(await store.list(), { conversations }, "the list");
    },
  },
  {
    name: "pages follow each other by their cursors and give each conversation once, ties among them",
    async run({ store }) {
      for (let n = 1; n <= 23; n++) await make(store, n, Math.floor(n / 6));
      const all = Array.from({ length: 23 }, (_unused, index) => sampleId(23 - index));
      for (const limit of [1, 4, 22, 23, 24]) {
        const got = await pages(store, { limit });
        same(got.flat(), all, `all pages of ${limit}`);
        same(got.length, Math.ceil(23 / limit), `the number of pages of ${limit}`);
      }
    },
  },
  {
    name: "a page has 50 conversations unless told",
    async run({ store }) {
      for (let n = 1; n <= 51; n++) await make(store, n, n);
      same(
        (await pages(store, {})).map((page) => page.length),
        [50, 1],
        "the lengths of the pages",
      );
    },
  },
  {
    name: "a conversation that is used between two pages does not come twice",
    async run({ store }) {
      for (let n = 1; n <= 6; n++) await make(store, n, n);
      const first = await store.list({ limit: 3 });
      await store.append({ conversationId: sampleId(5), branchId: MAIN, expectedTip: 0, entries: [message(9)], at: AT + 99 });
      const second = await store.list({ limit: 3, cursor: first.cursor ?? "" });
      same(
        [...first.conversations, ...second.conversations].map(({ id }) => id),
        [6, 5, 4, 3, 2, 1].map(sampleId),
        "both pages",
      );
    },
  },
  {
    name: "a prefix finds the ids that start with it, its letters taken as they are",
    async run({ store }) {
      for (const [index, id] of ["a1", "a2", "ab", "b1", "a%", "a_", "A1", "a"].entries()) {
        await store.create(sampleConversation({ id, createdAt: AT + index }));
      }
      same((await pages(store, { idPrefix: "a", limit: 2 })).flat(), ["a", "a_", "a%", "ab", "a2", "a1"], "those that start with a");
      same((await pages(store, { idPrefix: "a%" })).flat(), ["a%"], "those that start with a%");
      same((await pages(store, { idPrefix: "a_" })).flat(), ["a_"], "those that start with a_");
      same((await pages(store, { idPrefix: "a1" })).flat(), ["a1"], "a whole id");
      same((await pages(store, { idPrefix: "c" })).flat(), [], "a prefix that none has");
      same((await pages(store, { idPrefix: "" })).flat().length, 8, "an empty prefix");
    },
  },
  {
    name: "metadata finds the conversations that have all of its values, page by page",
    async run({ store }) {
      for (let n = 1; n <= 12; n++) await make(store, n, n, { channel: `${n % 2}`, guild: `${n % 3}` });
      await make(store, 13, 13);
      same((await pages(store, { metadata: { channel: "1" }, limit: 4 })).flat(), [11, 9, 7, 5, 3, 1].map(sampleId), "one value");
      same((await pages(store, { metadata: { channel: "1", guild: "0" }, limit: 1 })).flat(), [9, 3].map(sampleId), "two values");
      same((await pages(store, { metadata: { channel: "2" } })).flat(), [], "a value that none has");
      same((await pages(store, { metadata: { 1: "channel" } })).flat(), [], "name and value the wrong way round");
      same((await pages(store, { metadata: { channel: "1" }, idPrefix: sampleId(11) })).flat(), [sampleId(11)], "a value and a prefix");
    },
  },
  {
    name: "a limit or a cursor that cannot be is refused with invalid_input",
    async run({ store }) {
      await begin(store);
      for (const limit of [0, -1, 1001, 1.5, Number.NaN]) await refused(store.list({ limit }), "invalid_input", `limit ${limit}`);
      for (const cursor of ["", "next", CONVERSATION]) await refused(store.list({ cursor }), "invalid_input", `cursor ${cursor}`);
      same((await store.list({ limit: 1000 })).conversations.length, 1, "conversations at the greatest limit");
    },
  },
];
