import Anthropic from "@anthropic-ai/sdk";
import type { ContentParam, Conversation, RunnableTool, Settings, TurnResult } from "@antiphon/core";
import { gate, toolUse } from "@antiphon/testing/messages-server";
import { describe, expect, test } from "vitest";
import { goOn, messagesOf, practice, type Practice, replies, say, spoken } from "./practice.ts";
import { settled } from "./settled.ts";

const HALF = "\ud83e";
const cyclic: { type: string; self?: unknown } = { type: "text" };
cyclic.self = cyclic;
const dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const image = { type: "image", source: { type: "base64", media_type: "image/png", data: dot } };

describe("a tool that", () => {
  const throwing = (thrown: unknown) => (): never => {
    throw thrown;
  };
  test.each<[string, () => unknown, Record<string, unknown>]>([
    ["throws a string", throwing("no such city"), { content: "Error: no such city", is_error: true }],
    ["throws nothing", throwing(undefined), { content: "Error: undefined", is_error: true }],
    [
      "returns 50 MB",
      () => "x".repeat(50_000_000),
      { content: expect.stringContaining("50000000 characters, at most 400000"), is_error: true },
    ],
    ["returns a cyclic object", () => cyclic, { content: "The tool returned object, not text or content blocks.", is_error: true }],
    [
      "returns blocks that turn in circles",
      () => [cyclic],
      { content: expect.stringContaining("cannot be written as JSON"), is_error: true },
    ],
    ["returns an image", () => [image], { content: [image] }],
    ["returns half a character", () => `cut ${HALF}`, { content: "cut \ufffd" }],
    ["returns nothing", () => undefined, { content: "The tool returned undefined, not text or content blocks.", is_error: true }],
  ])("%s is answered honestly, and the turn goes on", async (_, run, result) => {
    const tool: RunnableTool = { name: "odd", input_schema: { type: "object" }, run: run as RunnableTool["run"] };
    await using at = await practice({ tools: [tool] });
    const conversation = await at.start();
    at.server.script({ content: [toolUse("odd", {}, "toolu_1")] }, "I see.");
    expect(await say(conversation)).toMatchObject({ outcome: { type: "completed" }, text: "I see." });
    expect(messagesOf(at.server.requests[1]!.body).at(-1)!.content).toEqual([{ type: "tool_result", tool_use_id: "toolu_1", ...result }]);
    await goOn(at, conversation);
  });

  test("never returns holds its turn up until its time is over, and no longer", async () => {
    const endless: RunnableTool = { name: "endless", input_schema: { type: "object" }, run: () => new Promise(() => undefined) };
    await using at = await practice({ tools: [endless], limits: { toolMs: 1500 } });
    const conversation = await at.start();
    at.server.script({ content: [toolUse("endless", {}, "toolu_1")] }, "I see.");
    const turn = conversation.send("Begin.");
    for await (const event of turn) if (event.type === "tool-start") break;
    at.environment.pass(1499);
    await settled();
    expect(at.server.requests).toHaveLength(1);
    at.environment.pass(1);
    expect(await turn.result).toMatchObject({ outcome: { type: "completed" }, text: "I see." });
    await goOn(at, conversation);
  });
});

/** What a message is refused with, with nothing stored, sent or broken. */
async function refused(at: Practice, conversation: Conversation, content: unknown): Promise<TurnResult["outcome"]> {
  const before = conversation.entries.length;
  const turn = conversation.send(content as ContentParam);
  const { outcome } = await turn.result;
  await expect(turn.accepted).rejects.toThrow();
  expect([conversation.entries.length, at.server.requests.length]).toEqual([before, 0]);
  await goOn(at, conversation);
  return outcome;
}

describe("a message that", () => {
  test.each<[string, unknown, string, string]>([
    ["is empty", "", "invalid_input", "The message is empty. Say something, or attach something."],
    ["is no blocks", [], "invalid_input", "The message is empty. Say something, or attach something."],
    ["is white space", " \n", "invalid_input", "The message is empty. Say something, or attach something."],
    [
      "holds half a character",
      [{ type: "text", text: `cut ${HALF}` }],
      "invalid_input",
      "The message holds half a character (a lone surrogate) at content.0.text. Cut texts between characters, or pass `text.toWellFormed()`.",
    ],
    [
      "turns in circles",
      [cyclic],
      "invalid_input",
      "The content of the message cannot be written as JSON. Leave out circles and big numbers.",
    ],
    [
      "is 40 MB of base64",
      [{ type: "document", source: { type: "base64", media_type: "application/pdf", data: "A".repeat(40 * 1024 * 1024) } }],
      "invalid_request",
      "Nothing was sent, since the API would refuse it. Request exceeds the maximum size",
    ],
  ])("%s is refused before anything is stored or sent", async (_, content, code, message) => {
    await using at = await practice();
    const outcome = await refused(at, await at.start(), content);
    expect(outcome).toMatchObject({ type: "failed", failure: { code, retryable: false, message } });
  });
});

describe("settings whose", () => {
  test.each<[string, Partial<Settings>, RegExp]>([
    [
      "system prompt is only spaces",
      { system: "   " },
      /^The system prompt says nothing \("   "\)\. Say what it should say, or leave `system` out\.$/,
    ],
    [
      "system prompt has a block of only spaces",
      {
        system: [
          { type: "text", text: "x" },
          { type: "text", text: "\n" },
        ],
      },
      /says nothing/,
    ],
    ["system prompt holds half a character", { system: `cut ${HALF}` }, /half a character \(a lone surrogate\) at `system`.*toWellFormed/],
  ])("%s make no conversation, and change none", async (_, settings, message) => {
    await using at = await practice();
    await expect(at.start(settings)).rejects.toMatchObject({ code: "invalid_input", message: expect.stringMatching(message) });
    expect((await at.chat.list()).conversations).toEqual([]);
    const conversation = await at.start({ system: "Be kind." });
    await expect(conversation.update(settings, { accept: true })).rejects.toMatchObject({ code: "invalid_input" });
    expect(conversation.settings.system).toBe("Be kind.");
    await goOn(at, conversation);
  });
});

/** A client whose network is this; the message that met it stays, and another client goes on. */
async function meets(fetch: typeof globalThis.fetch, streaming: boolean): Promise<TurnResult["outcome"]> {
  const client = new Anthropic({ apiKey: "practice", maxRetries: 0, logLevel: "off", fetch });
  await using at = await practice({ client });
  const conversation = await at.start();
  const { outcome } = await say(conversation, "Begin.", { streaming });
  expect(replies(conversation)).toEqual([]);
  await using well = await practice({ store: () => at.store });
  expect(spoken(await goOn(well, await well.chat.open(conversation.id)))).toEqual(["user: Begin. | Go on."]);
  return outcome;
}

describe.each([true, false])("a client (streaming: %s) whose `fetch`", (streaming) => {
  const failed = (code: string, retryable: boolean) => ({ type: "failed", failure: { code, retryable } });
  const answers = (body: string, type: string) => () => Promise.resolve(new Response(body, { headers: { "content-type": type } }));

  test.each<[string, typeof globalThis.fetch, object]>([
    ["rejects", () => Promise.reject(new TypeError("fetch failed")), failed("connection_failed", true)],
    ["rejects with a string", () => Promise.reject("no network"), failed("connection_failed", true)],
    ["returns HTML", answers("<html>Sign in</html>", "text/html"), failed("not_the_api", false)],
    ["returns nothing at all", answers("", "text/plain"), failed("not_the_api", false)],
    ["returns JSON that is no message", answers('{"ok":true}', "application/json"), failed("not_the_api", false)],
    ["returns what is no response", () => Promise.resolve({} as Response), failed("client_failed", false)],
  ])("%s fails the turn, and the message is kept", async (_, fetch, outcome) => {
    expect(await meets(fetch, streaming)).toMatchObject(outcome);
  });
});

test("JSON in place of a stream is never taken for a reply, be it a whole message", async () => {
  const message = JSON.stringify({
    type: "message",
    role: "assistant",
    model: "m",
    content: [{ type: "text", text: "Hi." }],
    stop_reason: "end_turn",
  });
  const outcome = await meets(() => Promise.resolve(new Response(message, { headers: { "content-type": "application/json" } })), true);
  expect(outcome).toMatchObject({
    type: "failed",
    failure: {
      code: "not_the_api",
      message: expect.stringContaining("it sent application/json, not a stream of events. Check the base URL."),
    },
  });
});

describe("a caller that", () => {
  test("stops reading and keeps its iterator holds its turn up, and nobody else's; a signal ends that turn", async () => {
    await using at = await practice();
    const conversation = await at.start();
    const abort = new AbortController();
    at.server.script({ content: "A long reply. ".repeat(200) });
    const turn = conversation.send("Begin.", { signal: abort.signal });
    const reader = turn[Symbol.asyncIterator]();
    await reader.next();
    let ended = false;
    void turn.result.then(() => (ended = true));
    await at.server.requests[0]?.ended;
    await settled();
    expect(ended).toBe(false);
    const other = await at.start();
    await goOn(at, other);
    abort.abort();
    expect((await turn.result).outcome.type).toBe("aborted");
    await goOn(at, conversation);
  });

  test("calls `send` twice at once has one turn, and a second that fails as busy with nothing stored", async () => {
    await using at = await practice();
    const conversation = await at.start();
    const hold = gate();
    at.server.script({ content: "Hello.", faults: [{ kind: "hold", gate: hold, at: { afterEvents: 2 } }] });
    const turns = [conversation.send("One."), conversation.send("Two.")];
    const second = await turns[1]!.result;
    expect(second.outcome).toMatchObject({ type: "failed", failure: { code: "busy", retryable: true } });
    hold.release();
    expect((await turns[0]!.result).outcome.type).toBe("completed");
    expect(spoken(await goOn(at, conversation))).toEqual(["user: One.", "assistant: Hello.", "user: Go on."]);
  });
});
