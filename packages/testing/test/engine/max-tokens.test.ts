import type { RunnableTool } from "@antiphon/core";
import { toolUse } from "@antiphon/testing/messages-server";
import { describe, expect, test } from "vitest";
import { boundaries, goOn, messagesOf, practice, replies, say, spoken } from "./practice.ts";

const LONG = "One two three four five six seven eight nine ten.";
const ASK = "user: Please continue from where you left off.";
const thinking = { type: "thinking", thinking: LONG };
/** A model that takes a prefill. */
const PREFILL_MODEL = "claude-opus-4-5";

function counted() {
  const runs: unknown[] = [];
  const tool: RunnableTool = { name: "write", input_schema: { type: "object" }, run: (input) => (runs.push(input), "written") };
  return { tool, runs };
}

describe("max_tokens in text", () => {
  const cut = { content: LONG, cutAtTokens: 3 };

  test("truncates the turn where the caller has not opted in, and what came goes back", async () => {
    await using at = await practice();
    const conversation = await at.start();
    at.server.script(cut);
    const { outcome, text } = await say(conversation);
    expect(outcome).toEqual({ type: "truncated", inside: "text" });
    expect(LONG.startsWith(text) && text.length > 0).toBe(true);
    expect(at.server.requests).toHaveLength(1);
    expect(spoken(await goOn(at, conversation))).toEqual(["user: Begin.", `assistant: ${text}`, "user: Go on."]);
  });

  test("is continued as one reply where the caller has opted in, with a message that is marked as synthetic", async () => {
    await using at = await practice();
    const conversation = await at.start();
    at.server.script({ content: "Half of it, ", stop_reason: "max_tokens" }, "and the rest.");
    const turn = conversation.send("Begin.", { limits: { continuations: 3 } });
    const { outcome, text } = await turn.result;
    expect([outcome, text]).toEqual([{ type: "completed", empty: false }, "Half of it, and the rest."]);
    let streamed = "";
    for await (const piece of turn.textStream) streamed += piece;
    expect(streamed).toBe(text);
    expect(spoken(messagesOf(at.server.requests[1]!.body))).toEqual(["user: Begin.", "assistant: Half of it, ", ASK]);
    expect(conversation.entries.flatMap((entry) => (entry.kind === "message" ? [entry.origin] : []))).toEqual([
      "human",
      "model",
      "synthetic",
      "model",
    ]);
    await goOn(at, conversation);
  });

  test("is continued at most as often as the caller allowed", async () => {
    await using at = await practice();
    const conversation = await at.start();
    at.server.script(...["a", "b", "c", "d"].map((content) => ({ content, stop_reason: "max_tokens" })));
    expect(await say(conversation, "Begin.", { limits: { continuations: 2 } })).toMatchObject({
      outcome: { type: "truncated" },
      text: "abc",
    });
    expect([at.server.requests.length, at.server.scripted]).toEqual([3, 1]);
    at.server.script("e");
  });

  test("is continued by prefill where the model takes one, with nothing added", async () => {
    await using at = await practice();
    const conversation = await at.start({ model: PREFILL_MODEL });
    at.server.script({ content: "Half of", stop_reason: "max_tokens" }, " it.");
    expect(await say(conversation, "Begin.", { limits: { continuations: 1 } })).toMatchObject({
      outcome: { type: "completed" },
      text: "Half of it.",
    });
    expect(spoken(messagesOf(at.server.requests[1]!.body))).toEqual(["user: Begin.", "assistant: Half of"]);
    expect(spoken(await goOn(at, conversation))).toEqual(["user: Begin.", "assistant: Half of |  it.", "user: Go on."]);
  });

  test("is continued by a message where the text ends in white space, which no prefill may", async () => {
    await using at = await practice();
    const conversation = await at.start({ model: PREFILL_MODEL });
    at.server.script({ content: "Half of ", stop_reason: "max_tokens" }, "it.");
    expect((await say(conversation, "Begin.", { limits: { continuations: 1 } })).outcome.type).toBe("completed");
    expect(spoken(messagesOf(at.server.requests[1]!.body)).at(-1)).toBe(ASK);
    await goOn(at, conversation);
  });

  test("of structured output is asked for again with more tokens, since half of it cannot be continued", async () => {
    await using at = await practice();
    const format = { type: "json_schema", schema: { type: "object", properties: {}, additionalProperties: false } } as const;
    const conversation = await at.start({ output_config: { format } });
    at.server.script({ content: '{"half": ', stop_reason: "max_tokens" }, "{}");
    expect(await say(conversation, "Begin.", { limits: { continuations: 1 } })).toMatchObject({
      outcome: { type: "completed" },
      text: "{}",
    });
    expect(spoken(messagesOf(at.server.requests[1]!.body))).toEqual(["user: Begin."]);
    expect(at.server.requests.map(({ body }) => (body as { max_tokens: number }).max_tokens)).toEqual([1024, 4096]);
  });
});

describe.each([
  ["thinking", [thinking], "thinking"],
  ["a tool call", [{ type: "text", text: "Hm." }, toolUse("write", { text: LONG }, "toolu_1")], "tool-call"],
] as const)("max_tokens in %s", (_what, content, inside) => {
  const cut = { content: [...content], cutAtTokens: 5 };
  const kept = inside === "thinking" ? ["user: Begin. | Go on."] : ["user: Begin.", "assistant: Hm.", "user: Go on."];

  test("truncates the turn, runs nothing, and leaves the part that nobody can send", async () => {
    await using at = await practice({ tools: [counted().tool] });
    const conversation = await at.start();
    at.server.script(cut);
    expect((await say(conversation)).outcome).toEqual({ type: "truncated", inside });
    expect(replies(conversation)[0]!.content).toHaveLength(content.length);
    expect(conversation.entries.some(({ kind }) => kind === "tool-start")).toBe(false);
    expect(spoken(await goOn(at, conversation))).toEqual(kept);
  });

  test("is asked again with more tokens where the caller has opted in; what was shown does not count", async () => {
    const { tool, runs } = counted();
    await using at = await practice({ tools: [tool], limits: { continuations: 1 } });
    const conversation = await at.start();
    at.server.script(cut, "Now whole.");
    const result = await say(conversation);
    expect([result.outcome, result.text, runs]).toEqual([{ type: "completed", empty: false }, "Now whole.", []]);
    expect(at.server.requests.map(({ body }) => (body as { max_tokens: number }).max_tokens)).toEqual([1024, 4096]);
    expect(spoken(messagesOf(at.server.requests[1]!.body))).toEqual(["user: Begin."]);
    expect(boundaries(conversation)).toEqual(["left-out: asked again"]);
    await goOn(at, conversation);
  });

  test("is asked again once per allowed continuation, and not beyond the model's own limit", async () => {
    await using at = await practice({ tools: [counted().tool], limits: { continuations: 5 } });
    const conversation = await at.start({ max_tokens: 60_000 });
    at.server.script(cut, cut, cut);
    expect((await say(conversation)).outcome).toEqual({ type: "truncated", inside });
    const asked = at.server.requests.map(({ body }) => (body as { max_tokens: number }).max_tokens);
    expect(asked).toEqual([60_000, 128_000]);
    expect(at.server.scripted).toBe(1);
  });

  test("is asked again as a stream where so many tokens are more than a client waits for in one piece", async () => {
    await using at = await practice({ tools: [counted().tool], limits: { continuations: 2 } });
    const conversation = await at.start({ max_tokens: 5_000 });
    at.server.script(cut, cut, "Now whole.");
    const turn = conversation.send("Begin.", { streaming: false });
    expect(await turn.result).toMatchObject({ outcome: { type: "completed" }, text: "Now whole." });
    const asked = at.server.requests.map(({ body }) => body as { max_tokens: number; stream?: boolean });
    expect(asked.map(({ max_tokens, stream }) => [max_tokens, stream ?? false])).toEqual([
      [5_000, false],
      [20_000, false],
      [80_000, true],
    ]);
  });

  test("is resumed by asking again, also where the turn had no leave for it", async () => {
    await using at = await practice({ tools: [counted().tool] });
    const conversation = await at.start();
    at.server.script(cut, "Whole.");
    await say(conversation);
    expect((await conversation.resume().result).outcome).toEqual({ type: "completed", empty: false });
    expect(at.server.requests.map(({ status }) => status)).toEqual([200, 200]);
    await goOn(at, conversation);
  });
});
