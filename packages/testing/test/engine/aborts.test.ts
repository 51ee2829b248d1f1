import type { RunnableTool, TurnEvent, TurnResult } from "@antiphon/core";
import { gate, type ScriptedMessage, toolUse } from "@antiphon/testing/messages-server";
import { expect, test } from "vitest";
import { goOn, type Practice, practice, replies, spoken } from "./practice.ts";
import { settled } from "./settled.ts";

const TEXT = "A first part, and then a second part that is longer.";
const thinking = { type: "thinking", thinking: "Let me think about what to write here." };

/** Sends, and aborts when an event comes that is waited for. */
async function abortAt(at: Practice, reply: ScriptedMessage, waitFor: (event: TurnEvent) => boolean) {
  const conversation = await at.start();
  const hold = gate();
  const abort = new AbortController();
  at.server.script({ ...reply, faults: [...(reply.faults ?? []), { kind: "hold", gate: hold, at: { beforeEvent: "message_delta" } }] });
  const turn = conversation.send("Begin.", { signal: abort.signal });
  for await (const event of turn) {
    if (waitFor(event)) {
      abort.abort();
      break;
    }
  }
  const result = await turn.result;
  hold.release();
  return { conversation, result };
}

function expectAborted({ outcome }: TurnResult): void {
  expect(outcome).toEqual({ type: "aborted" });
}

test("aborted before it begins, a turn has stored its input and sent nothing", async () => {
  await using at = await practice();
  const conversation = await at.start();
  const turn = conversation.send("Begin.", { signal: AbortSignal.abort() });
  expectAborted(await turn.result);
  expect((await turn.accepted).entryId).toBeDefined();
  expect(at.server.requests).toEqual([]);
  expect(spoken(await goOn(at, conversation))).toEqual(["user: Begin. | Go on."]);
});

test("aborted before the headers, a turn ends at once", async () => {
  await using at = await practice();
  const conversation = await at.start();
  at.server.script({ content: TEXT, faults: [{ kind: "silence", at: "headers" }] });
  const abort = new AbortController();
  const turn = conversation.send("Begin.", { signal: abort.signal });
  await at.server.received(1);
  abort.abort();
  expectAborted(await turn.result);
  expect(replies(conversation)).toEqual([]);
  expect(spoken(await goOn(at, conversation))).toEqual(["user: Begin. | Go on."]);
});

test("aborted behind the headers, before any event, a turn ends at once and does not try again", async () => {
  await using at = await practice();
  const conversation = await at.start();
  at.server.script({ content: TEXT, faults: [{ kind: "silence", at: { afterEvents: 0 } }] });
  const abort = new AbortController();
  const turn = conversation.send("Begin.", { signal: abort.signal });
  await at.server.received(1);
  while (!at.environment.waiting.includes(120_000)) await settled();
  abort.abort();
  expectAborted(await turn.result);
  expect(at.server.requests).toHaveLength(1);
  expect(spoken(await goOn(at, conversation))).toEqual(["user: Begin. | Go on."]);
});

test("aborted in text, a turn keeps what had come, and tells it", async () => {
  await using at = await practice();
  const { conversation, result } = await abortAt(at, { content: TEXT }, ({ type }) => type === "text-delta");
  expectAborted(result);
  expect(TEXT.startsWith(result.text) && result.text !== "").toBe(true);
  expect(replies(conversation)[0]!.reply).toMatchObject({ whole: false, stopReason: null });
  expect(spoken(await goOn(at, conversation))).toEqual(["user: Begin.", `assistant: ${result.text}`, "user: Go on."]);
  expect(await at.server.requests[0]!.ended).toBe("client-left");
});

test("aborted in thinking, a turn keeps it and sends nothing of it", async () => {
  await using at = await practice();
  const { conversation, result } = await abortAt(
    at,
    { content: [thinking, { type: "text", text: TEXT }] },
    ({ type }) => type === "thinking-delta",
  );
  expectAborted(result);
  expect(replies(conversation)[0]!.content[0]!.type).toBe("thinking");
  await goOn(at, conversation);
});

test("aborted in a tool call's input, a turn never runs it and sends nothing of it", async () => {
  let ran = false;
  const tool: RunnableTool = { name: "write", input_schema: { type: "object" }, run: () => ((ran = true), "x") };
  await using at = await practice({ tools: [tool] });
  const { conversation, result } = await abortAt(
    at,
    { content: [toolUse("write", { text: TEXT }, "toolu_1")] },
    ({ type }) => type === "tool-input-delta",
  );
  expectAborted(result);
  expect(spoken(await goOn(at, conversation))).toEqual(["user: Begin. | Go on."]);
  expect(ran).toBe(false);
});

test("aborted behind its stop reason, a reply is whole and the turn complete", async () => {
  await using at = await practice();
  const conversation = await at.start();
  const hold = gate();
  at.server.script({ content: TEXT, faults: [{ kind: "hold", gate: hold, at: { beforeEvent: "message_stop" } }] });
  const abort = new AbortController();
  const turn = conversation.send("Begin.", { signal: abort.signal });
  for await (const event of turn) if (event.type === "block-stop") break;
  await hold.reached;
  await settled();
  abort.abort();
  expect(await turn.result).toMatchObject({ outcome: { type: "completed" }, text: TEXT });
  expect(spoken(await goOn(at, conversation))[1]).toBe(`assistant: ${TEXT}`);
});

test.each([
  [
    "heeds the signal",
    (signal: AbortSignal) => new Promise<string>((_, reject) => signal.addEventListener("abort", () => reject(new Error("stopped")))),
  ],
  ["does not heed it", () => new Promise<string>(() => undefined)],
])(
  "aborted while a tool runs that %s, a turn ends at once, and the call is answered as one that may have taken effect",
  async (_what, run) => {
    const abort = new AbortController();
    const tool: RunnableTool = {
      name: "slow",
      input_schema: { type: "object" },
      run: (_input, context) => (queueMicrotask(() => abort.abort()), run(context.signal)),
    };
    await using at = await practice({ tools: [tool] });
    const conversation = await at.start();
    at.server.script({ content: [toolUse("slow", {}, "toolu_1")] });
    expectAborted(await conversation.send("Begin.", { signal: abort.signal }).result);
    const sent = await goOn(at, conversation);
    expect(spoken(sent).at(-1)).toBe("user: result toolu_1 (error) | Go on.");
    expect(JSON.stringify(sent.at(-1))).toContain("It had started, so it may have taken effect.");
  },
);

test("aborted between two tools, the result of the first stays and the second is never run", async () => {
  const abort = new AbortController();
  const ran: string[] = [];
  const tool: RunnableTool = { name: "note", input_schema: { type: "object" }, run: ({ text }) => (ran.push(text), "noted") };
  await using at = await practice({ tools: [tool], limits: { parallelTools: 1 } });
  const conversation = await at.start();
  at.server.script({ content: [toolUse("note", { text: "a" }, "toolu_1"), toolUse("note", { text: "b" }, "toolu_2")] });
  const turn = conversation.send("Begin.", { signal: abort.signal });
  for await (const event of turn) {
    if (event.type !== "tool-start") continue;
    abort.abort();
    break;
  }
  expectAborted(await turn.result);
  const sent = await goOn(at, conversation);
  expect(spoken(sent).at(-1)).toMatch(/^user: result toolu_1.* \| result toolu_2 \(error\) \| Go on\.$/);
  expect(ran).not.toContain("b");
});

test("aborted while it waits before another try, a turn ends at once", async () => {
  await using at = await practice({ limits: { retries: 2 } });
  const conversation = await at.start();
  at.server.script({ content: TEXT, faults: [{ kind: "cut", at: { afterEvents: 1 } }] });
  const abort = new AbortController();
  const turn = conversation.send("Begin.", { signal: abort.signal });
  for await (const event of turn) if (event.type === "request-retry") abort.abort();
  expect((await turn.result).outcome.type).not.toBe("completed");
  expect(at.server.requests).toHaveLength(1);
  await goOn(at, conversation);
});

test("aborted while a reader is far behind, a turn ends at once", async () => {
  await using at = await practice();
  const conversation = await at.start();
  const long = "A part of a long reply. ".repeat(200);
  const hold = gate();
  at.server.script({ content: long, faults: [{ kind: "hold", gate: hold, at: { beforeEvent: "message_stop" } }] });
  const abort = new AbortController();
  const turn = conversation.send("Begin.", { signal: abort.signal });
  const reader = turn[Symbol.asyncIterator]();
  while ((await reader.next()).value?.type !== "text-delta") continue;
  await hold.reached;
  await settled();
  abort.abort();
  const result = await Promise.race([
    turn.result,
    settled()
      .then(settled)
      .then(() => "still running"),
  ]);
  expect(result).toMatchObject({ outcome: { type: "aborted" } });
  expect((result as TurnResult).text.length).toBeLessThan(long.length);
  await goOn(at, conversation);
});

test.each([
  ["no reason", undefined],
  ["an error of the caller's own", new Error("enough")],
])(
  "aborted with %s while it waits for its place behind another turn, a turn ends as aborted, with nothing stored",
  async (_what, reason) => {
    await using at = await practice();
    const conversation = await at.start();
    const hold = gate();
    at.server.script({ content: TEXT, faults: [{ kind: "hold", gate: hold, at: { afterEvents: 3 } }] });
    const first = conversation.send("Begin.");
    await hold.reached;
    const abort = new AbortController();
    const second = conversation.send("And then?", { whenBusy: "queue", signal: abort.signal });
    await settled();
    abort.abort(reason);
    expectAborted(await second.result);
    hold.release();
    expect((await first.result).outcome.type).toBe("completed");
    expect(JSON.stringify(conversation.entries)).not.toContain("And then?");
    await goOn(at, conversation);
  },
);
