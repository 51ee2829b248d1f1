import { isAntiphonError, type Turn, type TurnEvent } from "@antiphon/core";
import { gate } from "@antiphon/testing/messages-server";
import { afterEach, beforeEach, expect, test } from "vitest";
import { goOn, messagesOf, type Practice, practice, say, spoken } from "./practice.ts";
import { settled } from "./settled.ts";

const unhandled: unknown[] = [];
const note = (reason: unknown): void => void unhandled.push(reason);

beforeEach(() => void process.on("unhandledRejection", note));

afterEach(async () => {
  await settled();
  process.off("unhandledRejection", note);
  expect(unhandled.splice(0)).toEqual([]);
});

/** A turn that stands still in the middle of its reply until it is released. */
async function running(at: Practice) {
  const conversation = await at.start();
  const hold = gate();
  at.server.script({ content: "The first reply.", faults: [{ kind: "hold", gate: hold, at: { afterEvents: 4 } }] });
  const first = conversation.send("First.");
  await hold.reached;
  return { conversation, first, release: hold.release };
}

test("a second message while a turn runs is refused as busy, and nothing of it is stored", async () => {
  await using at = await practice();
  const { conversation, first, release } = await running(at);
  const second = conversation.send("Second.");
  expect((await second.result).outcome).toMatchObject({ type: "failed", failure: { code: "busy", retryable: true } });
  await expect(second.accepted).rejects.toSatisfy((error) => isAntiphonError(error, "busy"));
  release();
  expect((await first.result).outcome.type).toBe("completed");
  expect(spoken(await goOn(at, conversation))).toEqual(["user: First.", "assistant: The first reply.", "user: Go on."]);
});

test("every other write is refused as busy too, from this handle and from another", async () => {
  await using at = await practice();
  const { conversation, first, release } = await running(at);
  for (const handle of [conversation, await at.chat.open(conversation.id)]) {
    const writes = [
      () => handle.append({ role: "user", content: "x" }),
      () => handle.update({ max_tokens: 5 }),
      () => handle.record({ model: "m", content: [], stop_reason: "end_turn" }),
    ];
    for (const write of writes) await expect(write()).rejects.toSatisfy((error) => isAntiphonError(error, "busy"));
  }
  release();
  await first.result;
  await goOn(at, conversation);
});

test("queued messages are sent one after the other, each behind the reply to the one before", async () => {
  await using at = await practice();
  const { conversation, first, release } = await running(at);
  at.server.script("The second reply.");
  const second = conversation.send("Second.", { whenBusy: "queue" });
  await settled();
  release();
  expect([(await first.result).outcome.type, (await second.result).text]).toEqual(["completed", "The second reply."]);
  expect(spoken(messagesOf(at.server.requests[1]!.body))).toEqual(["user: First.", "assistant: The first reply.", "user: Second."]);
});

test("a message that queues on another handle is sent behind what was said meanwhile", async () => {
  await using at = await practice();
  const { conversation, first, release } = await running(at);
  const other = await at.chat.open(conversation.id);
  at.server.script("The second reply.");
  const second = other.send("Second.", { whenBusy: "queue" });
  await settled();
  release();
  expect([(await first.result).outcome.type, (await second.result).text]).toEqual(["completed", "The second reply."]);
  expect(spoken(messagesOf(at.server.requests[1]!.body))).toEqual(["user: First.", "assistant: The first reply.", "user: Second."]);
});

test("a turn whose lease ran out keeps its place before the one that queues behind it on the same handle", async () => {
  await using at = await practice();
  const { conversation, first, release } = await running(at);
  at.server.script("The second reply.");
  const second = conversation.send("Second.", { whenBusy: "queue" });
  await settled();
  // Nothing renews while the process is stalled; the queued turn wakes up first.
  at.environment.pass(60_000);
  await settled();
  expect(at.server.requests).toHaveLength(1);
  release();
  expect([(await first.result).outcome.type, (await second.result).text]).toEqual(["completed", "The second reply."]);
});

test("a message that forks goes on beside the running turn, on a branch of its own", async () => {
  await using at = await practice();
  const { conversation, first, release } = await running(at);
  at.server.script("The second reply.");
  const second = conversation.send("Second.", { whenBusy: "fork" });
  const result = await second.result;
  expect([result.outcome.type, result.text]).toEqual(["completed", "The second reply."]);
  expect(result.branchId).not.toBe(conversation.branchId);
  expect(await types(second)).toContain("branch-forked");
  expect(spoken(messagesOf(at.server.requests[1]!.body))).toEqual(["user: Second."]);
  release();
  expect((await first.result).branchId).toBe(conversation.branchId);
  expect(await conversation.branches()).toHaveLength(2);
  expect((await at.chat.open(conversation.id)).branchId).toBe(conversation.branchId);
  await goOn(at, conversation);
  await goOn(at, await at.chat.open(conversation.id, result.branchId));
});

test("of two handles at one tip one goes on and the other is told, and with what it was told it can go on too", async () => {
  await using at = await practice();
  const one = await at.start();
  const two = await at.chat.open(one.id);
  at.server.script("Reply one.");
  await say(one, "From one.");
  const refused = two.send("From two.");
  expect((await refused.result).outcome).toMatchObject({ type: "failed", failure: { code: "tip_moved", retryable: true } });
  await expect(refused.accepted).rejects.toSatisfy((error) => isAntiphonError(error, "tip_moved"));
  expect(at.server.requests).toHaveLength(1);
  expect(spoken(await goOn(at, two))).toEqual(["user: From one.", "assistant: Reply one.", "user: Go on."]);
  await expect(one.append({ role: "user", content: "x" })).rejects.toSatisfy((error) => isAntiphonError(error, "tip_moved"));
  await goOn(at, one);
});

test("two handles that send at the same instant: one goes on, the other is told, and nothing is lost", async () => {
  await using at = await practice();
  const one = await at.start();
  const two = await at.chat.open(one.id);
  const outcomes = await Promise.all([say(one, "From one."), say(two, "From two.")]);
  expect(outcomes.map(({ outcome }) => (outcome.type === "failed" ? outcome.failure.code : outcome.type)).toSorted()).toEqual([
    "busy",
    "completed",
  ]);
  expect(at.server.requests).toHaveLength(1);
  await goOn(at, one);
});

test.each([
  ["an empty message", ""],
  ["a message of white space", " \n"],
  ["a message of an empty block", [{ type: "text", text: "" }]],
  ["a message that the API would refuse", [{ type: "text", text: "x", citations: [{ type: "char_location" }] }]],
])("%s is refused before anything is stored or sent", async (_what, content) => {
  await using at = await practice();
  const conversation = await at.start();
  const turn = conversation.send(content);
  expect((await turn.result).outcome).toMatchObject({
    type: "failed",
    failure: { code: expect.stringMatching(/^invalid_(input|request)$/), retryable: false },
  });
  await expect(turn.accepted).rejects.toSatisfy((error) => isAntiphonError(error));
  expect([conversation.entries.length, at.server.requests.length]).toEqual([1, 0]);
  await goOn(at, conversation);
});

async function types(turn: Turn): Promise<TurnEvent["type"][]> {
  const seen: TurnEvent["type"][] = [];
  for await (const { type } of turn) seen.push(type);
  return seen;
}
