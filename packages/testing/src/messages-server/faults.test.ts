import Anthropic from "@anthropic-ai/sdk";
import { expect, test } from "vitest";
import { startMessagesServer, type Fault, type MessagesServer, type Reply } from "./index.ts";

const connect = ({ url }: MessagesServer, maxRetries = 0) =>
  new Anthropic({ apiKey: "practice", baseURL: url, maxRetries, logLevel: "off" });
const hello = { model: "claude-sonnet-4-6", max_tokens: 64, messages: [{ role: "user" as const, content: "hello" }] };
const words = "One two three four five six seven eight nine ten eleven twelve.";

/** What the SDK's raw stream gives of a reply: the events that came, and the error it ended with. */
async function read(...script: Reply[]) {
  await using server = await startMessagesServer();
  server.script(...script);
  const events: { type: string; index?: number }[] = [];
  try {
    for await (const event of await connect(server).messages.create({ ...hello, stream: true })) events.push(event);
  } catch (error) {
    return { names: events.map(({ type }) => type), events, error: error as Error, ended: await server.requests[0]!.ended };
  }
  return { names: events.map(({ type }) => type), events, error: undefined, ended: await server.requests[0]!.ended };
}

const withFault = (...faults: Fault[]) => read({ content: words, faults });

test("a socket cut behind an event gives the events before it, and an error", async () => {
  const { names, error, ended } = await withFault({ kind: "cut", at: { beforeEvent: "content_block_stop" } });
  expect(names).toEqual(["message_start", "content_block_start", "content_block_delta", "content_block_delta", "content_block_delta"]);
  expect(error?.message).toBe("terminated");
  expect(ended).toBe("cut");
});

test("a socket cut at any byte loses nothing before it and gives nothing behind it", async () => {
  await using server = await startMessagesServer();
  server.script({ content: words, id: "msg_same" });
  const whole = await connect(server)
    .messages.create({ ...hello, stream: true })
    .asResponse()
    .then((response) => response.text());
  for (const atByte of [0, 1, 100, 333, whole.length - 1]) {
    server.script({ content: words, id: "msg_same", faults: [{ kind: "cut", at: { atByte } }] });
    const response = await connect(server)
      .messages.create({ ...hello, stream: true })
      .asResponse();
    const decoder = new TextDecoder();
    let text = "";
    const reading = (async () => {
      for await (const chunk of response.body!) text += decoder.decode(chunk as Uint8Array, { stream: true });
    })();
    await expect(reading).rejects.toThrow("terminated");
    expect(Buffer.byteLength(text)).toBe(atByte);
  }
});

test("a cut behind many bytes loses none of them", async () => {
  await using server = await startMessagesServer();
  const raw = new Uint8Array(4_000_000).fill(97);
  server.script({ raw, contentType: "text/plain", faults: [{ kind: "cut", at: { atByte: 3_999_999 } }] });
  const { body } = await connect(server).messages.create(hello).asResponse();
  let bytes = 0;
  const reading = (async () => {
    for await (const chunk of body!) bytes += (chunk as Uint8Array).length;
  })();
  await expect(reading).rejects.toThrow("terminated");
  expect(bytes).toBe(3_999_999);
});

test("a socket cut before the headers is a connection error", async () => {
  const { error } = await withFault({ kind: "cut", at: "headers" });
  expect(error).toBeInstanceOf(Anthropic.APIConnectionError);
});

test("a stream without message_stop just ends", async () => {
  const { names, error, ended } = await withFault({ kind: "end", at: { beforeEvent: "message_stop" } });
  expect(names.at(-1)).toBe("message_delta");
  expect({ error, ended }).toEqual({ error: undefined, ended: "sent" });
});

test("an error event after 200 throws its type, also as the first event", async () => {
  const late = await withFault({ kind: "error-event", at: { afterEvents: 4 } });
  expect(late.names).toEqual(["message_start", "content_block_start", "content_block_delta"]);
  expect(late.error).toMatchObject({ type: "overloaded_error", status: undefined });
  const first = await withFault({ kind: "error-event", at: { afterEvents: 0 }, status: 500, message: "Internal server error" });
  expect(first).toMatchObject({ names: [], error: { type: "api_error" } });
});

test("a fault that writes or ends a body comes behind the headers at the earliest", async () => {
  expect(await withFault({ kind: "error-event", at: "headers" })).toMatchObject({ names: [], error: { type: "overloaded_error" } });
  expect(await withFault({ kind: "end", at: "headers" })).toMatchObject({ names: [], error: undefined, ended: "sent" });
});

test("malformed JSON in an event is a syntax error", async () => {
  const { names, error } = await withFault({ kind: "malformed-json", at: { beforeEvent: "content_block_delta" } });
  expect(names).toEqual(["message_start", "content_block_start"]);
  expect(error).toBeInstanceOf(SyntaxError);
});

test("an unknown event name passes through", async () => {
  const text = 'event: weather\ndata: {"type":"weather","sun":true}\n\n';
  const { events, error } = await withFault({ kind: "insert", at: { afterEvents: 1 }, text });
  expect(events[1]).toEqual({ type: "weather", sun: true });
  expect(error).toBeUndefined();
});

test("a second generation in one stream starts with a second message_start", async () => {
  const { names } = await withFault({ kind: "restart", at: { beforeEvent: "content_block_stop" } });
  expect(names.filter((name) => name === "message_start")).toHaveLength(2);
});

test.each([1, 3, 7])("a stream in pieces of %i bytes is the same stream, characters torn apart included", async (bytes) => {
  await using server = await startMessagesServer();
  server.script({ content: "Grüße, 🦜!", faults: [{ kind: "pieces", bytes }] });
  expect((await connect(server).messages.stream(hello).finalMessage()).content).toMatchObject([{ text: "Grüße, 🦜!" }]);
});

test("HTML with status 200, and a stream under another content type, arrive as they are", async () => {
  await using server = await startMessagesServer();
  server.script({ raw: "<html>Sign in</html>", contentType: "text/html" }, { content: "x", headers: { "content-type": "text/plain" } });
  const html = await connect(server).messages.create(hello).asResponse();
  expect([html.status, html.headers.get("content-type"), await html.text()]).toEqual([200, "text/html", "<html>Sign in</html>"]);
  const plain = await connect(server)
    .messages.create({ ...hello, stream: true })
    .asResponse();
  expect(plain.headers.get("content-type")).toBe("text/plain");
});

test.each([
  { status: 400, type: "invalid_request_error" },
  { status: 403, type: "permission_error" },
  { status: 429, type: "rate_limit_error" },
  { status: 500, type: "api_error" },
  { status: 529, type: "overloaded_error" },
])("a scripted $status is an error of type $type", async ({ status, type }) => {
  const { error } = await read({ error: { status, message: "As scripted." } });
  expect(error).toMatchObject({ status, type, apiMessage: "As scripted." });
});

test("retry-after and x-should-retry steer the SDK's retries", async () => {
  await using server = await startMessagesServer();
  server.script({ error: { status: 429 }, headers: { "retry-after-ms": "1" } }, "Now.");
  expect((await connect(server, 1).messages.create(hello)).content).toMatchObject([{ text: "Now." }]);
  server.script({ error: { status: 529 }, headers: { "x-should-retry": "false" } }, "Never.");
  await expect(connect(server, 1).messages.create(hello)).rejects.toMatchObject({ status: 529 });
  expect(server.scripted).toBe(1);
});

test("faults work on a body that is not streamed", async () => {
  await using server = await startMessagesServer();
  server.script({ content: words, faults: [{ kind: "cut", at: { atByte: 20 } }] });
  await expect(connect(server).messages.create(hello)).rejects.toThrow();
  server.script({ content: words, faults: [{ kind: "pieces", bytes: 5 }] });
  expect((await connect(server).messages.create(hello)).content).toMatchObject([{ text: words }]);
});
