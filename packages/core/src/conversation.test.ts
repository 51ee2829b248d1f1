import { describe, expect, test } from "vitest";
import { begin, saidIn } from "../test/begin.ts";
import { call, result, says } from "../test/builders.ts";
import { settle } from "../test/fake-environment.ts";
import { hanging, replied, said } from "../test/scripted-client.ts";
import { messageDelta, says as sayDelta, start, startBlock } from "../test/stream-events.ts";
import type { ContentParam, MessageParam, Role } from "./messages/content-block.ts";

const cyclic: { type: string; self?: unknown } = { type: "text" };
cyclic.self = cyclic;
const image = { type: "image", source: { type: "url", url: "https://example.com/a.png" } };
const hang = (_: unknown, signal: AbortSignal) =>
  hanging([start(), startBlock(0, { type: "text", text: "" }), sayDelta(0, "so f")], signal);

describe("what is sent", () => {
  test("is stored before the first byte goes out", async () => {
    const { conversation, store } = await begin([]);
    const turn = conversation.send("hello");
    const { entryId } = await turn.accepted;
    const record = await store.open(conversation.id);
    const stored = await Array.fromAsync(store.read({ conversationId: conversation.id, branchId: record!.headBranchId }));
    expect(stored.map(({ id }) => id)).toContain(entryId);
    await turn.result;
  });

  test("is what it was when `send` was called, whatever its caller does to it later", async () => {
    const { conversation, client } = await begin([said("ok")]);
    const block = { type: "text", text: "before" };
    const turn = conversation.send([block]);
    block.text = "after";
    await turn.result;
    expect(client.bodies[0]?.messages[0]?.content).toMatchObject([{ text: "before" }]);
    expect(saidIn(conversation)).toEqual(["before", "ok"]);
  });

  test.each<[string, unknown, string]>([
    ["an empty text", "", "The message is empty. Say something, or attach something."],
    ["white space", " \n ", "The message is empty. Say something, or attach something."],
    ["no blocks", [], "The message is empty. Say something, or attach something."],
    ["nothing", undefined, "The content of the message is undefined. Give it a text or a list of content blocks."],
    ["null", null, "The content of the message is null. Give it a text or a list of content blocks."],
    ["a number", 7, "The content of the message is 7. Give it a text or a list of content blocks."],
    ["a list of texts", ["hello"], 'The content of the message holds "hello" at 0, which is no content block. Give each block a `type`.'],
    ["a circle", [cyclic], "The content of the message cannot be written as JSON. Leave out circles and big numbers."],
    [
      "a big number",
      [{ type: "text", text: 7n }],
      "The content of the message cannot be written as JSON. Leave out circles and big numbers.",
    ],
  ])("is refused while nothing has happened where it is %s", async (_, content, message) => {
    const { conversation, client, environment } = await begin();
    const turn = conversation.send(content as ContentParam);
    await expect(turn.accepted).rejects.toMatchObject({ code: "invalid_input", message });
    expect((await turn.result).outcome).toMatchObject({ type: "failed", failure: { code: "invalid_input", retryable: false } });
    await expect(conversation.append({ role: "user", content: content as ContentParam })).rejects.toMatchObject({ code: "invalid_input" });
    expect(conversation.entries).toHaveLength(1);
    expect(client.bodies).toEqual([]);
    expect(environment.pending).toBe(0);
  });

  test("is refused for what the API is known to refuse, though no recording shows it, and for a blank text beside an image", async () => {
    const { conversation, client } = await begin();
    const outcomes = [];
    for (const content of [[call("t1")], [says(" "), image]]) outcomes.push((await conversation.send(content).result).outcome);
    expect(outcomes).toMatchObject([{ failure: { code: "invalid_request" } }, { failure: { code: "invalid_input" } }]);
    expect(conversation.entries).toHaveLength(1);
    expect(client.bodies).toEqual([]);
  });

  test("is refused where the API would refuse it, with its sentence", async () => {
    const { conversation, client } = await begin();
    const cited = { type: "text", text: "a", citations: [{ type: "char_location", cited_text: "a" }] };
    expect((await conversation.send([cited]).result).outcome).toMatchObject({
      type: "failed",
      failure: { code: "invalid_request", message: expect.stringContaining("citations") },
    });
    expect(conversation.entries).toHaveLength(1);
    expect(client.bodies).toEqual([]);
  });

  test("carries its speaker and the front end's id", async () => {
    const { conversation } = await begin([said("ok")]);
    await conversation.send("hi", { author: "ada", externalId: "42" }).result;
    expect(conversation.entries[1]).toMatchObject({ author: "ada", externalId: "42", origin: "human" });
  });
});

describe("what is appended", () => {
  test.each([
    ["tool results are a tool's", { role: "user", content: [result("t1")] }, "tool"],
    ["anything else was made up", { role: "assistant", content: "Hello." }, "synthetic"],
    ["a text beside a result was made up", { role: "user", content: [result("t1"), says("there")] }, "synthetic"],
    ["a string is", { role: "user", content: "there" }, "synthetic"],
  ] as const)("is marked: %s", async (_, message, origin) => {
    const { conversation } = await begin();
    expect(await conversation.append(message)).toMatchObject({ kind: "message", origin });
  });

  test("is marked as its caller says", async () => {
    const { conversation } = await begin();
    expect(await conversation.append({ role: "user", content: "old times" }, { origin: "imported" })).toMatchObject({ origin: "imported" });
  });

  test("is refused where no request could ever carry it", async () => {
    const { conversation } = await begin();
    const document = { type: "document", source: { type: "text", media_type: "text/plain", data: "x" } };
    await expect(conversation.append({ role: "assistant", content: [document] })).rejects.toMatchObject({
      code: "invalid_request",
      message: expect.stringContaining("document"),
    });
    expect(conversation.entries).toHaveLength(1);
  });

  test.each<[string, MessageParam, string]>([
    ["a role that there is none of", { role: "robot" as Role, content: "hi" }, "invalid_input"],
    ["a result from the assistant", { role: "assistant", content: [result("t1")] }, "invalid_request"],
    ["a call by the user", { role: "user", content: [call("t1")] }, "invalid_request"],
    ["thinking that nobody signed", { role: "assistant", content: [{ type: "thinking", thinking: "hm" }, says("so")] }, "invalid_request"],
    ["two calls of one id", { role: "assistant", content: [call("t1"), call("t1")] }, "invalid_request"],
    ["a blank text beside an image", { role: "user", content: [says(" \n"), image] }, "invalid_input"],
  ])("is refused where it is %s, and the conversation goes on", async (_, message, code) => {
    const { conversation, client } = await begin([said("ok")]);
    await expect(conversation.append(message)).rejects.toMatchObject({ code });
    expect(conversation.entries).toHaveLength(1);
    expect((await conversation.send("hello").result).outcome.type).toBe("completed");
    expect(client.bodies[0]?.messages).toHaveLength(1);
  });

  test("is refused for what it breaks, also where something before it broke the same", async () => {
    const { conversation } = await begin([]);
    const unsigned = { type: "thinking", thinking: "hm" };
    await conversation.record({ model: "m", content: [unsigned, says("a")], stop_reason: "end_turn" });
    await conversation.append({ role: "assistant", content: "fine" });
    await expect(conversation.append({ role: "assistant", content: [unsigned] })).rejects.toMatchObject({ code: "invalid_request" });
  });

  test.each(["model", "robot", ""])("is never marked as %j: only a reply is the model's, and `record` stores those", async (origin) => {
    const { conversation } = await begin();
    // @ts-expect-error What the model said is recorded, not appended.
    const options: Parameters<typeof conversation.append>[1] = { origin };
    await expect(conversation.append({ role: "assistant", content: "I said so." }, options)).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining(JSON.stringify(origin)),
    });
    expect(conversation.entries).toHaveLength(1);
  });

  test("may be of a kind that nobody knows yet", async () => {
    const { conversation } = await begin();
    await conversation.append({ role: "user", content: [{ type: "hologram", light: 1 }] });
    expect(conversation.entries).toHaveLength(2);
  });

  test("can be a call whose result comes later", async () => {
    const { conversation, client } = await begin([said("ok")]);
    await conversation.append({ role: "assistant", content: [call("t1")] });
    await conversation.append({ role: "user", content: [result("t1")] });
    await conversation.send("so?").result;
    expect(client.bodies[0]?.messages.map(({ content }) => content.map(({ type }) => type))).toEqual([
      ["tool_use"],
      ["tool_result", "text"],
    ]);
  });
});

describe("a second turn at one tip", () => {
  test("fails as busy before anything is stored", async () => {
    const { conversation } = await begin([hang]);
    const controller = new AbortController();
    const first = conversation.send("one", { signal: controller.signal });
    await first.accepted;
    const second = conversation.send("two");
    await expect(second.accepted).rejects.toMatchObject({ code: "busy" });
    await settle();
    controller.abort();
    expect((await first.result).outcome).toEqual({ type: "aborted" });
    expect(saidIn(conversation)).toEqual(["one", "so f"]);
  });

  test("goes on behind the first where it may queue", async () => {
    const { conversation, environment } = await begin([said("a"), said("b")]);
    const turns = [conversation.send("one"), conversation.send("two", { whenBusy: "queue" })];
    await environment.pass(1000);
    expect((await Promise.all(turns.map((turn) => turn.result))).map(({ outcome }) => outcome.type)).toEqual(["completed", "completed"]);
    expect(saidIn(conversation)).toEqual(["one", "a", "two", "b"]);
  });

  test("goes on beside the first where it may fork, and the head stays", async () => {
    const { chat, conversation, client } = await begin([hang, said("b")]);
    const controller = new AbortController();
    const first = conversation.send("one", { signal: controller.signal });
    await first.accepted;
    const { outcome, branchId } = await conversation.send("two", { whenBusy: "fork" }).result;
    expect(outcome.type).toBe("completed");
    expect(branchId).not.toBe(conversation.branchId);
    controller.abort();
    await first.result;
    expect((await chat.open(conversation.id)).branchId).toBe(conversation.branchId);
    expect(saidIn(await chat.open(conversation.id, branchId))).toEqual(["two", "b"]);
    expect(client.bodies).toHaveLength(2);
  });

  test("through another handle is told what it has not seen, and goes on at the second try", async () => {
    const { chat, conversation } = await begin([said("a"), said("b")]);
    const other = await chat.open(conversation.id);
    await conversation.send("one").result;
    const late = other.send("two");
    await expect(late.accepted).rejects.toMatchObject({ code: "tip_moved", message: expect.stringContaining("2 entries") });
    expect(saidIn(other)).toEqual(["one", "a"]);
    expect((await other.send("two").result).outcome.type).toBe("completed");
    expect(saidIn(other)).toEqual(["one", "a", "two", "b"]);
  });
});

describe("a reply of the caller's own loop", () => {
  const message = {
    id: "msg_9",
    model: "m",
    role: "assistant",
    type: "message",
    content: [call("t1")],
    stop_reason: "tool_use",
    usage: { input_tokens: 1, output_tokens: 2 },
  };

  test("is stored as the model's, with its plan", async () => {
    const { conversation } = await begin();
    await conversation.append({ role: "user", content: "?" }, { origin: "human" });
    expect(await conversation.record(message)).toMatchObject({ next: "answer-tools", onlyResults: false, calls: [{ id: "t1" }] });
    expect(conversation.entries.at(-1)).toMatchObject({
      origin: "model",
      reply: { responseId: "msg_9", stopReason: "tool_use", whole: true },
    });
  });

  test.each<[string, unknown[]]>([
    ["a text without its text", [{ type: "text" }]],
    ["a call without its input", [{ type: "tool_use", id: "t1", name: "look_up" }]],
  ])("is refused where no request could ever carry it: %s", async (_, content) => {
    const { conversation } = await begin();
    await conversation.append({ role: "user", content: "?" }, { origin: "human" });
    await expect(conversation.record({ ...message, content: content as { type: string }[] })).rejects.toMatchObject({
      code: "invalid_request",
      message: expect.stringContaining("Field required"),
    });
    expect(conversation.entries).toHaveLength(2);
  });

  test.each<[string, object]>([
    ["a big number", { usage: { input_tokens: 7n } }],
    ["a big number in a block", { content: [{ type: "tool_use", id: "t1", name: "n", input: { at: 7n } }] }],
    ["a circle", { content: [cyclic] }],
  ])("is refused where it cannot be written as JSON: %s", async (_, fields) => {
    const { conversation } = await begin();
    await expect(conversation.record({ ...message, ...fields })).rejects.toMatchObject({
      name: "AntiphonError",
      code: "invalid_input",
      message: expect.stringContaining("JSON"),
    });
    expect(conversation.entries).toHaveLength(1);
  });

  test("that refuses is left out with its question, as a turn would do it", async () => {
    const { conversation } = await begin();
    const asked = await conversation.append({ role: "user", content: "?" }, { origin: "human" });
    const plan = await conversation.record({ ...message, content: [], stop_reason: "refusal" });
    expect(plan).toMatchObject({ next: "leave-out", outcome: { type: "refused", leftOut: [asked.id, expect.any(String)] } });
    expect((await conversation.request()).body.messages).toEqual([]);
  });
});

test("an id that some server gives to the calls of every reply is run in every reply", async () => {
  const asks = replied([call("call_0")], "tool_use");
  let runs = 0;
  const tool = { name: "look_up", input_schema: { type: "object" }, run: () => `run ${(runs += 1)}` };
  const { conversation, client } = await begin([asks, said("one"), asks, said("two")], {}, { tools: [tool] });
  await conversation.send("?").result;
  expect((await conversation.send("again?").result).text).toBe("two");
  expect(runs).toBe(2);
  expect(client.bodies[3]?.messages.at(-1)?.content[0]).toMatchObject({ type: "tool_result", content: "run 2" });
});

test("limits that are left undefined are the defaults", async () => {
  const cut = [start(), startBlock(0, { type: "text", text: "cut" }), messageDelta("max_tokens"), { type: "message_stop" }];
  const { conversation, client } = await begin([cut, cut, cut], {}, { limits: { continuations: undefined } });
  const turn = conversation.send("?", { limits: { continuations: undefined } });
  expect((await turn.result).outcome).toEqual({ type: "truncated", inside: "text" });
  expect(client.bodies).toHaveLength(1);
});
