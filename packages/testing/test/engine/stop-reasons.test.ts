import type { RunnableTool } from "@antiphon/core";
import { toolUse } from "@antiphon/testing/messages-server";
import { expect, test } from "vitest";
import { boundaries, goOn, messagesOf, practice, replies, say, spoken } from "./practice.ts";

const clock: RunnableTool = { name: "clock", description: "The time", input_schema: { type: "object" }, run: () => "noon" };
const thinking = { type: "thinking", thinking: "Let me think." };
const text = (said: string) => ({ type: "text", text: said });

test("end_turn completes the turn, and the reply goes back as it came", async () => {
  await using at = await practice();
  const conversation = await at.start();
  at.server.script({ content: [thinking, text("Hello.")] });
  const { outcome, text: said, usage } = await say(conversation);
  expect([outcome, said]).toEqual([{ type: "completed", empty: false }, "Hello."]);
  expect(usage.output_tokens).toBeGreaterThan(0);
  const [reply] = replies(conversation);
  expect(reply!.reply).toMatchObject({ stopReason: "end_turn", whole: true, requestId: at.server.requests[0]!.requestId });
  const sent = await goOn(at, conversation);
  expect(sent[1]).toEqual({ role: "assistant", content: reply!.content });
  expect(spoken(sent)).toEqual(["user: Begin.", "assistant: thinking | Hello.", "user: Go on."]);
});

test.each([
  ["no block at all", []],
  ["one empty text", [text("")]],
])("end_turn with %s completes as empty, and nothing of it is sent", async (_what, content) => {
  await using at = await practice();
  const conversation = await at.start();
  at.server.script({ content });
  expect((await say(conversation)).outcome).toEqual({ type: "completed", empty: true });
  expect(replies(conversation)).toHaveLength(1);
  expect(at.server.requests).toHaveLength(1);
  expect(spoken(await goOn(at, conversation))).toEqual(["user: Begin. | Go on."]);
});

test("end_turn behind thinking alone completes, and its thinking goes back", async () => {
  await using at = await practice();
  const conversation = await at.start();
  at.server.script({ content: [thinking] });
  expect((await say(conversation)).outcome.type).toBe("completed");
  expect(spoken(await goOn(at, conversation))).toEqual(["user: Begin.", "assistant: thinking", "user: Go on."]);
});

test("stop_sequence ends the turn as stopped, with the sequence", async () => {
  await using at = await practice();
  const conversation = await at.start({ stop_sequences: ["END"] });
  at.server.script({ content: "So far", stop_reason: "stop_sequence", stop_sequence: "END" });
  expect((await say(conversation)).outcome).toEqual({ type: "stopped", sequence: "END" });
  expect(replies(conversation)[0]!.reply).toMatchObject({ stopReason: "stop_sequence", stopSequence: "END" });
  expect(spoken(await goOn(at, conversation))[1]).toBe("assistant: So far");
});

test("tool_use runs the tools and sends their results, thinking before the call unchanged", async () => {
  await using at = await practice({ tools: [clock] });
  const conversation = await at.start();
  at.server.script({ content: [thinking, toolUse("clock", {}, "toolu_1")] }, "It is noon.");
  const result = await say(conversation);
  expect([result.outcome, result.text]).toEqual([{ type: "completed", empty: false }, "It is noon."]);
  expect(spoken(messagesOf(at.server.requests[1]!.body))).toEqual([
    "user: Begin.",
    "assistant: thinking | tool_use",
    "user: result toolu_1",
  ]);
  expect(conversation.entries.map(({ kind }) => kind)).toEqual(["settings", "message", "message", "tool-start", "message", "message"]);
  await goOn(at, conversation);
});

test("tool_use that names no tool call is not a completed turn", async () => {
  await using at = await practice();
  const conversation = await at.start();
  at.server.script({ content: "I will call a tool.", stop_reason: "tool_use" });
  expect((await say(conversation)).outcome).toEqual({ type: "unknown", stopReason: "tool_use" });
  await goOn(at, conversation);
});

test("pause_turn is sent back as it is, and the reader sees one turn", async () => {
  await using at = await practice();
  const conversation = await at.start({ tools: [{ type: "web_search_20250305", name: "web_search" }] });
  const search = { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "noon" } };
  const found = { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] };
  at.server.script({ content: [text("Searching."), search], stop_reason: "pause_turn" }, { content: [found, text("Found.")] });
  expect((await say(conversation)).outcome).toEqual({ type: "completed", empty: false });
  expect(spoken(messagesOf(at.server.requests[1]!.body))).toEqual(["user: Begin.", "assistant: Searching. | server_tool_use"]);
  expect(spoken(await goOn(at, conversation))[1]).toBe("assistant: Searching. | server_tool_use | web_search_tool_result | Found.");
});

test("pause_turn beyond the bound ends the turn at its limit, and a person can still go on", async () => {
  await using at = await practice({ limits: { resumes: 1 } });
  const conversation = await at.start({ tools: [{ type: "web_search_20250305", name: "web_search" }] });
  const search = (id: string) => ({ type: "server_tool_use", id, name: "web_search", input: { query: "noon" } });
  const found = { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] };
  at.server.script(
    { content: [search("srvtoolu_1")], stop_reason: "pause_turn" },
    { content: [found, search("srvtoolu_2")], stop_reason: "pause_turn" },
  );
  expect((await say(conversation)).outcome).toEqual({ type: "limit", limit: "resumes", value: 1 });
  expect(at.server.requests).toHaveLength(2);
  expect(spoken(await goOn(at, conversation))).toEqual([
    "user: Begin.",
    "assistant: server_tool_use | web_search_tool_result",
    "user: Go on.",
  ]);
});

test("pauses are counted in a row: what a tool answers between two of them starts the count anew", async () => {
  await using at = await practice({ tools: [clock], limits: { resumes: 1 } });
  const conversation = await at.start({ tools: [{ type: "web_search_20250305", name: "web_search" }] });
  const search = (id: string) => ({ type: "server_tool_use", id, name: "web_search", input: { query: "noon" } });
  const found = (id: string) => ({ type: "web_search_tool_result", tool_use_id: id, content: [] });
  at.server.script(
    { content: [search("srvtoolu_1")], stop_reason: "pause_turn" },
    { content: [found("srvtoolu_1"), toolUse("clock", {}, "toolu_1")] },
    { content: [search("srvtoolu_2")], stop_reason: "pause_turn" },
    { content: [found("srvtoolu_2"), text("Noon.")] },
  );
  expect(await say(conversation)).toMatchObject({ outcome: { type: "completed" }, text: "Noon." });
});

test("compaction is resumed after its block, which goes back", async () => {
  await using at = await practice();
  const conversation = await at.start();
  const compaction = { type: "compaction", content: "We said hello." };
  at.server.script({ content: [compaction], stop_reason: "compaction" }, "And on.");
  expect(await say(conversation)).toMatchObject({ outcome: { type: "completed" }, text: "And on." });
  expect(messagesOf(at.server.requests[1]!.body).at(-1)).toMatchObject({ role: "assistant", content: [compaction] });
  await goOn(at, conversation);
});

test("refusal is told with its category, and neither it nor what it refused is sent again", async () => {
  await using at = await practice();
  const conversation = await at.start();
  at.server.script("Hello yourself.");
  await say(conversation, "Hello.");
  const details = { type: "refusal", category: "cyber", explanation: "Not this." };
  at.server.script({ content: "I cannot", stop_reason: "refusal", stop_details: details });
  const { outcome } = await say(conversation, "Something bad.");
  const refused = conversation.entries
    .filter((entry) => entry.kind === "message")
    .slice(-2)
    .map(({ id }) => id);
  expect(outcome).toEqual({ type: "refused", category: "cyber", explanation: "Not this.", leftOut: refused });
  expect(replies(conversation).at(-1)!.reply!.stopDetails).toEqual(details);
  expect(boundaries(conversation)).toEqual(["left-out: refusal"]);
  expect(spoken(await goOn(at, conversation))).toEqual(["user: Hello.", "assistant: Hello yourself.", "user: Go on."]);
});

test("a refusal is told again by resuming, and not what was said before it; the refused input is taken up by asking again", async () => {
  await using at = await practice();
  const conversation = await at.start();
  at.server.script("Hello yourself.");
  await say(conversation, "Hello.");
  at.server.script({
    content: "I cannot",
    stop_reason: "refusal",
    stop_details: { type: "refusal", category: "cyber", explanation: null },
  });
  const { outcome } = await say(conversation, "Something bad.");
  const again = await (await at.chat.open(conversation.id)).resume().result;
  expect(again).toMatchObject({ outcome, text: "" });
  expect(outcome).toMatchObject({ type: "refused", category: "cyber" });
  expect(at.server.requests).toHaveLength(2);
  at.server.script("Now I can.");
  expect((await (await conversation.regenerate()).result).text).toBe("Now I can.");
  expect(spoken(messagesOf(at.server.requests[2]!.body))).toEqual(["user: Hello.", "assistant: Hello yourself.", "user: Something bad."]);
});

test("a refusal whose boundary was never stored is left out by resuming", async () => {
  await using at = await practice();
  const conversation = await at.start();
  at.server.script({ content: "I cannot", stop_reason: "refusal" });
  await say(conversation, "Something bad.");
  const reply = replies(conversation)[0]!;
  const before = await conversation.fork(reply.id);
  expect((await before.resume().result).outcome).toMatchObject({ type: "refused", leftOut: [expect.any(String), reply.id] });
  expect(boundaries(before)).toEqual(["left-out: refusal"]);
});

test("behind an input that the API refused there is nothing to resume, and no earlier reply is told for it", async () => {
  await using at = await practice();
  const conversation = await at.start();
  at.server.script("Hello yourself.", TOO_LONG);
  await say(conversation, "Hello.");
  expect((await say(conversation, "Too much.")).outcome.type).toBe("context-full");
  expect(await conversation.resume().result).toMatchObject({ outcome: { type: "failed", failure: { code: "invalid_input" } }, text: "" });
  expect(at.server.requests).toHaveLength(2);
  await goOn(at, conversation);
});

test("refusal of the first message leaves nothing but the next one", async () => {
  await using at = await practice();
  const conversation = await at.start();
  at.server.script({ content: [], stop_reason: "refusal" });
  expect((await say(conversation)).outcome).toMatchObject({ type: "refused", category: null });
  expect(spoken(await goOn(at, conversation))).toEqual(["user: Go on."]);
});

test("refusal after a tool round keeps the round and the message that asked for it", async () => {
  await using at = await practice({ tools: [clock] });
  const conversation = await at.start();
  at.server.script({ content: [toolUse("clock", {}, "toolu_1")] }, { content: [thinking, text("I can")], stop_reason: "refusal" });
  const { outcome } = await say(conversation);
  expect(outcome).toMatchObject({ type: "refused", leftOut: [replies(conversation)[1]!.id] });
  expect(spoken(await goOn(at, conversation))).toEqual(["user: Begin.", "assistant: tool_use", "user: result toolu_1 | Go on."]);
});

test("model_context_window_exceeded says what would make room, and keeps the text that came", async () => {
  await using at = await practice();
  const conversation = await at.start();
  at.server.script({
    content: [text("As far as"), toolUse("clock", { at: "noon" }, "toolu_1")],
    cutAtTokens: 4,
    cutReason: "model_context_window_exceeded",
  });
  const { outcome } = await say(conversation);
  expect(outcome).toMatchObject({ type: "context-full", remedy: expect.stringMatching(/\w/) });
  expect(replies(conversation)[0]!.reply!.stopReason).toBe("model_context_window_exceeded");
  expect(spoken(await goOn(at, conversation))[1]).toBe("assistant: As far as");
});

const TOO_LONG = { error: { status: 400, message: "prompt is too long: 208310 tokens > 200000 maximum" } };

test('a 400 "prompt is too long" is context-full too: the message is stored, and the conversation lives on without it', async () => {
  await using at = await practice();
  const conversation = await at.start();
  at.server.script(TOO_LONG);
  const turn = conversation.send("Begin.");
  const { entryId } = await turn.accepted;
  expect((await turn.result).outcome).toMatchObject({
    type: "context-full",
    message: expect.stringContaining("208310"),
    leftOut: [entryId],
  });
  expect(conversation.entries.find(({ id }) => id === entryId)).toMatchObject({ content: [{ text: "Begin." }] });
  expect(spoken(await goOn(at, conversation))).toEqual(["user: Go on."]);
});

test("a tool result that makes the prompt too long is sent as a placeholder from then on", async () => {
  const long: RunnableTool = { name: "long", input_schema: { type: "object" }, run: () => "x".repeat(1000) };
  await using at = await practice({ tools: [long] });
  const conversation = await at.start();
  at.server.script({ content: [toolUse("long", {}, "toolu_1")] }, TOO_LONG);
  expect((await say(conversation)).outcome).toMatchObject({ type: "context-full" });
  const sent = await goOn(at, conversation);
  expect(JSON.stringify(sent)).toContain("[This result is not sent any more.]");
});

test.each([
  ["an image", [{ type: "image" as const, source: { type: "url" as const, url: "https://example.com/a.png" } }], ["user: Go on."]],
  ["words alone, which are not to blame", "Begin.", ["user: Begin. | Go on."]],
])("a 400 for a message with %s", async (_what, content, sent) => {
  await using at = await practice();
  const conversation = await at.start();
  at.server.script({ error: { status: 400, message: "Could not process image" } });
  expect((await conversation.send(content).result).outcome).toMatchObject({ type: "failed", failure: { status: 400 } });
  expect(spoken(await goOn(at, conversation))).toEqual(sent);
});

test.each(["later_reason", "end_turn ", "END_TURN", "", "__proto__"])("an unknown stop reason is never completed: %j", async (reason) => {
  await using at = await practice();
  const conversation = await at.start();
  at.server.script({ content: "Something", stop_reason: reason });
  expect((await say(conversation)).outcome).toEqual({ type: "unknown", stopReason: reason });
  expect(replies(conversation)[0]!.reply).toMatchObject({ stopReason: reason, whole: true });
  expect(spoken(await goOn(at, conversation))[1]).toBe("assistant: Something");
});

test("a stop reason of null is no end: the reply counts as cut short", async () => {
  await using at = await practice();
  const conversation = await at.start();
  at.server.script({ content: [text("Half a"), thinking], stop_reason: null });
  expect((await say(conversation)).outcome).toMatchObject({ type: "interrupted", reason: "ended-early" });
  expect(replies(conversation)[0]!.reply).toMatchObject({ stopReason: null, whole: false });
  expect(spoken(await goOn(at, conversation))[1]).toBe("assistant: Half a");
});

test("a stop reason of null in a reply that is not streamed is no end either", async () => {
  await using at = await practice();
  const conversation = await at.start();
  at.server.script({ content: [text("Half a")], stop_reason: null });
  expect((await say(conversation, "Begin.", { streaming: false })).outcome).toMatchObject({ type: "interrupted", reason: "ended-early" });
  expect(spoken(await goOn(at, conversation))[1]).toBe("assistant: Half a");
});

test("a path on which nobody has said anything cannot be resumed: nothing is sent, and a message still can be", async () => {
  await using at = await practice();
  const conversation = await at.start();
  expect((await conversation.resume().result).outcome).toMatchObject({
    type: "failed",
    failure: { code: "invalid_input", retryable: false },
  });
  expect(at.server.requests).toEqual([]);
  await goOn(at, conversation);
});
