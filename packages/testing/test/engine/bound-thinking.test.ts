import type { TurnEvent } from "@antiphon/core";
import { expect, test } from "vitest";
import { boundaries, goOn, messagesOf, MODEL, practice, replies, say, spoken } from "./practice.ts";

const reply = (said: string) => ({
  content: [
    { type: "thinking", thinking: `Thought of ${said}` },
    { type: "text", text: said },
  ],
});

const BOUND = "The block is bound to a different conversation. Remove the block.";
const refusal = (where: string) => ({ error: { status: 400, message: `${where}Invalid \`signature\` in \`thinking\` block. ${BOUND}` } });

/** A conversation whose first reply was made, by the caller's own loop, behind another system prompt than is known here. */
async function withForeignReply() {
  const at = await practice();
  const conversation = await at.start({ system: "Be brief." });
  await conversation.append({ role: "user", content: "First." });
  at.server.script(reply("One."));
  const messages = [{ role: "user" as const, content: "First." }];
  await conversation.record(await at.client.messages.create({ model: MODEL, max_tokens: 1024, system: "Be long.", messages }));
  return { at, conversation, [Symbol.asyncDispose]: () => at[Symbol.asyncDispose]() };
}

test("thinking that the API calls bound to a different conversation is left out, with its bill, and the request made again", async () => {
  await using made = await withForeignReply();
  const { at, conversation } = made;
  at.server.script(reply("Two."));
  const events: TurnEvent[] = [];
  const turn = conversation.send("Second.");
  for await (const event of turn) events.push(event);
  expect(await turn.result).toMatchObject({ outcome: { type: "completed" }, text: "Two." });
  expect(at.server.requests.map(({ status }) => status)).toEqual([200, 400, 200]);
  expect(events.filter(({ type }) => type === "request-retry")).toEqual([
    { type: "request-retry", attempt: 1, delayMs: 0, reason: "thinking-bound-elsewhere" },
  ]);
  expect(conversation.entries.filter(({ kind }) => kind === "boundary")).toMatchObject([
    {
      boundary: { type: "superseded", entryId: replies(conversation)[0]!.id, content: [{ type: "text", text: "One." }] },
      bill: { thinkingBlocks: 1 },
    },
  ]);
  // What is stored stays as it came.
  expect(replies(conversation)[0]!.content).toHaveLength(2);
  // And what is thought since is sent.
  expect(spoken(await goOn(at, conversation))).toEqual([
    "user: First.",
    "assistant: One.",
    "user: Second.",
    "assistant: thinking | Two.",
    "user: Go on.",
  ]);
});

test("thinking in front of the block that the API names stays", async () => {
  await using at = await practice();
  const conversation = await at.start();
  at.server.script(reply("One."), reply("Two."), refusal("messages.3.content.0: "), reply("Three."));
  await say(conversation, "First.");
  await say(conversation, "Second.");
  expect((await say(conversation, "Third.")).outcome.type).toBe("completed");
  expect(spoken(messagesOf(at.server.requests[3]!.body))).toEqual([
    "user: First.",
    "assistant: thinking | One.",
    "user: Second.",
    "assistant: Two.",
    "user: Third.",
  ]);
  await goOn(at, conversation);
});

test("all thinking is left out where the API names no block", async () => {
  await using at = await practice();
  const conversation = await at.start();
  at.server.script(reply("One."), reply("Two."), refusal(""), reply("Three."));
  await say(conversation, "First.");
  await say(conversation, "Second.");
  expect((await say(conversation, "Third.")).outcome.type).toBe("completed");
  expect(boundaries(conversation)).toEqual(["superseded", "superseded"]);
  expect(spoken(await goOn(at, conversation)).slice(0, 4)).toEqual(["user: First.", "assistant: One.", "user: Second.", "assistant: Two."]);
});

test("the request is made again once: a second such answer ends the turn as failed", async () => {
  await using at = await practice();
  const conversation = await at.start();
  at.server.script(reply("One."), reply("Two."), refusal("messages.3.content.0: "), refusal("messages.1.content.0: "));
  await say(conversation, "First.");
  await say(conversation, "Second.");
  expect((await say(conversation, "Third.")).outcome).toMatchObject({ type: "failed", failure: { status: 400, retryable: false } });
  expect(at.server.requests).toHaveLength(4);
  await goOn(at, conversation);
});

test("where no thinking was sent, the answer is a failure at once", async () => {
  await using at = await practice();
  const conversation = await at.start();
  at.server.script(refusal("messages.0.content.0: "));
  expect((await say(conversation)).outcome).toMatchObject({ type: "failed", failure: { status: 400 } });
  expect([at.server.requests.length, boundaries(conversation)]).toEqual([1, []]);
});
