import assert from "node:assert/strict";
import type { ContentBlock, ConversationStore, NewEntry } from "@antiphon/core";
import type { StoreCheck } from "../check.ts";
import { collect, refused, same } from "../expect.ts";
import { AT, begin, MAIN_KEY, message, sampleId } from "../samples.ts";

const BIG_BYTES = 20 * 1024 * 1024;

const STRANGE_TEXTS = {
  emoji: "😀👩‍👩‍👧‍👦🏴󠁧󠁢󠁳󠁣󠁴󠁿",
  combining: "e\u0301 is not \u00e9",
  "right to left": "\u202eשלום مرحبا\u202c",
  controls: "\u0000\u0001\b\t\n\r\u001b[31m\u007f",
  "line separators": "\u2028\u2029\ufeff",
  "half characters": "\ud83d alone, \ude00 alone, \udfff\ud800 turned",
  quoting: `'; DROP TABLE entries; -- " \\ \\u0041 $1 %s`,
  empty: "",
};

/** What a path gives back of a message with this content. */
async function roundTrip(store: ConversationStore, content: readonly ContentBlock[]): Promise<readonly ContentBlock[]> {
  await begin(store);
  const entry: NewEntry = { id: sampleId(1), createdAt: AT, kind: "message", role: "assistant", content, origin: "model" };
  await store.append({ ...MAIN_KEY, expectedTip: 0, entries: [entry], at: AT });
  const [got] = await collect(store, MAIN_KEY);
  if (got?.kind !== "message") assert.fail("the message is not there");
  return got.content;
}

export const contentChecks: readonly StoreCheck[] = [
  {
    name: "text of every script, control characters and halves of characters come back exactly",
    async run({ store }) {
      const content = Object.values(STRANGE_TEXTS).map((text) => ({ type: "text", text }));
      same(await roundTrip(store, content), content, `the texts (${Object.keys(STRANGE_TEXTS).join(", ")})`);
    },
  },
  {
    name: "the keys of content keep their order, at every depth",
    async run({ store }) {
      const content = [
        { type: "tool_use", id: "toolu_1", name: "z", input: { zebra: 1, apple: { y: 1, x: 2, "": 3 }, "mango 1": [{ b: 1, a: 2 }] } },
        { text: "type last", type: "text" },
      ];
      assert.equal(JSON.stringify(await roundTrip(store, content)), JSON.stringify(content), "the content as JSON");
    },
  },
  {
    name: "blocks and fields that nobody knows, and every JSON value, come back as they were",
    async run({ store }) {
      const input = JSON.parse(
        '{"__proto__":{"a":1},"constructor":null,"deep":[[[[{}]]]],"numbers":[0,-1.5,1e300,9007199254740991,1e-7],"no":false}',
      ) as unknown;
      const content = [
        { type: "type_from_the_future", payload: { nested: [null, true, ""] }, signature: "AAA=" },
        { type: "tool_use", id: "toolu_1", name: "any", input },
        { type: "thinking", thinking: "", signature: "c2lnbmVk" },
      ];
      assert.equal(JSON.stringify(await roundTrip(store, content)), JSON.stringify(content), "the content as JSON");
    },
  },
  {
    name: "a block of 20 MB comes back whole",
    async run({ store }) {
      const data = "QUJD".repeat(BIG_BYTES / 4);
      const [block] = await roundTrip(store, [{ type: "image", source: { type: "base64", media_type: "image/png", data } }]);
      const got = (block?.["source"] as { data?: string } | undefined)?.data;
      // Compared by hand: a difference of 20 MB is no message.
      assert.ok(got === data, `the data has ${got?.length} characters of ${data.length}, or other ones`);
    },
  },
  {
    name: "what the API said about a reply comes back as it was, null and unknown values among it",
    async run({ store }) {
      await begin(store);
      const reply = {
        model: "claude-sonnet-5",
        stopReason: null,
        stopSequence: "\n\nHuman:",
        stopDetails: null,
        usage: { output_tokens: 1, cache_creation: { ephemeral_5m_input_tokens: 0 }, service_tier: "standard", future: [1] },
        whole: false,
        extra: { container: { id: "container_1", expires_at: "2026-01-01" } },
      };
      const entry: NewEntry = { id: sampleId(1), createdAt: AT, kind: "message", role: "assistant", content: [], origin: "model", reply };
      await store.append({ ...MAIN_KEY, expectedTip: 0, entries: [entry], at: AT });
      const [got] = await collect(store, MAIN_KEY);
      same(got?.kind === "message" && got.reply, reply, "the reply");
    },
  },
  {
    name: "an entry that JSON cannot carry is refused with invalid_input, and nothing of its call is stored",
    async run({ store }) {
      await begin(store);
      const ring: Record<string, unknown> = { type: "tool_use" };
      ring["input"] = ring;
      for (const block of [ring, { type: "tool_use", input: 1n }] as unknown as ContentBlock[]) {
        const entry: NewEntry = { id: sampleId(2), createdAt: AT, kind: "message", role: "user", content: [block], origin: "human" };
        await refused(store.append({ ...MAIN_KEY, expectedTip: 0, entries: [message(1), entry], at: AT }), "invalid_input", "append");
      }
      same(await collect(store, MAIN_KEY), [], "the entries");
    },
  },
  {
    name: "author and external id of a message come back exactly, strange ones too, and their absence stays absence",
    async run({ store }) {
      await begin(store);
      const texts = Object.values(STRANGE_TEXTS);
      const entries = texts.map((text, n) => ({ ...message(n + 1), author: text, externalId: text }) as NewEntry);
      await store.append({ ...MAIN_KEY, expectedTip: 0, entries: [...entries, message(99)], at: AT });
      const got = (await collect(store, MAIN_KEY)).map((entry) => entry.kind === "message" && [entry.author, entry.externalId]);
      same(got, [...texts.map((text) => [text, text]), [undefined, undefined]], "authors and external ids");
    },
  },
];
