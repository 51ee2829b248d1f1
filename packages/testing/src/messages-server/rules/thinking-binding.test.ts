import Anthropic from "@anthropic-ai/sdk";
import { expect, test } from "vitest";
import { startMessagesServer, type MessagesServer } from "../index.ts";

type Params = Anthropic.Beta.Messages.MessageCreateParamsNonStreaming;
type Content = Anthropic.Beta.BetaContentBlockParam[];

const connect = ({ url }: MessagesServer) => new Anthropic({ apiKey: "practice", baseURL: url, maxRetries: 0 });
const BINDS = "claude-sonnet-5-5";
const FREE = "claude-sonnet-5";
const base = { max_tokens: 4_096, system: "Be brief." };
const first = { role: "user" as const, content: "hello" };
const second = { role: "user" as const, content: "and?" };

/** A conversation of one turn: what was asked and what came. */
async function oneTurn(server: MessagesServer, fields: { model: string } & Partial<Params>) {
  const request: Params = { ...base, messages: [first], ...fields };
  const { content } = await connect(server).beta.messages.create(request);
  return { request, reply: { role: "assistant" as const, content: content as Content } };
}

const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => "accepted",
    (error: InstanceType<typeof Anthropic.APIError>) => error.apiMessage,
  );
const BOUND_ELSEWHERE =
  "messages.1.content.0: Invalid `signature` in `thinking` block. The block is bound to a different conversation. Remove the block, or set " +
  '`thinking.block_binding.prefix_mismatch_behavior` to "drop_block". That setting requires the `thinking-binding-controls-2026-08-01` value in the `anthropic-beta` header.';

test.each([BINDS, FREE])("%s thinks by default, with empty text and a signature, and takes its thinking back", async (model) => {
  await using server = await startMessagesServer();
  const { request, reply } = await oneTurn(server, { model });
  expect(reply.content[0]).toEqual({ type: "thinking", thinking: "", signature: expect.stringMatching(/^\S{40,}$/) });
  expect(await rejection(connect(server).beta.messages.create({ ...request, messages: [first, reply, second] }))).toBe("accepted");
});

test("a restarted server accepts what the one before signed, one with another secret does not", async () => {
  const server = await startMessagesServer();
  const { request, reply } = await oneTurn(server, { model: BINDS });
  await server.close();
  await using restarted = await startMessagesServer();
  await using stranger = await startMessagesServer({ signatureSecret: "another" });
  const next = { ...request, messages: [first, reply, second] };
  expect(await rejection(connect(restarted).beta.messages.create(next))).toBe("accepted");
  expect(await rejection(connect(stranger).beta.messages.create(next))).toMatch(/^messages\.1\.content\.0: /);
});

test("a signature that was never made here is invalid", async () => {
  await using server = await startMessagesServer();
  const reply = {
    role: "assistant" as const,
    content: [
      { type: "thinking" as const, thinking: "", signature: "bm9wZQ==" },
      { type: "text" as const, text: "hi" },
    ],
  };
  const next = { ...base, model: FREE, messages: [first, reply, second] };
  expect(await rejection(connect(server).beta.messages.create(next))).toBe("messages.1.content.0: Invalid `signature` in `thinking` block");
});

test("thinking with changed text cannot be in the latest assistant message, and is invalid in an earlier one", async () => {
  await using server = await startMessagesServer();
  const { request, reply } = await oneTurn(server, { model: FREE });
  const changed = {
    ...reply,
    content: [{ ...reply.content[0]!, thinking: "I never thought that." } as Content[number], ...reply.content.slice(1)],
  };
  const client = connect(server).beta.messages;
  expect(await rejection(client.create({ ...request, messages: [first, changed, second] }))).toBe(
    "messages.1.content.0: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified. These blocks must remain as they were in the original response.",
  );
  const later = [first, changed, second, { role: "assistant" as const, content: "Well." }, second];
  expect(await rejection(client.create({ ...request, messages: later }))).toBe(
    "messages.1.content.0: Invalid `signature` in `thinking` block",
  );
});

test("a thinking block that lost the one before it in its turn is told as modified, where thinking is not bound", async () => {
  await using server = await startMessagesServer();
  server.script({
    content: [
      { type: "thinking", thinking: "One." },
      { type: "text", text: "First." },
      { type: "thinking", thinking: "Two." },
      { type: "text", text: "Second." },
    ],
  });
  const { request, reply } = await oneTurn(server, { model: FREE });
  const without = { ...reply, content: reply.content.slice(1) };
  expect(await rejection(connect(server).beta.messages.create({ ...request, messages: [first, without, second] }))).toMatch(
    /^messages\.1\.content\.1: .* cannot be modified\./,
  );
  expect(await rejection(connect(server).beta.messages.create({ ...request, messages: [first, reply, second] }))).toBe("accepted");
});

test("thinking of earlier turns may be left out, where thinking is not bound", async () => {
  await using server = await startMessagesServer();
  const { request, reply } = await oneTurn(server, { model: FREE });
  const client = connect(server).beta.messages;
  const { content } = await client.create({ ...request, messages: [first, reply, second] });
  const bare = { ...reply, content: reply.content.slice(1) };
  const next = { ...request, messages: [first, bare, second, { role: "assistant" as const, content: content as Content }, second] };
  expect(await rejection(client.create(next))).toBe("accepted");
});

test.each([
  { what: "system", fields: { system: "Be verbose." }, why: " The `system` prompt differs from the one this block was created with." },
  { what: "tools", fields: { tools: [{ name: "look", input_schema: { type: "object" as const } }] }, why: "" },
  { what: "an earlier message", fields: {}, messages: [{ role: "user" as const, content: "Hello" }], why: "" },
])(
  "a bound block is rejected when $what changed, and accepted by a model that does not bind",
  async ({ fields, messages = [first], why }) => {
    await using server = await startMessagesServer();
    const bound = await oneTurn(server, { model: BINDS });
    expect(
      await rejection(connect(server).beta.messages.create({ ...bound.request, ...fields, messages: [...messages, bound.reply, second] })),
    ).toBe(BOUND_ELSEWHERE + why);
    const free = await oneTurn(server, { model: FREE });
    expect(
      await rejection(connect(server).beta.messages.create({ ...free.request, ...fields, messages: [...messages, free.reply, second] })),
    ).toBe("accepted");
  },
);

test("a bound block is rejected when the thinking before it is missing", async () => {
  await using server = await startMessagesServer();
  const { request, reply } = await oneTurn(server, { model: BINDS });
  const client = connect(server).beta.messages;
  const { content } = await client.create({ ...request, messages: [first, reply, second] });
  const bare = { ...reply, content: reply.content.slice(1) };
  const next = { ...request, messages: [first, bare, second, { role: "assistant" as const, content: content as Content }, second] };
  expect(await rejection(client.create(next))).toBe(
    `${BOUND_ELSEWHERE.replace("messages.1", "messages.3")} The \`thinking\` block that preceded this one when it was created is missing from this request.`,
  );
});

test("cache marks, and how messages of one role are split, do not unbind a block", async () => {
  await using server = await startMessagesServer();
  const { request, reply } = await oneTurn(server, { model: BINDS });
  const mark = { type: "ephemeral" as const };
  const marked = { ...first, content: [{ type: "text" as const, text: "hello", cache_control: mark }] };
  const split = reply.content.map((block) => ({ role: "assistant" as const, content: [block] }));
  const system = [{ type: "text" as const, text: "Be brief.", cache_control: mark }];
  expect(await rejection(connect(server).beta.messages.create({ ...request, system, messages: [marked, ...split, second] }))).toBe(
    "accepted",
  );
});

test("drop_block drops what fails, says so, and does not count it", async () => {
  await using server = await startMessagesServer();
  const { request, reply } = await oneTurn(server, { model: BINDS, thinking: { type: "adaptive", display: "summarized" } });
  const changed: Params = {
    ...request,
    system: "Be verbose",
    betas: ["thinking-binding-controls-2026-08-01"],
    thinking: { type: "adaptive", display: "summarized", block_binding: { prefix_mismatch_behavior: "drop_block" } },
    messages: [first, reply, second],
  };
  const client = connect(server).beta.messages;
  const { input_transformations, usage } = await client.create(changed);
  expect(input_transformations).toEqual([{ type: "thinking_dropped", path: "messages.1.content.0", reason: "prefix_binding_mismatch" }]);
  const bare = await client.create({ ...changed, messages: [first, { ...reply, content: reply.content.slice(1) }, second] });
  expect([bare.input_transformations, bare.usage.input_tokens]).toEqual([[], usage.input_tokens]);
});

test("thinking of another model is dropped without an error by a model that binds", async () => {
  await using server = await startMessagesServer();
  const { request, reply } = await oneTurn(server, { model: FREE });
  const { input_transformations } = await connect(server).beta.messages.create({
    ...request,
    model: BINDS,
    betas: ["thinking-binding-controls-2026-08-01"],
    messages: [first, reply, second],
  });
  expect(input_transformations).toEqual([{ type: "thinking_dropped", path: "messages.1.content.0", reason: "model_binding_mismatch" }]);
});

test("thinking played from a recording is accepted as it was, and only so", async () => {
  await using server = await startMessagesServer();
  server.script({
    raw: [
      {
        type: "message_start",
        message: {
          id: "msg_1",
          type: "message",
          role: "assistant",
          model: BINDS,
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: { input_tokens: 1, output_tokens: 1 },
        },
      },
      { type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "", signature: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "Hm." } },
      { type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: "recorded" } },
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 1 } },
      { type: "message_stop" },
    ]
      .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
      .join(""),
  });
  const client = connect(server).beta.messages;
  const request: Params = { ...base, model: BINDS, messages: [first] };
  const { content } = await client.stream(request).finalMessage();
  expect(content).toMatchObject([{ type: "thinking", thinking: "Hm.", signature: "recorded" }]);
  const reply = { role: "assistant" as const, content: content as Content };
  expect(await rejection(client.create({ ...request, messages: [first, reply, second] }))).toBe("accepted");
  expect(await rejection(client.create({ ...request, system: "Else.", messages: [first, reply, second] }))).toMatch(
    /bound to a different conversation/,
  );
});
