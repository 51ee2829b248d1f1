import Anthropic from "@anthropic-ai/sdk";
import { expect, test } from "vitest";
import { startMessagesServer, toolUse, type MessagesServer, type ScriptedMessage } from "./index.ts";

const connect = ({ url }: MessagesServer) => new Anthropic({ apiKey: "practice", baseURL: url, maxRetries: 0 });
const hello = { model: "claude-sonnet-4-6", max_tokens: 64, messages: [{ role: "user" as const, content: "hello" }] };
const refusal = { type: "refusal", category: "cyber", explanation: "No." };

const endings: readonly (ScriptedMessage & { readonly stop_reason: string })[] = [
  { content: "Done.", stop_reason: "end_turn" },
  { content: [], stop_reason: "end_turn" },
  { content: "Cut", stop_reason: "max_tokens" },
  { content: "One,", stop_reason: "stop_sequence", stop_sequence: "two" },
  { content: [toolUse("look", {}, "toolu_1")], stop_reason: "tool_use" },
  { content: [{ type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: {} }], stop_reason: "pause_turn" },
  { content: [], stop_reason: "refusal", stop_details: refusal },
  { content: "Full", stop_reason: "model_context_window_exceeded" },
  { content: [{ type: "compaction", content: "So far." }], stop_reason: "compaction" },
  { content: "?", stop_reason: "tired_of_talking" },
];

test.each(endings)("$stop_reason arrives as scripted, streamed or not", async (reply) => {
  await using server = await startMessagesServer();
  server.script(reply, reply);
  const messages = connect(server).beta.messages;
  const expected = { stop_reason: reply.stop_reason, stop_sequence: reply.stop_sequence ?? null, stop_details: reply.stop_details ?? null };
  expect(await messages.create(hello)).toMatchObject(expected);
  expect(await messages.stream(hello).finalMessage()).toMatchObject(expected);
});

test("a reply that calls no tool ends its turn, one that does asks for results", async () => {
  await using server = await startMessagesServer();
  server.script("Hello.", { content: [toolUse("look", {})] });
  const client = connect(server);
  expect((await client.messages.create(hello)).stop_reason).toBe("end_turn");
  expect(await client.messages.create(hello)).toMatchObject({
    stop_reason: "tool_use",
    content: [{ type: "tool_use", id: expect.stringMatching(/^toolu_01/) }],
  });
});

test("a tool call that is cut off streams the start of its JSON, and its message has no input", async () => {
  await using server = await startMessagesServer();
  const reply = { content: [toolUse("write", { path: "a.txt", text: "long ".repeat(100) })], cutAtTokens: 10 };
  server.script(reply, reply);
  const client = connect(server);
  let json = "";
  let end;
  for await (const event of await client.messages.create({ ...hello, stream: true })) {
    if (event.type === "content_block_delta" && event.delta.type === "input_json_delta") json += event.delta.partial_json;
    if (event.type === "message_delta") end = event;
  }
  expect(json).toBe('{"path":"a.txt","text":"long long long l'.slice(0, 40));
  expect(end).toMatchObject({ delta: { stop_reason: "max_tokens" }, usage: { output_tokens: 10 } });
  expect(await client.messages.create(hello)).toMatchObject({ stop_reason: "max_tokens", content: [{ input: {} }] });
});

test("usage, ids, the model and further fields can be scripted", async () => {
  await using server = await startMessagesServer();
  const container = { id: "container_1", expires_at: "2026-11-22T00:00:00Z", skills: null };
  server.script({ content: "x", id: "msg_mine", model: "claude-opus-4-6", usage: { output_tokens: 7 }, more: { container } });
  expect(await connect(server).beta.messages.stream(hello).finalMessage()).toMatchObject({
    id: "msg_mine",
    model: "claude-opus-4-6",
    usage: { output_tokens: 7 },
    container,
  });
});
