import Anthropic from "@anthropic-ai/sdk";
import { expect, test } from "vitest";
import { gate, manualTime, startMessagesServer, type MessagesServer } from "./index.ts";

const connect = ({ url }: MessagesServer) => new Anthropic({ apiKey: "practice", baseURL: url, maxRetries: 0 });
const hello = { model: "claude-sonnet-4-6", max_tokens: 64, messages: [{ role: "user" as const, content: "hello" }] };
const words = "One two three four five six seven eight nine ten eleven twelve.";

test("silence lasts until the client leaves, and that is recorded", async () => {
  await using server = await startMessagesServer();
  server.script({ content: words, faults: [{ kind: "silence", at: { afterEvents: 4 } }] });
  const stream = await connect(server).messages.create({ ...hello, stream: true });
  const names: string[] = [];
  for await (const { type } of stream) {
    names.push(type);
    if (type === "content_block_delta") break;
  }
  expect(names).toEqual(["message_start", "content_block_start", "content_block_delta"]);
  expect(await server.requests[0]!.ended).toBe("client-left");
  expect(server.requests[0]!.clientLeft).toBe(true);
});

test("silence with pings writes one ping for each interval that passes", async () => {
  const time = manualTime();
  await using server = await startMessagesServer({ schedule: time.schedule, pingMs: 1_000 });
  server.script({ content: words, faults: [{ kind: "silence", at: { afterEvents: 1 }, pings: true }] });
  const response = await connect(server)
    .messages.create({ ...hello, stream: true })
    .asResponse();
  const reader = response.body!.getReader();
  const next = async () => Buffer.from((await reader.read()).value ?? "").toString();
  expect(await next()).toMatch(/^event: message_start/);
  for (let at = 0; at < 3; at += 1) {
    await time.waited();
    time.pass(1_000);
    expect(await next()).toBe('event: ping\ndata: {"type":"ping"}\n\n');
  }
  await reader.cancel();
  expect(await server.requests[0]!.ended).toBe("client-left");
});

test("a held reply goes on when it is released", async () => {
  await using server = await startMessagesServer();
  const held = gate();
  server.script({ content: words, faults: [{ kind: "hold", gate: held, at: { afterEvents: 4 } }] });
  const stream = connect(server).messages.stream(hello);
  await held.reached;
  expect(server.requests[0]!.clientLeft).toBe(false);
  held.release();
  expect((await stream.finalMessage()).content).toMatchObject([{ text: words }]);
});

test("a client that aborts at a held reply is recorded as gone", async () => {
  await using server = await startMessagesServer();
  const held = gate();
  server.script({ content: words, faults: [{ kind: "hold", gate: held, at: "headers" }] });
  const controller = new AbortController();
  const failed = connect(server)
    .messages.create(hello, { signal: controller.signal })
    .catch((error: unknown) => error);
  await held.reached;
  controller.abort();
  expect(await failed).toBeInstanceOf(Anthropic.APIUserAbortError);
  expect(await server.requests[0]!.ended).toBe("client-left");
});

test("a paced reply waits behind each chunk, as long as time does", async () => {
  const time = manualTime();
  await using server = await startMessagesServer({ schedule: time.schedule, paceMs: 15 });
  server.script(words);
  const reply = connect(server).messages.stream(hello).finalMessage();
  // message_start, block start, ping, three deltas, block stop, message_delta, message_stop.
  for (let chunk = 0; chunk < 9; chunk += 1) {
    await time.waited();
    expect(server.requests[0]!.clientLeft).toBe(false);
    time.pass(15);
  }
  expect((await reply).content).toMatchObject([{ text: words }]);
});
