import { type Conversation, MemoryStore, type RunnableTool } from "@antiphon/core";
import { toolUse } from "@antiphon/testing/messages-server";
import { describe, expect, test } from "vitest";
import { type CountingStore, countingStore } from "./counting-store.ts";
import { boundaries, goOn, messagesOf, MODEL, practice, type Practice, replies, say, spoken } from "./practice.ts";

const echo: RunnableTool = { name: "echo", input_schema: { type: "object" }, run: ({ say: said }) => String(said) };
const counted = { store: () => countingStore(new MemoryStore()) };
const storeOf = (at: Practice) => at.store as CountingStore;
const refusal = { content: "", stop_reason: "refusal", stop_details: { type: "refusal", category: "cyber", explanation: "Not this." } };

/** Whatever a path can hold: tool rounds with thinking, an own tool, a pause, a cut-off reply, a refusal, changes of settings. */
async function eventful(at: Practice): Promise<Conversation> {
  const search = { type: "web_search_20250305", name: "web_search" } as const;
  const conversation = await at.start({ tools: [search, { name: "elsewhere", input_schema: { type: "object" } }] });
  const searching = { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "noon" } };
  const found = { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] };
  const thinking = { type: "thinking", thinking: "Let me see." };
  at.server.script(
    { content: [thinking, toolUse("echo", { say: "1" }, "toolu_1"), toolUse("echo", { say: "2" }, "toolu_2")] },
    { content: [thinking, searching], stop_reason: "pause_turn" },
    { content: [found, thinking, { type: "text", text: "Done." }] },
    { content: "Half a", stop_reason: "max_tokens" },
    refusal,
    { content: [toolUse("echo", { say: "3" }, "toolu_3"), toolUse("elsewhere", {}, "toolu_4")] },
  );
  for (const words of ["First.", "Second.", "Refuse this."]) await say(conversation, words);
  await conversation.update({ max_tokens: 2048 });
  await conversation.update({ system: "Be kind." }, { accept: true });
  expect((await say(conversation, "Third.")).outcome.type).toBe("waiting");
  return conversation;
}

describe("a fork", () => {
  test("costs one row, at whatever entry and however long the path: nothing is copied, nothing is written", async () => {
    await using at = await practice(counted);
    const conversation = await at.start();
    for (let exchange = 0; exchange < 30; exchange += 1) await say(conversation, `Question ${exchange}.`);
    for (const entry of [conversation.entries[1]!, conversation.entries[30]!, conversation.entries.at(-1)!]) {
      storeOf(at).reset();
      await conversation.fork(entry.id);
      expect(storeOf(at).counts).toEqual({ open: 1, fork: 1, moveHead: 1 });
    }
  });

  test("by an edit or by asking again costs one row too, and what is said anew", async () => {
    await using at = await practice(counted);
    const conversation = await at.start();
    for (let exchange = 0; exchange < 30; exchange += 1) await say(conversation, `Question ${exchange}.`);
    storeOf(at).reset();
    await (
      await conversation.regenerate()
    ).result;
    expect(storeOf(at).counts).toMatchObject({ fork: 1, entries: 1 });
    storeOf(at).reset();
    await (
      await conversation.edit(conversation.entries[11]!.id, "Another question.")
    ).result;
    expect(storeOf(at).counts).toMatchObject({ fork: 1, entries: 2 });
  });

  test("at any entry is gone on from with a request that the API takes: in a tool round, a run of replies, at a boundary, at the first entry", async () => {
    await using at = await practice({ tools: [echo] });
    const conversation = await eventful(at);
    const seen = new Set(conversation.entries.map((entry) => (entry.kind === "boundary" ? entry.boundary.type : entry.kind)));
    expect([...seen].toSorted()).toEqual(["left-out", "message", "settings", "tool-start"].toSorted());
    for (const entry of conversation.entries) {
      await goOn(at, await conversation.fork(entry.id));
      const again = await conversation.fork(entry.id);
      const { outcome } = await again.resume().result;
      // Nothing that a fork resumes with is refused by the API.
      expect(outcome.type === "failed" ? outcome.failure.status : undefined, `resumed at ${entry.seq}`).toBeUndefined();
    }
    expect(at.server.requests.filter(({ status }) => status !== 200)).toEqual([]);
  });

  test("loses nothing: what it left is read on its own branch, and is a sibling", async () => {
    await using at = await practice({ tools: [echo] });
    const conversation = await eventful(at);
    const before = conversation.entries;
    for (const entry of before.filter(({ kind }) => kind === "message")) {
      await (await at.chat.open(conversation.id, conversation.branchId)).fork(entry.id);
    }
    expect((await at.chat.open(conversation.id, conversation.branchId)).entries).toEqual(before);
  });
});

describe("a refused input", () => {
  test("is asked again of another model, which is the one in force there", async () => {
    await using at = await practice();
    const conversation = await at.start();
    at.server.script(refusal, "Here you are.");
    const { outcome } = await say(conversation, "Tell me.");
    expect(outcome).toMatchObject({ type: "refused", leftOut: [expect.any(String), expect.any(String)] });
    await conversation.update({ model: "claude-opus-4-8" }, { accept: true });
    const result = await (await conversation.regenerate()).result;
    expect(result).toMatchObject({ outcome: { type: "completed" }, text: "Here you are." });
    expect(at.server.requests[1]!.body).toMatchObject({ model: "claude-opus-4-8" });
    expect(spoken(messagesOf(at.server.requests[1]!.body))).toEqual(["user: Tell me."]);
    expect(conversation.settings.model).toBe("claude-opus-4-8");
    await goOn(at, conversation);
  });

  test("is taken back up in other words, by the id that the outcome names, with the settings in force", async () => {
    await using at = await practice();
    const conversation = await at.start();
    at.server.script("Hello.", refusal, "Gladly.");
    await say(conversation, "Hi.");
    const { outcome } = await say(conversation, "Tell me.");
    await conversation.update({ max_tokens: 99 });
    const [refused] = outcome.type === "refused" ? outcome.leftOut : [];
    const result = await (await conversation.edit(refused!, "Please tell me.")).result;
    expect(result).toMatchObject({ outcome: { type: "completed" }, text: "Gladly." });
    expect(at.server.requests[2]!.body).toMatchObject({ max_tokens: 99 });
    expect(spoken(messagesOf(at.server.requests[2]!.body))).toEqual(["user: Hi.", "assistant: Hello.", "user: Please tell me."]);
    expect(boundaries(conversation)).toEqual([]);
  });

  test("that was too long for its model is asked of one with more room", async () => {
    await using at = await practice();
    const conversation = await at.start();
    at.server.script("Hello.", { error: { status: 400, message: "prompt is too long: 9 tokens > 8 maximum" } }, "Read it.");
    await say(conversation, "Hi.");
    expect((await say(conversation, "A book.")).outcome).toMatchObject({ type: "context-full", leftOut: [expect.any(String)] });
    await expect(conversation.resume().result).resolves.toMatchObject({
      outcome: { failure: { code: "invalid_input", message: expect.stringContaining("take it back up with `regenerate` or `edit`") } },
    });
    expect(await (await conversation.regenerate()).result).toMatchObject({ outcome: { type: "completed" }, text: "Read it." });
    expect(spoken(messagesOf(at.server.requests[2]!.body))).toEqual(["user: Hi.", "assistant: Hello.", "user: A book."]);
    await goOn(at, conversation);
  });
});

describe("a copy", () => {
  test("says what its path says, byte for byte, thinking that is bound to it included, and the API takes it", async () => {
    await using at = await practice({ tools: [echo] });
    const conversation = await at.start({ system: "You think." });
    const thinking = { type: "thinking", thinking: "Let me see." };
    at.server.script(
      { content: [thinking, toolUse("echo", { say: "1" }, "toolu_1")] },
      { content: [thinking, { type: "text", text: "One." }] },
      { content: [thinking, { type: "text", text: "Two." }] },
    );
    await say(conversation, "First.");
    await say(conversation, "Second.");
    const copy = await conversation.copy();
    expect(copy.settings.model).toBe(MODEL);
    const here = await conversation.request();
    const there = await copy.request();
    expect(there.body).toEqual(here.body);
    expect(there.explain.thinkingDropped).toEqual([]);
    expect(there.prefixHash).not.toBe(here.prefixHash);
    const sent = await goOn(at, copy);
    expect(JSON.stringify(sent).match(/"type":"thinking"/g)).toHaveLength(3);
    expect(boundaries(copy)).toEqual([]);
    await goOn(at, conversation);
  });

  test("leaves unsent what its path left unsent, and thinks on from there", async () => {
    await using at = await practice({ tools: [echo] });
    const conversation = await eventful(at);
    for (const entry of conversation.entries) {
      const copy = await conversation.copy({ throughEntryId: entry.id });
      expect(copy.entries).toHaveLength(entry.seq);
      const fork = await conversation.fork(entry.id);
      expect((await copy.request()).body, `copied through ${entry.seq}`).toEqual((await fork.request()).body);
      await goOn(at, copy);
    }
    expect(at.server.requests.filter(({ status }) => status !== 200)).toEqual([]);
  });

  test("runs no call again that may have run where it was made", async () => {
    let runs = 0;
    const once: RunnableTool = { name: "once", input_schema: { type: "object" }, run: () => String((runs += 1)) };
    await using at = await practice({ tools: [once] });
    const conversation = await at.start();
    at.server.script({ content: [toolUse("once", {}, "toolu_1")] }, "Once.", "I see.");
    await say(conversation);
    const copy = await conversation.copy({ throughEntryId: replies(conversation)[0]!.id });
    expect(await copy.resume().result).toMatchObject({ outcome: { type: "completed" }, text: "I see." });
    expect(runs).toBe(1);
    expect(spoken(messagesOf(at.server.requests[2]!.body)).at(-1)).toBe("user: result toolu_1 (error)");
  });
});
