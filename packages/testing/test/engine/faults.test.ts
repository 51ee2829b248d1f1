import { type Conversation, type Outcome, type RunnableTool, text as textOf, type TurnEvent } from "@antiphon/core";
import { type Fault, type Reply, toolUse } from "@antiphon/testing/messages-server";
import { describe, expect, test } from "vitest";
import { goOn, type Practice, practice, replies, say, spoken } from "./practice.ts";

const TEXT = "The first part, and the second part, and the third part of a reply.";
const CONTENT = [
  { type: "thinking", thinking: "Let me think about that." },
  { type: "text", text: TEXT },
];
const EVENTS = 13;

const cutAt = (at: Fault & { kind: "cut" }) => ({ content: CONTENT, faults: [at] });

/** Plays the same faulty reply as often as the turn asks for one. */
async function sayWith(at: Practice, conversation: Conversation, reply: Reply) {
  at.server.script(...Array.from({ length: 3 }, () => reply));
  const result = await say(conversation);
  const tries = at.server.requests.length;
  // What the turn did not ask for must not answer the next one.
  for (let left = at.server.scripted; left > 0; left -= 1)
    await at.client.messages
      .create({ model: "claude-opus-4-5", max_tokens: 9, messages: [{ role: "user", content: "x" }] })
      .catch(() => undefined);
  return { ...result, tries };
}

/** What every fault has to leave behind. */
async function expectSound(at: Practice, conversation: Conversation, { outcome, text }: { outcome: Outcome; text: string }) {
  const [reply] = replies(conversation);
  const stored = reply ? textOf(reply.content) : "";
  expect(TEXT.startsWith(stored)).toBe(true);
  expect(text).toBe(stored);
  expect(outcome.type).toBe(reply?.reply?.whole ? "completed" : "interrupted");
  const sent = spoken(await goOn(at, conversation));
  expect(sent).toEqual(stored === "" ? ["user: Begin. | Go on."] : ["user: Begin.", `assistant: thinking | ${stored}`, "user: Go on."]);
}

describe("a connection cut", () => {
  test(`the reply has ${EVENTS} events, so every boundary is tried below`, async () => {
    await using at = await practice();
    at.server.script({ content: CONTENT });
    const events: unknown[] = [];
    for await (const event of await at.client.messages.create({
      model: "claude-sonnet-5-5",
      max_tokens: 99,
      stream: true,
      messages: [{ role: "user", content: "x" }],
    }))
      events.push(event);
    // The SDK keeps the ping to itself.
    expect(events.length + 1).toBe(EVENTS);
  });

  test.each(Array.from({ length: EVENTS + 1 }, (_, afterEvents) => afterEvents))(
    "behind event %i leaves what had come, and the next message is taken",
    async (afterEvents) => {
      await using at = await practice();
      const conversation = await at.start();
      const result = await sayWith(at, conversation, cutAt({ kind: "cut", at: { afterEvents } }));
      // Nothing was shown before the first block: such a request is made again, twice.
      expect(result.tries).toBe(afterEvents <= 1 ? 3 : 1);
      const whole = afterEvents >= EVENTS - 1; // behind message_delta
      expect(result.outcome).toMatchObject(whole ? { type: "completed" } : { type: "interrupted", reason: "connection" });
      await expectSound(at, conversation, result);
    },
  );

  test.each([0, 7, 150, 391, 433, 512, 640, 777, 891, 1024, 1200, 1333, 1480, 1600, 1777])(
    "at byte %i leaves what had come, and the next message is taken",
    async (atByte) => {
      await using at = await practice();
      const conversation = await at.start();
      const result = await sayWith(at, conversation, cutAt({ kind: "cut", at: { atByte } }));
      await expectSound(at, conversation, result);
    },
  );

  test("before the headers is a failure that a caller may try again, with nothing stored of a reply", async () => {
    await using at = await practice();
    const conversation = await at.start();
    at.server.script(cutAt({ kind: "cut", at: "headers" }));
    expect((await say(conversation)).outcome).toMatchObject({ type: "failed", failure: { code: "connection_failed", retryable: true } });
    expect(replies(conversation)).toEqual([]);
    expect(spoken(await goOn(at, conversation))).toEqual(["user: Begin. | Go on."]);
  });

  test("before anything was shown is made good by a second try, and the reader sees one reply", async () => {
    await using at = await practice();
    const conversation = await at.start();
    at.server.script(cutAt({ kind: "cut", at: { afterEvents: 1 } }), { content: CONTENT });
    const turn = conversation.send("Begin.");
    const events: TurnEvent[] = [];
    for await (const event of turn) events.push(event);
    expect(await turn.result).toMatchObject({ outcome: { type: "completed" }, text: TEXT });
    expect(events.filter(({ type }) => type === "request-retry")).toEqual([
      { type: "request-retry", attempt: 1, delayMs: 500, reason: "interrupted" },
    ]);
    expect(replies(conversation)).toHaveLength(1);
    await goOn(at, conversation);
  });

  test("before anything was shown counts in the turn's usage all the same, try by try", async () => {
    await using at = await practice();
    const conversation = await at.start();
    const usage = { input_tokens: 10, output_tokens: 1 };
    at.server.script(
      { ...cutAt({ kind: "cut", at: { afterEvents: 1 } }), usage },
      { content: CONTENT, usage: { ...usage, output_tokens: 7 } },
    );
    const result = await say(conversation);
    expect([result.outcome.type, at.server.requests.length]).toEqual(["completed", 2]);
    expect(result.usage.input_tokens).toBe(20);
  });

  test("inside a tool call never runs it, and leaves nothing of it in the next request", async () => {
    let ran = false;
    const tool: RunnableTool = { name: "write", input_schema: { type: "object" }, run: () => ((ran = true), "x") };
    await using at = await practice({ tools: [tool] });
    const conversation = await at.start();
    const content = [{ type: "text", text: "Writing." }, toolUse("write", { text: TEXT }, "toolu_1")];
    at.server.script({ content, faults: [{ kind: "cut", at: { afterEvents: 8 } }] });
    expect((await say(conversation)).outcome.type).toBe("interrupted");
    expect(replies(conversation)[0]!.content).toHaveLength(2);
    expect(spoken(await goOn(at, conversation))).toEqual(["user: Begin.", "assistant: Writing.", "user: Go on."]);
    expect(ran).toBe(false);
  });

  test("behind a whole tool call, with its stop reason still missing, never runs it either", async () => {
    let ran = false;
    const tool: RunnableTool = { name: "write", input_schema: { type: "object" }, run: () => ((ran = true), "x") };
    await using at = await practice({ tools: [tool] });
    const conversation = await at.start();
    at.server.script({ content: [toolUse("write", {}, "toolu_1")], faults: [{ kind: "cut", at: { beforeEvent: "message_delta" } }] });
    expect((await say(conversation)).outcome.type).toBe("interrupted");
    expect((await conversation.resume().result).outcome.type).toBe("completed");
    expect(ran).toBe(false);
  });
});

test("a stream that dies between the halves of one character leaves none of it in the next request, and the stored part as it came", async () => {
  await using at = await practice();
  const conversation = await at.start();
  const deltas = ["A parrot: ", "\ud83e", "\udd9c"].map((text) => ({ type: "text_delta", text }));
  at.server.script({ content: [{ block: { type: "text", text: "" }, deltas }], faults: [{ kind: "cut", at: { afterEvents: 5 } }] });
  expect((await say(conversation)).outcome.type).toBe("interrupted");
  expect(textOf(replies(conversation)[0]!.content)).toBe("A parrot: \ud83e");
  expect(spoken(await goOn(at, conversation))[1]).toBe("assistant: A parrot: ");
});

describe("the end of a stream", () => {
  test.each([0, 1, 2, 5, 9])("behind event %i, in order, is no end of the reply", async (afterEvents) => {
    await using at = await practice();
    const conversation = await at.start();
    const result = await sayWith(at, conversation, { content: CONTENT, faults: [{ kind: "end", at: { afterEvents } }] });
    expect(result.outcome).toMatchObject({ type: "interrupted", reason: "ended-early" });
    expect(result.tries).toBe(afterEvents <= 1 ? 3 : 1);
    await expectSound(at, conversation, result);
  });

  test("behind message_delta, without message_stop, is a whole reply", async () => {
    await using at = await practice();
    const conversation = await at.start();
    const result = await sayWith(at, conversation, { content: CONTENT, faults: [{ kind: "end", at: { beforeEvent: "message_stop" } }] });
    expect(result.outcome).toEqual({ type: "completed", empty: false });
    await expectSound(at, conversation, result);
  });
});

describe("an error event after the 200", () => {
  test("ends the turn as interrupted where text was shown, with the API's words", async () => {
    await using at = await practice();
    const conversation = await at.start();
    const result = await sayWith(at, conversation, { content: CONTENT, faults: [{ kind: "error-event", at: { afterEvents: 9 } }] });
    expect(result.outcome).toMatchObject({ type: "interrupted", reason: "server-error", message: expect.stringContaining("Overloaded") });
    expect(result.tries).toBe(1);
    await expectSound(at, conversation, result);
  });

  test("as the first event is tried again, and told when the tries are used up", async () => {
    await using at = await practice();
    const conversation = await at.start();
    const result = await sayWith(at, conversation, { content: CONTENT, faults: [{ kind: "error-event", at: { afterEvents: 0 } }] });
    expect(result.outcome).toMatchObject({ type: "interrupted", reason: "server-error" });
    expect(result.tries).toBe(3);
    await expectSound(at, conversation, result);
  });

  test("that no second try can help is not tried again", async () => {
    await using at = await practice();
    const conversation = await at.start();
    const result = await sayWith(at, conversation, {
      content: CONTENT,
      faults: [{ kind: "error-event", at: { afterEvents: 0 }, status: 400, message: "No." }],
    });
    expect(result.tries).toBe(1);
    expect(result.outcome.type).not.toBe("completed");
    await expectSound(at, conversation, result);
  });
});

describe("an answer that is no reply", () => {
  test.each([
    [429, "rate_limit_error", true],
    [529, "overloaded_error", true],
    [500, "api_error", true],
    [401, "authentication_error", false],
    [403, "permission_error", false],
    [404, "not_found_error", false],
    [413, "request_too_large", false],
  ])("of status %i fails the turn with %s, and the message stays", async (status, code, retryable) => {
    await using at = await practice();
    const conversation = await at.start();
    at.server.script({ error: { status, message: "Not now." } });
    const { outcome } = await say(conversation);
    expect(outcome).toMatchObject({
      type: "failed",
      failure: { status, code, retryable, message: expect.stringContaining("Not now."), requestId: at.server.requests[0]!.requestId },
    });
    expect(at.server.requests).toHaveLength(1);
    expect(spoken(await goOn(at, conversation))).toEqual(["user: Begin. | Go on."]);
  });

  test("but a page of HTML with status 200 is never completed and not asked for again, streamed or not", async () => {
    for (const streaming of [true, false]) {
      await using at = await practice();
      const conversation = await at.start();
      const page = { raw: "<html><body>Sign in</body></html>", contentType: "text/html" };
      at.server.script(page);
      const { outcome } = await say(conversation, "Begin.", { streaming });
      expect(outcome).toMatchObject({ type: "failed", failure: { code: "not_the_api", retryable: false } });
      expect(replies(conversation)).toEqual([]);
      expect(at.server.requests).toHaveLength(1);
      expect(spoken(await goOn(at, conversation))).toEqual(["user: Begin. | Go on."]);
    }
  });
});

describe("a stream that breaks the protocol", () => {
  test.each([3, 9])("with half an event in place of event %i is interrupted", async (afterEvents) => {
    await using at = await practice();
    const conversation = await at.start();
    const result = await sayWith(at, conversation, { content: CONTENT, faults: [{ kind: "malformed-json", at: { afterEvents } }] });
    expect(result.outcome.type).toBe("interrupted");
    await expectSound(at, conversation, result);
  });

  test.each([4, 9, 11])("with a second generation behind event %i is interrupted, and the two are not mixed", async (afterEvents) => {
    await using at = await practice();
    const conversation = await at.start();
    const result = await sayWith(at, conversation, { content: CONTENT, faults: [{ kind: "restart", at: { afterEvents } }] });
    expect(result.outcome).toMatchObject({ type: "interrupted", reason: "bad-stream" });
    await expectSound(at, conversation, result);
  });

  test("with a second generation behind a whole one keeps the first, and says that something was wrong", async () => {
    await using at = await practice();
    const conversation = await at.start();
    const result = await sayWith(at, conversation, { content: CONTENT, faults: [{ kind: "restart", at: { afterEvents: EVENTS } }] });
    expect(result).toMatchObject({ outcome: { type: "interrupted", reason: "bad-stream" }, text: TEXT });
    expect(spoken(await goOn(at, conversation))[1]).toBe(`assistant: thinking | ${TEXT}`);
  });

  test("a block, a delta and an event that nobody knows are kept or passed over, and the block goes back as it came", async () => {
    await using at = await practice({ server: { rulesOff: ["block-type-unknown"] } });
    const conversation = await at.start();
    const hologram = {
      block: { type: "hologram", text: "", light: [1, 2] },
      deltas: [
        { type: "text_delta", text: "Ah." },
        { type: "light_delta", light: 3 },
      ],
    };
    const insert = { kind: "insert", at: { afterEvents: 2 }, text: 'event: mood\ndata: {"type":"mood","mood":"good"}\n\n' } as const;
    at.server.script({ content: [hologram, { type: "text", text: TEXT }], faults: [insert] });
    expect((await say(conversation)).outcome).toEqual({ type: "completed", empty: false });
    expect(replies(conversation)[0]!.reply!.rawDeltas).toEqual({ 0: [{ type: "light_delta", light: 3 }] });
    expect((await goOn(at, conversation))[1]!.content[0]).toEqual({ type: "hologram", text: "Ah.", light: [1, 2] });
  });

  test.each([1, 7, 64])("torn into pieces of %i bytes is the same reply", async (bytes) => {
    await using at = await practice();
    const conversation = await at.start();
    const result = await sayWith(at, conversation, {
      content: [CONTENT[0]!, { type: "text", text: TEXT }],
      faults: [{ kind: "pieces", bytes }],
    });
    expect(result.outcome.type).toBe("completed");
    await expectSound(at, conversation, result);
  });
});
