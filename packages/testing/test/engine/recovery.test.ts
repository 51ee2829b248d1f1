import { type Conversation, type Entry, isAntiphonError, MemoryStore, type ResumeOptions, type RunnableTool } from "@antiphon/core";
import { gate, toolUse } from "@antiphon/testing/messages-server";
import { describe, expect, test } from "vitest";
import { type BreakingStore, breakingStore } from "./breaking-store.ts";
import { goOn, MODEL, type Practice, practice, say, spoken } from "./practice.ts";
import { settled } from "./settled.ts";

const LEASE_MS = 10_000;
const CUT_OFF = { type: "interrupted", reason: "cut-off", message: expect.stringContaining("cut off before its end") };

/** A turn with two rounds of calls, of a tool that is safe to repeat and of one that is not, on a store that can die. */
async function breaking() {
  const runs: string[] = [];
  const tool = (name: string, more: object = {}): RunnableTool => ({
    name,
    input_schema: { type: "object" },
    run: (_input, { toolUse: call }) => (runs.push(call.id), "noted"),
    ...more,
  });
  const at = await practice({
    tools: [tool("note"), tool("peek", { safeToRepeat: true })],
    store: ({ now }) => breakingStore(new MemoryStore({ now })),
  });
  const conversation = await at.start();
  at.server.script(...rounds());
  return { at, conversation, runs, store: at.store as BreakingStore };
}

const rounds = () => [
  { content: [{ type: "text", text: "Noting." }, toolUse("note", {}, "toolu_1"), toolUse("peek", {}, "toolu_2")] },
  { content: [toolUse("note", {}, "toolu_3")] },
  "Noted.",
];

/** The conversation in a process that starts anew, with the replies that the model has still to give. */
async function restarted(at: Practice, id: string): Promise<Conversation> {
  (at.store as BreakingStore).heal();
  at.environment.pass(LEASE_MS + 1);
  const conversation = await at.chat.open(id);
  const given = conversation.entries.filter((entry) => entry.kind === "message" && entry.reply !== undefined).length;
  await unscript(at);
  at.server.script(...rounds().slice(given));
  return conversation;
}

/** Uses up what was scripted and not asked for. */
async function unscript({ server, client }: Practice): Promise<void> {
  while (server.scripted > 0) await client.messages.create({ model: MODEL, max_tokens: 9, messages: [{ role: "user", content: "?" }] });
}

/** Runs the scenario with its store dying at each write in turn, until one lives to its end. */
async function atEachWrite(check: (cut: Awaited<ReturnType<typeof breaking>>) => Promise<void>): Promise<number> {
  for (let writes = 0; ; writes += 1) {
    const cut = await breaking();
    await using _server = cut.at;
    cut.store.breakAfter(Math.floor(writes / 2), writes % 2 === 1);
    const { outcome } = await cut.conversation.send("Begin.").result;
    if (outcome.type === "completed") return writes;
    await check(cut);
  }
}

const times = (runs: readonly string[], id: string) => runs.filter((run) => run === id).length;
const bodies = (entries: readonly Entry[]) =>
  entries.map(({ id: _id, createdAt: _createdAt, branchId: _branchId, ...body }) => JSON.stringify(body));

describe("a turn that was cut off at any write", () => {
  test("goes on by resume to its end: what finished is not run again, nor what may have started unless it is safe to repeat", async () => {
    let repeated = 0;
    const tried = await atEachWrite(async ({ at, conversation, runs }) => {
      const before = [...runs];
      const reopened = await restarted(at, conversation.id);
      const had = await Array.fromAsync(at.store.read({ conversationId: conversation.id, branchId: conversation.branchId }));
      if (!had.some((entry) => entry.kind === "message")) return;
      const stored = bodies(had);
      const { outcome, text } = await reopened.resume().result;
      expect([outcome, text]).toEqual([{ type: "completed", empty: false }, "Noted."]);
      // Add-only.
      expect(bodies(reopened.entries).slice(0, stored.length)).toEqual(stored);
      expect([times(runs, "toolu_1"), times(runs, "toolu_3")].every((count) => count <= 1)).toBe(true);
      for (const id of ["toolu_1", "toolu_2", "toolu_3"]) if (isFinished(had, id)) expect(times(runs, id)).toBe(times(before, id));
      expect([1, 2]).toContain(times(runs, "toolu_2"));
      repeated += times(runs, "toolu_2") - 1;
      await goOn(at, reopened);
    });
    // The lease, the input, a reply, two starts and two results, a reply, a start and a result, the last reply: each not done, and done.
    expect(tried).toBe(22);
    expect(repeated).toBeGreaterThan(0);
  });

  test("goes on also where resuming is cut off at any write in its turn", async () => {
    for (let inner = 0; ; inner += 1) {
      const cut = await breaking();
      const { at, conversation, runs, store } = cut;
      await using _server = at;
      // Behind both starts: nothing is known of either call.
      store.breakAfter(5);
      await conversation.send("Begin.").result;
      const first = await restarted(at, conversation.id);
      store.breakAfter(Math.floor(inner / 2), inner % 2 === 1);
      const { outcome } = await first.resume().result;
      if (outcome.type === "completed") {
        expect(inner).toBeGreaterThan(10);
        break;
      }
      const second = await restarted(at, conversation.id);
      expect((await second.resume().result).outcome).toEqual({ type: "completed", empty: false });
      expect([times(runs, "toolu_1"), times(runs, "toolu_3")].every((count) => count <= 1)).toBe(true);
      await goOn(at, second);
    }
  });

  test("ends where it stands by resume with `stop`: nothing is run or sent, what is added is marked, and a second time changes nothing", async () => {
    await atEachWrite(async ({ at, conversation, runs, store }) => {
      const reopened = await restarted(at, conversation.id);
      const stored = bodies(reopened.entries);
      const before = { runs: runs.length, requests: at.server.requests.length };
      const { outcome } = await stop(reopened);
      const hasInput = reopened.entries.some((entry) => entry.kind === "message");
      const isWhole = JSON.stringify(stored.at(-1)).includes("Noted.");
      expect(outcome).toEqual(
        isWhole ? { type: "completed", empty: false } : hasInput ? CUT_OFF : expect.objectContaining({ type: "failed" }),
      );
      const after = bodies(reopened.entries);
      expect(after.slice(0, stored.length)).toEqual(stored);
      for (const entry of reopened.entries.slice(stored.length)) expect(entry).toMatchObject({ kind: "message", origin: "synthetic" });
      const { writes } = store;
      expect((await stop(reopened)).outcome).toEqual(outcome);
      expect(bodies(reopened.entries)).toEqual(after);
      // The lease, taken and given back.
      expect(store.writes - writes).toBe(2);
      expect({ runs: runs.length, requests: at.server.requests.length }).toEqual(before);
      await unscript(at);
      if (hasInput) await goOn(at, reopened);
    });
  });

  test("is repaired alike by whoever does it", async () => {
    const repaired = async (): Promise<string[]> => {
      const { at, conversation, store } = await breaking();
      await using _server = at;
      store.breakAfter(5);
      await conversation.send("Begin.").result;
      const reopened = await restarted(at, conversation.id);
      await stop(reopened);
      return bodies(reopened.entries);
    };
    expect(await repaired()).toEqual(await repaired());
  });
});

describe("resume with `stop`", () => {
  test("leaves waiting what waits for a person or for the caller, and answers the rest as interrupted", async () => {
    const runs: string[] = [];
    const tool: RunnableTool = {
      name: "note",
      input_schema: { type: "object" },
      run: (_input, { toolUse: { id } }) => (runs.push(id), "noted"),
    };
    await using at = await practice({
      tools: [tool],
      approval: ({ id }) => (id === "toolu_1" ? "ask" : "allow"),
      store: ({ now }) => breakingStore(new MemoryStore({ now })),
    });
    const elsewhere = { name: "elsewhere", input_schema: { type: "object" as const } };
    const conversation = await at.start({ tools: [elsewhere] });
    at.server.script({ content: [toolUse("note", {}, "toolu_1"), toolUse("note", {}, "toolu_2"), toolUse("elsewhere", {}, "toolu_3")] });
    // The lease, the input, the reply, the question, the start: the result is not stored.
    (at.store as BreakingStore).breakAfter(5);
    await say(conversation);
    (at.store as BreakingStore).heal();
    at.environment.pass(LEASE_MS + 1);
    const reopened = await at.chat.open(conversation.id);
    const waits = { type: "waiting", toolUseIds: ["toolu_1", "toolu_3"], toApprove: ["toolu_1"] };
    expect((await stop(reopened)).outcome).toEqual(waits);
    expect(reopened.entries.at(-1)).toMatchObject({
      origin: "synthetic",
      content: [{ tool_use_id: "toolu_2", is_error: true, content: expect.stringContaining("It had started") }],
    });
    expect((await stop(reopened)).outcome).toEqual(waits);
    await reopened.approve("toolu_1");
    await reopened.append({ role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_3", content: "there" }] });
    at.server.script("All.");
    expect(await reopened.resume().result).toMatchObject({ outcome: { type: "completed" }, text: "All." });
    expect(runs).toEqual(["toolu_2", "toolu_1"]);
  });

  test("tells of a turn that has ended how it ended, and changes nothing", async () => {
    await using at = await practice();
    const conversation = await at.start();
    const ends = [
      [
        { content: "Yes.", stop_reason: "end_turn" },
        { type: "completed", empty: false },
      ],
      [{ content: "I", stop_reason: "refusal" }, expect.objectContaining({ type: "refused" })],
      [
        { content: "It is", stop_reason: "max_tokens" },
        { type: "truncated", inside: "text" },
      ],
    ] as const;
    for (const [reply, outcome] of ends) {
      at.server.script(reply);
      await say(conversation);
      const { length } = conversation.entries;
      expect((await stop(conversation)).outcome).toEqual(outcome);
      expect(conversation.entries).toHaveLength(length);
    }
    expect(at.server.requests).toHaveLength(3);
  });

  test("has no other policies: a word that is none is refused before anything happens", async () => {
    await using at = await practice();
    const conversation = await at.start();
    const turn = conversation.resume({ recovery: "retry" } as unknown as ResumeOptions);
    expect((await turn.result).outcome).toMatchObject({
      type: "failed",
      failure: { code: "invalid_input", message: expect.stringContaining('"retry"') },
    });
    await expect(turn.accepted).rejects.toSatisfy((error) => isAntiphonError(error, "invalid_input"));
  });
});

test("opening alone changes nothing, also while another handle runs the turn, and resuming there is busy", async () => {
  const { at, conversation, store } = await breaking();
  await using _server = at;
  const hold = gate();
  await unscript(at);
  at.server.script({ content: "A reply.", faults: [{ kind: "hold", gate: hold, at: { afterEvents: 4 } }] });
  const turn = conversation.send("Begin.");
  await hold.reached;
  const { writes } = store;
  const handles = [await at.chat.open(conversation.id), await at.chat.open(conversation.id, conversation.branchId)];
  await settled();
  expect(store.writes).toBe(writes);
  for (const handle of handles) {
    for (const recovery of ["continue", "stop"] as const) {
      expect((await handle.resume({ recovery }).result).outcome).toMatchObject({ type: "failed", failure: { code: "busy" } });
    }
  }
  hold.release();
  expect((await turn.result).outcome).toEqual({ type: "completed", empty: false });
  expect(spoken(await goOn(at, conversation))).toEqual(["user: Begin.", "assistant: A reply.", "user: Go on."]);
});

function stop(conversation: Conversation) {
  return conversation.resume({ recovery: "stop" }).result;
}

function isFinished(entries: readonly Entry[], id: string): boolean {
  return entries.some((entry) => entry.kind === "message" && entry.origin === "tool" && entry.content[0]?.tool_use_id === id);
}
