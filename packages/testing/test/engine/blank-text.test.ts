import type { Conversation, RunnableTool, TurnEvent, TurnResult } from "@antiphon/core";
import { toolUse } from "@antiphon/testing/messages-server";
import { expect, test } from "vitest";
import { boundaries, goOn, messagesOf, MODEL, practice, replies, say, spoken } from "./practice.ts";

const thinking = { type: "thinking", thinking: "Hm." };
const blank = { type: "text", text: " " };
const tool: RunnableTool = { name: "look", input_schema: { type: "object" }, run: () => "Seen." };

async function told(conversation: Conversation, content: string): Promise<{ result: TurnResult; retries: readonly TurnEvent[] }> {
  const turn = conversation.send(content);
  const retries: TurnEvent[] = [];
  for await (const event of turn) if (event.type === "request-retry") retries.push(event);
  return { result: await turn.result, retries };
}

test("a reply of white space alone is left out when the API refuses it, and the request made again", async () => {
  await using at = await practice();
  const conversation = await at.start();
  at.server.script({ content: [blank] }, "Two.");
  await say(conversation, "First.");
  const { result, retries } = await told(conversation, "Second.");
  expect(result).toMatchObject({ outcome: { type: "completed" }, text: "Two." });
  expect(retries).toEqual([{ type: "request-retry", attempt: 1, delayMs: 0, reason: "blank-text" }]);
  expect(at.server.requests.map(({ status }) => status)).toEqual([200, 400, 200]);
  expect(spoken(messagesOf(at.server.requests[2]!.body))).toEqual(["user: First. | Second."]);
  // What is stored stays as it came.
  expect(replies(conversation)[0]!.content).toEqual([blank]);
  expect(boundaries(conversation)).toEqual(["superseded"]);
  await goOn(at, conversation);
  expect(boundaries(conversation)).toEqual(["superseded"]);
});

test.each([MODEL, "claude-opus-4-5"])("white space in front of a tool call is left out in the middle of the round: %s", async (model) => {
  await using at = await practice({ tools: [tool] });
  const conversation = await at.start({ model });
  at.server.script(
    { content: [thinking, blank, toolUse("look", {}, "toolu_1")] },
    { content: [thinking, { type: "text", text: "Done." }] },
  );
  const { result, retries } = await told(conversation, "First.");
  expect(result).toMatchObject({ outcome: { type: "completed" }, text: "Done." });
  expect(retries).toMatchObject([{ reason: "blank-text" }]);
  expect(spoken(messagesOf(at.server.requests[2]!.body))).toEqual([
    "user: First.",
    "assistant: thinking | tool_use",
    "user: result toolu_1",
  ]);
  expect(conversation.entries.find(({ kind }) => kind === "boundary")).toMatchObject({ bill: { thinkingBlocks: 0, toolPairs: 0 } });
  expect((await goOn(at, conversation)).flatMap(({ content }) => content).filter(({ type }) => type === "thinking")).toHaveLength(2);
});

test.each([
  [MODEL, 2],
  ["claude-opus-4-5", 1],
])("what was thought behind white space goes with it, and is billed: %s", async (model, thinkingBlocks) => {
  await using at = await practice({ server: { rulesOff: ["text-blank"] } });
  const conversation = await at.start({ model });
  at.server.script(
    { content: [thinking, blank, thinking, { type: "text", text: "One." }] },
    { content: [thinking, { type: "text", text: "Two." }] },
    { error: { status: 400, message: "messages: text content blocks must contain non-whitespace text" } },
    "Three.",
  );
  await say(conversation, "First.");
  await say(conversation, "Second.");
  expect(await say(conversation, "Third.")).toMatchObject({ outcome: { type: "completed" }, text: "Three." });
  expect(conversation.entries.filter(({ kind }) => kind === "boundary")).toMatchObject([
    { boundary: { type: "superseded", content: [{ type: "thinking" }, { text: "One." }] }, bill: { thinkingBlocks, toolPairs: 0 } },
  ]);
  await goOn(at, conversation);
});

test("thinking does not stay where the white space behind it was all that was said", async () => {
  await using at = await practice();
  const conversation = await at.start();
  at.server.script({ content: [thinking, blank] }, "Two.");
  await say(conversation, "First.");
  expect((await say(conversation, "Second.")).text).toBe("Two.");
  expect(conversation.entries.filter(({ kind }) => kind === "boundary")).toMatchObject([
    { boundary: { content: [] }, bill: { thinkingBlocks: 1 } },
  ]);
  expect(spoken(await goOn(at, conversation))).toEqual(["user: First. | Second.", "assistant: Two.", "user: Go on."]);
});

test("the request is made again once, and not where nothing that was sent is blank", async () => {
  await using at = await practice();
  const conversation = await at.start();
  const refusal = { error: { status: 400, message: "messages: text content blocks must be non-empty" } };
  at.server.script({ content: [blank] }, refusal, refusal);
  await say(conversation, "First.");
  expect((await say(conversation, "Second.")).outcome).toMatchObject({ type: "failed", failure: { status: 400, retryable: false } });
  expect(at.server.requests).toHaveLength(3);
  expect((await say(conversation, "Third.")).outcome).toMatchObject({ type: "failed" });
  expect(at.server.requests).toHaveLength(4);
  await goOn(at, conversation);
});
