import Anthropic from "@anthropic-ai/sdk";
import { expect, test } from "vitest";
import { startMessagesServer, toolUse, type MessagesServer } from "./index.ts";

const connect = ({ url }: MessagesServer) => new Anthropic({ apiKey: "practice", baseURL: url, maxRetries: 0 });
const hello = { model: "claude-sonnet-4-6", max_tokens: 64, messages: [{ role: "user" as const, content: "hello" }] };

test("a scripted reply reaches the SDK whole, streamed or not, on both surfaces", async () => {
  await using server = await startMessagesServer();
  const client = connect(server);
  const content = [
    { type: "text", text: "Möchten Sie 🦜? I look." },
    toolUse("look", { at: "the 🦜", n: [1, 2, { deep: true }] }, "toolu_1"),
  ];
  server.script(...Array.from({ length: 4 }, () => ({ content })));
  const replies = [
    await client.messages.create(hello),
    await client.messages.stream(hello).finalMessage(),
    await client.beta.messages.create(hello),
    await client.beta.messages.stream(hello).finalMessage(),
  ];
  for (const reply of replies)
    expect(reply).toMatchObject({ role: "assistant", model: "claude-sonnet-4-6", stop_reason: "tool_use", content });
  expect(new Set(replies.map(({ id }) => id)).size).toBe(4);
});

test("a stream has the API's events in the API's order", async () => {
  await using server = await startMessagesServer();
  server.script("Hello there, how are you this morning?");
  const response = await connect(server)
    .messages.create({ ...hello, stream: true })
    .asResponse();
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  const names = (await response.text()).match(/(?<=^event: ).*$/gm);
  expect(names).toEqual([
    "message_start",
    "content_block_start",
    "ping",
    "content_block_delta",
    "content_block_delta",
    "content_block_stop",
    "message_delta",
    "message_stop",
  ]);
});

test("each stream block type is put together again by the SDK", async () => {
  await using server = await startMessagesServer();
  const content = [
    { type: "compaction", content: "So far: hello." },
    { type: "thinking", thinking: "Hm.", signature: "made elsewhere" },
    { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "parrots" }, caller: { type: "direct" } },
    { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [], caller: { type: "direct" } },
    {
      type: "text",
      text: "Parrots talk.",
      citations: [
        {
          type: "char_location",
          cited_text: "talk",
          document_index: 0,
          document_title: null,
          file_id: null,
          start_char_index: 0,
          end_char_index: 4,
        },
      ],
    },
    { type: "redacted_thinking", data: "sealed" },
  ];
  server.script({ content }, { content });
  const client = connect(server);
  expect((await client.beta.messages.create(hello)).content).toEqual(content);
  expect((await client.beta.messages.stream(hello).finalMessage()).content).toMatchObject(content);
});

test("a block type that does not exist is streamed with the deltas it was given", async () => {
  await using server = await startMessagesServer();
  const delta = { type: "hologram_delta", light: "…" };
  server.script({ content: [{ block: { type: "hologram", id: "h1" }, deltas: [delta] }] });
  const events = [];
  for await (const event of await connect(server).messages.create({ ...hello, stream: true })) events.push(event);
  expect(events[1]).toMatchObject({ type: "content_block_start", content_block: { type: "hologram", id: "h1" } });
  expect(events[2]).toMatchObject({ type: "content_block_delta", delta });
});

test("count_tokens says what the input counts of the same request's usage add up to", async () => {
  await using server = await startMessagesServer();
  const client = connect(server);
  const request = {
    ...hello,
    cache_control: { type: "ephemeral" as const },
    system: "Be brief. ".repeat(500),
    tools: [{ name: "look", input_schema: { type: "object" as const } }],
    messages: [
      { role: "user" as const, content: "What is this?" },
      { role: "assistant" as const, content: "A parrot." },
      { role: "user" as const, content: "Sure?" },
    ],
  };
  const { max_tokens: _, ...counted } = request;
  const { input_tokens } = await client.messages.countTokens(counted);
  for (let at = 0; at < 2; at += 1) {
    const { usage } = await client.messages.create(request);
    expect(usage.input_tokens + usage.cache_creation_input_tokens! + usage.cache_read_input_tokens!).toBe(input_tokens);
  }
});

test("every response names its request, and its rate limits by the injected clock", async () => {
  await using server = await startMessagesServer({ clock: () => Date.parse("2026-11-21T10:00:30Z") });
  const { response, request_id } = await connect(server).messages.create(hello).withResponse();
  expect(request_id).toBe(server.requests[0]!.requestId);
  expect(Object.fromEntries([...response.headers].filter(([name]) => name.startsWith("anthropic-ratelimit-requests")))).toEqual({
    "anthropic-ratelimit-requests-limit": "4000",
    "anthropic-ratelimit-requests-remaining": "3999",
    "anthropic-ratelimit-requests-reset": "2026-11-21T10:01:00.000Z",
  });
});

test("requests are kept byte for byte, rejected ones too", async () => {
  await using server = await startMessagesServer({ apiKeys: ["practice"] });
  await connect(server).messages.create(hello);
  const text = `{"model":"claude-sonnet-4-6", "max_tokens":1.0, "messages":[]}`;
  await fetch(`${server.url}/v1/messages?beta=true`, { method: "POST", body: text, headers: { "x-api-key": "wrong", "X-Test": "yes" } });
  expect(server.requests).toMatchObject([
    { method: "POST", path: "/v1/messages", status: 200, body: hello, text: JSON.stringify(hello) },
    { path: "/v1/messages?beta=true", status: 401, text, headers: { "x-test": "yes" } },
  ]);
});

test("a scripted function sees the request it answers", async () => {
  await using server = await startMessagesServer();
  server.script(
    ({ headers }) => `You are ${headers["user-agent"]}.`,
    () => Promise.reject(new Error("no idea")),
  );
  expect((await connect(server).messages.create(hello)).content[0]).toMatchObject({
    text: expect.stringMatching(/^You are Anthropic\/JS/),
  });
  await expect(connect(server).messages.create(hello)).rejects.toMatchObject({ status: 500, type: "api_error" });
});

test("closing breaks open connections and tells so", async () => {
  const server = await startMessagesServer();
  server.script({ content: "never", faults: [{ kind: "silence", at: "headers" }] });
  const failed = connect(server)
    .messages.create(hello)
    .catch((error: unknown) => error);
  await server.received(1);
  await server.close();
  expect(await failed).toBeInstanceOf(Anthropic.APIConnectionError);
  expect(await server.requests[0]!.ended).toBe("server-closed");
});

test("only so many requests are kept, while all are counted", async () => {
  await using server = await startMessagesServer({ requestsMax: 2 });
  for (const content of ["a", "b", "c"]) await connect(server).messages.create({ ...hello, messages: [{ role: "user", content }] });
  await server.received(3);
  expect(server.requests.map(({ text }) => JSON.parse(text).messages[0].content)).toEqual(["b", "c"]);
});

test("a short conversation is cached where the minimum is lowered", async () => {
  await using server = await startMessagesServer({ cacheTokensMin: 1 });
  const request = { ...hello, cache_control: { type: "ephemeral" as const } };
  await connect(server).messages.create(request);
  expect((await connect(server).messages.create(request)).usage).toMatchObject({
    input_tokens: 3,
    cache_read_input_tokens: 5,
    cache_creation_input_tokens: 0,
  });
});

test("a scripted header that HTTP does not allow breaks the connection and not the server", async () => {
  await using server = await startMessagesServer();
  server.script({ content: "x", headers: { "bad header": "x" } });
  await expect(connect(server).messages.create(hello)).rejects.toThrow();
  expect((await connect(server).messages.create(hello)).type).toBe("message");
});

test("a port that is taken is an error and not another port", async () => {
  await using server = await startMessagesServer();
  await expect(startMessagesServer({ port: Number(new URL(server.url).port) })).rejects.toMatchObject({ code: "EADDRINUSE" });
});
