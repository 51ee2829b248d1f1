import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as zod from "zod";
import * as z from "zod/mini";
import { type MessageParam, toBlocks } from "../../src/messages/content-block.ts";
import {
  branchSchema,
  contentBlockSchema,
  conversationRecordSchema,
  entrySchema,
  messageParamSchema,
  messageSchema,
  newConversationSchema,
  parseAs,
  receivedMessageSchema,
  settingsSchema,
} from "../../src/schemas/index.ts";
import { MemoryStore } from "../../src/store/memory-store.ts";

const RECORDINGS = new URL("../../../../../shared/recordings/", import.meta.url);
const here = existsSync(RECORDINGS);
if (!here) console.warn(`SKIPPED: no recordings at ${RECORDINGS.pathname}; recorded messages were not read`);

interface Row {
  readonly file: string;
  readonly kind: string;
  readonly status: number;
  readonly request_file: string | null;
}

// oxlint-disable-next-line typescript/no-explicit-any -- JSON of many shapes
const read = (file: string): any => JSON.parse(readFileSync(new URL(file, RECORDINGS), "utf8"));
const rows: readonly Row[] = here ? read("index.json") : [];
const accepted = rows.filter(({ request_file, status }) => request_file !== null && status === 200);

describe.skipIf(!here)("what was recorded is read as it is", () => {
  test("every message of every request that the API accepted", () => {
    const messages = accepted.flatMap(({ request_file }) => (read(request_file!).messages ?? []) as MessageParam[]);
    expect(messages.length).toBeGreaterThan(1000);
    for (const message of messages) {
      const inList = { ...message, content: toBlocks(message.content) };
      expect(parseAs(messageParamSchema, message, "A message")).toBe(message);
      expect(parseAs(messageSchema, inList, "A message")).toBe(inList);
    }
  });

  test("the settings of every such request", () => {
    const all = accepted.map(({ request_file }) => read(request_file!)).filter(({ model, max_tokens }) => model && max_tokens);
    expect(all.length).toBeGreaterThan(400);
    for (const { messages: _messages, stream: _stream, ...settings } of all) {
      expect(parseAs(settingsSchema, settings, "Settings")).toBe(settings);
    }
  });

  test("every reply that came in one piece", () => {
    const replies = rows.filter(({ kind }) => kind === "message").map(({ file }) => read(file));
    expect(replies.length).toBe(391);
    for (const reply of replies) expect(parseAs(receivedMessageSchema, reply, "A reply")).toBe(reply);
  });
});

describe("a content block", () => {
  test("of any type, with any fields in any order, is taken as it is", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), fc.boolean(), (fields, type, first) => {
        const { type: _type, ...others } = fields;
        const block = JSON.parse(JSON.stringify(first ? { type, ...others } : { ...others, type }));
        const text = JSON.stringify(block);
        expect(JSON.stringify(parseAs(contentBlockSchema, block, "A block"))).toBe(text);
      }),
    );
  });

  test("keeps a field named __proto__, as JSON has it", () => {
    const block = JSON.parse('{"__proto__":{"type":"image"},"type":"text"}');
    expect(JSON.stringify(parseAs(contentBlockSchema, block, "A block"))).toBe('{"__proto__":{"type":"image"},"type":"text"}');
    expect(contentBlockSchema.safeParse(JSON.parse('{"__proto__":{"type":"image"}}')).success).toBe(false);
  });

  test("in the content of a message is told by its place, not that content might have been a string", () => {
    const message = { role: "user", content: [{ type: "text", text: "" }, { type: 4 }] };
    expect(() => parseAs(messageParamSchema, message, "A message")).toThrow(
      "A message cannot be read: at content[1].type a text expected, found 4. ",
    );
    expect(() => parseAs(messageParamSchema, { role: "user" }, "A message")).toThrow(
      "at content a text or a list of blocks expected, found nothing",
    );
  });
});

describe("settings", () => {
  test("keep what a newer API takes", () => {
    const settings = { top_z: { a: 1 }, max_tokens: 1, model: "m", thinking: { type: "intuitive" }, speed: null };
    expect(parseAs(settingsSchema, settings, "Settings")).toBe(settings);
  });

  test("name a field that is of another type", () => {
    const settings = { model: "", max_tokens: "9", system: 4, tools: {}, temperature: "hot" };
    const issues = settingsSchema.safeParse(settings).error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    expect(issues).toEqual([
      'model: a text that is not empty expected, found ""',
      'max_tokens: a number expected, found "9"',
      "system: a text or a list expected, found 4",
      'temperature: a number expected, found "hot"',
      "tools: a list expected, found an object",
    ]);
  });
});

describe("a conversation", () => {
  test("as a store has it, is taken as it is", async () => {
    const store = new MemoryStore();
    const made = { id: "c", branchId: "b", createdAt: 1, hashKey: "00", metadata: { name: "Counting" } };
    await store.create(parseAs(newConversationSchema, made, "A conversation"));
    await store.fork({ conversationId: "c", branchId: "b2", parentBranchId: "b", forkSeq: 0, createdAt: 2 });
    const record = await store.open("c");
    expect(record?.branches).toHaveLength(2);
    expect(parseAs(conversationRecordSchema, record, "A conversation")).toBe(record);
    for (const branch of record!.branches) expect(parseAs(branchSchema, branch, "A branch")).toBe(branch);
  });

  test("whose metadata is no text is refused", () => {
    const made = { id: "c", branchId: "b", createdAt: 1, hashKey: "00", metadata: { tries: 3 } };
    expect(() => parseAs(newConversationSchema, made, "A conversation")).toThrow("at metadata.tries a text expected, found 3");
  });
});

describe("inside of a schema of the caller's", () => {
  const broken = { entries: [{ kind: "message", id: 1 }] };
  const told = ["entries.0.id: a text expected, found 1"];
  const said = (issues: readonly { path: readonly PropertyKey[]; message: string }[] | undefined) =>
    issues?.map(({ path, message }) => `${path.join(".")}: ${message}`).slice(0, 1);

  test("of zod, a path leads on", () => {
    expect(said(zod.object({ entries: zod.array(entrySchema) }).safeParse(broken).error?.issues)).toEqual(told);
  });

  test("of zod/mini, a path leads on", () => {
    expect(said(z.object({ entries: z.array(entrySchema) }).safeParse(broken).error?.issues)).toEqual(told);
  });
});
