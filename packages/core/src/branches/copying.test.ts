import fc from "fast-check";
import { expect, test } from "vitest";
import { begin, type Begun, saidIn } from "../../test/begin.ts";
import { anyPath } from "../../test/any-path.ts";
import { BINDING_MODEL, KEY, settingsOf, thought } from "../../test/builders.ts";
import { FakeEnvironment } from "../../test/fake-environment.ts";
import { replied, said } from "../../test/scripted-client.ts";
import type { Conversation } from "../conversation.ts";
import type { Entry, MessageEntry } from "../conversation/entry.ts";
import { tombstoneOf } from "../conversation/tombstone.ts";
import { copyPath } from "./copying.ts";
import type { Host } from "../host.ts";
import { project } from "../request/project.ts";
import { MemoryStore } from "../store/memory-store.ts";
import { lastRequestOf } from "../usage/usage-row.ts";
import { usageOf } from "../usage/sum-usage.ts";

/** Keys differ, as they do outside of tests. */
class KeyedEnvironment extends FakeEnvironment {
  override randomKey(): string {
    return this.orderedId().slice(3).padStart(64, "0");
  }
}

async function thinking(...more: string[]): Promise<Begun> {
  const answers = ["a", "b", ...more].map((words) => replied([thought(words), { type: "text", text: words }]));
  const begun = await begin(answers, { model: BINDING_MODEL, system: "You think." }, { environment: new KeyedEnvironment() });
  for (const words of ["one", "two"]) await begun.conversation.send(words, {}).result;
  return begun;
}

const messages = ({ entries }: Conversation) => entries.filter((entry): entry is MessageEntry => entry.kind === "message");
const sent = async (conversation: Conversation) => (await conversation.request()).body.messages;
const thoughts = async (conversation: Conversation) => JSON.stringify(await sent(conversation)).match(/"signature"/g)?.length ?? 0;

test("a copy is a conversation of its own, with ids and a key of its own, and what is said there is not said here", async () => {
  const { conversation, chat, store } = await thinking("c");
  const copy = await conversation.copy({ metadata: { name: "the copy" } });
  expect(saidIn(copy)).toEqual(["one", "a", "two", "b"]);
  const [here, there] = [(await store.open(conversation.id))!, (await store.open(copy.id))!];
  expect(there).toMatchObject({ metadata: { name: "the copy" }, branches: [{ id: copy.branchId, forkSeq: 0, tipSeq: 5 }] });
  expect(there.hashKey).not.toBe(here.hashKey);
  const ids = [...conversation.entries, ...copy.entries].flatMap(({ id, branchId }) => [id, branchId]);
  expect(new Set(ids).size).toBe(10 + 2);
  await copy.send("three").result;
  expect(saidIn(await chat.open(conversation.id))).toEqual(["one", "a", "two", "b"]);
  expect(saidIn(await chat.open(copy.id))).toEqual(["one", "a", "two", "b", "three", "c"]);
});

test("a copy keeps who said what and when, and marks its replies as copied; their usage counts once", async () => {
  const { conversation } = await thinking("c");
  const copy = await conversation.copy();
  const facts = ({ createdAt, origin, role, content }: MessageEntry) => ({ createdAt, origin, role, content });
  expect(messages(copy).map(facts)).toEqual(messages(conversation).map(facts));
  const [before, after] = [messages(conversation)[1]!, messages(copy)[1]!];
  expect(after.reply).toEqual({ ...before.reply, prefixHash: expect.any(String), copied: true });
  expect(after.reply!.prefixHash).not.toBe(before.reply!.prefixHash);
  expect(usageOf(conversation.entries).requests).toBe(2);
  expect(usageOf(copy.entries).requests).toBe(0);
  expect(lastRequestOf(copy.id, copy.entries)).toBeUndefined();
  await copy.send("three").result;
  expect(usageOf(copy.entries).requests).toBe(1);
  expect(lastRequestOf(copy.id, copy.entries)).toMatchObject({ conversationId: copy.id });
  // Also once both are erased.
  expect(tombstoneOf(after)).toMatchObject({ reply: { copied: true } });
  expect(JSON.stringify(tombstoneOf(after))).not.toContain("prefixHash");
});

test("thinking that is bound to its prefix is as valid in a copy as where it was made, whatever changes behind it", async () => {
  const { conversation } = await thinking("c");
  await conversation.update({ system: "You think twice." }, { accept: true, swap: true });
  await conversation.send("three").result;
  const copy = await conversation.copy();
  for (const system of ["You think twice.", "You think.", "Neither."]) {
    for (const handle of [conversation, copy]) await handle.update({ system }, { accept: true, swap: true });
    expect(await sent(copy)).toEqual(await sent(conversation));
  }
  for (const handle of [conversation, copy]) await handle.update({ system: "You think." }, { accept: true, swap: true });
  expect([await thoughts(conversation), await thoughts(copy)]).toEqual([2, 2]);
});

test("thinking that was bound to something else than its place is bound to nothing in a copy", async () => {
  const { conversation, store, chat } = await thinking();
  const foreign = { kind: "message", role: "assistant", content: [thought("x"), { type: "text", text: "x" }], origin: "model" } as const;
  const [about] = messages(conversation).slice(1);
  const disagreements = [{ type: "thinking-dropped", reason: "prefix_binding_mismatch", entryId: about!.id }] as const;
  const reply = { model: BINDING_MODEL, stopReason: "end_turn", whole: true, prefixHash: "ab".repeat(16), disagreements };
  const { id, branchId } = conversation;
  const entries = [{ id: "e-foreign", createdAt: 1, ...foreign, reply }];
  await store.append({ conversationId: id, branchId, expectedTip: 5, at: 1, entries });
  const opened = await chat.open(id);
  const copy = await opened.copy();
  expect(await sent(copy)).toEqual(await sent(opened));
  const copied = messages(copy).at(-1)!.reply!;
  expect(copied.prefixHash).not.toBe(reply.prefixHash);
  expect(copied.disagreements).toEqual([{ ...disagreements[0], entryId: messages(copy)[1]!.id }]);
});

test("what boundaries name are the copies", async () => {
  const answers = [said("a"), replied([{ type: "text", text: "no" }], "refusal"), said("c")];
  const { conversation } = await begin(answers, settingsOf());
  for (const words of ["one", "two", "three"]) await conversation.send(words).result;
  const copy = await conversation.copy();
  expect(await sent(copy)).toEqual(await sent(conversation));
  const boundary = copy.entries.find((entry) => entry.kind === "boundary")!;
  expect(boundary.boundary).toMatchObject({
    type: "left-out",
    entryIds: messages(copy)
      .slice(2, 4)
      .map(({ id }) => id),
  });
});

test("a copy of a part ends at the entry that is named; of an entry that is not on the path there is none", async () => {
  const { conversation, chat } = await thinking();
  const copy = await conversation.copy({ throughEntryId: messages(conversation)[1]!.id });
  expect(saidIn(copy)).toEqual(["one", "a"]);
  await expect(conversation.copy({ throughEntryId: "e-none" })).rejects.toMatchObject({ code: "not_found" });
  expect((await chat.list()).conversations).toHaveLength(2);
});

test("whatever a path holds, its copy is sent as it is, to the byte, and so is each of its ends", async () => {
  const store = new MemoryStore();
  const host = { store, environment: new KeyedEnvironment() } as unknown as Host;
  await fc.assert(
    fc.asyncProperty(anyPath(), async (drawn) => {
      const path = boundToTheirPlaces(drawn);
      const id = await copyPath(host, path, { hashKey: KEY });
      const { hashKey, headBranchId } = (await store.open(id))!;
      const copy = await Array.fromAsync(store.read({ conversationId: id, branchId: headBranchId }));
      expect(hashKey).not.toBe(KEY);
      for (let end = 1; end <= path.length; end += 1) {
        const [here, there] = [project(path.slice(0, end), { hashKey: KEY }), project(copy.slice(0, end), { hashKey })];
        expect(there.body).toEqual(here.body);
        expect(there.explain.thinkingDropped).toHaveLength(here.explain.thinkingDropped.length);
      }
    }),
    { numRuns: 300 },
  );
});

/** Replies that a turn made have the hash of their place; those that name another keep it. */
function boundToTheirPlaces(path: readonly Entry[]): Entry[] {
  const bound: Entry[] = [];
  for (const entry of path) {
    const isOwn = entry.kind === "message" && entry.reply !== undefined && entry.reply.prefixHash === undefined;
    const reply = isOwn && { ...entry.reply, prefixHash: project(bound, { hashKey: KEY }).prefixHash };
    bound.push(reply ? { ...entry, reply } : entry);
  }
  return bound;
}
