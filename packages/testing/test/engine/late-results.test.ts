import { type Conversation, MemoryStore, type RunnableTool, type TurnEvent } from "@antiphon/core";
import { toolUse } from "@antiphon/testing/messages-server";
import { expect, test } from "vitest";
import { type BreakingStore, breakingStore } from "./breaking-store.ts";
import { boundaries, goOn, messagesOf, type Practice, practice, type PracticeOptions, replies, say, spoken } from "./practice.ts";
import { settled } from "./settled.ts";

const TOLD = "[A late result of the tool call toolu_1: at last]";
const LATE = { type: "tool-late", toolUseId: "toolu_1", isError: false } as const;

/** A conversation whose turn has answered a call as out of time and has ended, its tool still running. */
async function overtime(options: PracticeOptions = {}) {
  const slow = Promise.withResolvers<string>();
  const tool: RunnableTool = { name: "slow", input_schema: { type: "object" }, timeoutMs: 60, run: () => slow.promise };
  const at = await practice({ tools: [tool], ...options });
  const conversation = await at.start();
  at.server.script({ content: [toolUse("slow", {}, "toolu_1")] }, "It takes long.");
  const turn = conversation.send("Begin.");
  for await (const event of turn) if (event.type === "tool-start") break;
  at.environment.pass(60);
  expect((await turn.result).outcome).toEqual({ type: "completed", empty: false });
  const end = async (): Promise<void> => {
    slow.resolve("at last");
    for (let turns = 0; turns < 8; turns += 1) await settled();
  };
  return { at, conversation, end };
}

const toolEntries = ({ entries }: Conversation) =>
  entries.flatMap((entry) => (entry.kind === "message" && entry.origin === "tool" ? [String(entry.content[0]!.content)] : []));
const lateEvents = async (turn: AsyncIterable<TurnEvent>) => (await Array.fromAsync(turn)).filter(({ type }) => type === "tool-late");
const sentLast = (at: Practice) => spoken(messagesOf(at.server.requests.at(-1)!.body)).at(-1);

test("a result that comes when its turn has ended is stored at once, announced by the next turn, and told there as text, once", async () => {
  const { at, conversation, end } = await overtime();
  await using _server = at;
  await end();
  expect(toolEntries(conversation)).toEqual([expect.stringContaining("did not end within 60 ms"), "at last"]);
  expect(toolEntries(await at.chat.open(conversation.id))).toEqual(toolEntries(conversation));
  const turn = conversation.send("Go on.");
  expect((await turn.result).outcome.type).toBe("completed");
  expect(await lateEvents(turn)).toEqual([
    { ...LATE, entryId: conversation.entries.find((entry) => entry.kind === "message" && entry.content[0]?.content === "at last")!.id },
  ]);
  expect(sentLast(at)).toBe(`user: ${TOLD} | Go on.`);
  const next = conversation.send("And on.");
  await next.result;
  expect(await lateEvents(next)).toEqual([]);
  expect(at.environment.waiting).toEqual([]);
});

test("a send while a late result is written waits for that: it is not busy, nor told of news", async () => {
  let onAcquire: (() => void) | undefined;
  const watched = (store: MemoryStore): MemoryStore => {
    const acquire = store.acquireLease.bind(store);
    store.acquireLease = (request) => (onAcquire?.(), acquire(request));
    return store;
  };
  const { at, conversation, end } = await overtime({ store: ({ now }) => watched(new MemoryStore({ now })) });
  await using _server = at;
  const sent: Promise<unknown>[] = [];
  onAcquire = () => {
    onAcquire = undefined;
    sent.push(say(conversation, "Go on."));
  };
  await end();
  expect(await Promise.all(sent)).toMatchObject([{ outcome: { type: "completed" } }]);
  expect(sentLast(at)).toBe(`user: ${TOLD} | Go on.`);
});

test("a result that comes as its turn gives its lease back is stored behind that", async () => {
  let onRelease: (() => void) | undefined;
  const watched = (store: MemoryStore): MemoryStore => {
    const release = store.releaseLease.bind(store);
    store.releaseLease = async (lease) => {
      onRelease?.();
      await settled();
      return release(lease);
    };
    return store;
  };
  const slow = Promise.withResolvers<string>();
  const tool: RunnableTool = { name: "slow", input_schema: { type: "object" }, timeoutMs: 60, run: () => slow.promise };
  await using at = await practice({ tools: [tool], store: ({ now }) => watched(new MemoryStore({ now })) });
  const conversation = await at.start();
  at.server.script({ content: [toolUse("slow", {}, "toolu_1")] }, "It takes long.");
  const turn = conversation.send("Begin.");
  for await (const event of turn) if (event.type === "tool-start") break;
  onRelease = () => slow.resolve("at last");
  at.environment.pass(60);
  await turn.result;
  for (let turns = 0; turns < 8; turns += 1) await settled();
  expect(toolEntries(await at.chat.open(conversation.id))).toContain("at last");
});

test("a late result is not written while another holds the branch; the next turn of its handle stores it in front of what is said", async () => {
  const { at, conversation, end } = await overtime();
  await using _server = at;
  const lease = await at.store.acquireLease({
    conversationId: conversation.id,
    branchId: conversation.branchId,
    holder: "another",
    ttlMs: 1000,
  });
  await end();
  expect(toolEntries(conversation)).toHaveLength(1);
  await at.store.releaseLease(lease!);
  const turn = conversation.send("Go on.");
  await turn.result;
  expect(await lateEvents(turn)).toMatchObject([LATE]);
  expect(sentLast(at)).toBe(`user: ${TOLD} | Go on.`);
});

test("a late result is not written behind what another handle has said: its own handle is told of that first", async () => {
  const { at, conversation, end } = await overtime();
  await using _server = at;
  await goOn(at, await at.chat.open(conversation.id));
  await end();
  expect((await say(conversation)).outcome).toMatchObject({ type: "failed", failure: { code: "tip_moved" } });
  await say(conversation, "And on.");
  expect(sentLast(at)).toBe(`user: ${TOLD} | And on.`);
});

test("a late result that a store could not take is stored once by the next turn, done or not", async () => {
  for (const isDone of [false, true]) {
    const { at, conversation, end } = await overtime({ store: ({ now }) => breakingStore(new MemoryStore({ now })) });
    await using _server = at;
    const store = at.store as BreakingStore;
    // The lease is had, the write is not.
    store.breakAfter(1, isDone);
    await end();
    expect(toolEntries(conversation)).toHaveLength(1);
    store.heal();
    at.environment.pass(10_001);
    if (isDone) expect((await say(conversation)).outcome).toMatchObject({ failure: { code: "tip_moved" } });
    const turn = conversation.send("Go on.");
    expect((await turn.result).outcome.type).toBe("completed");
    expect(toolEntries(conversation)).toHaveLength(2);
    expect(await lateEvents(turn)).toMatchObject([LATE]);
    expect(sentLast(at)).toBe(`user: ${TOLD} | Go on.`);
  }
});

test("a turn that has completed stays completed behind a late result: resume asks for nothing", async () => {
  const { at, conversation, end } = await overtime();
  await using _server = at;
  await end();
  for (const handle of [conversation, await at.chat.open(conversation.id)]) {
    for (const recovery of ["continue", "stop"] as const) {
      expect(await handle.resume({ recovery }).result).toMatchObject({ outcome: { type: "completed" } });
    }
  }
  expect(at.server.requests).toHaveLength(2);
});

test("a late result waits while the model's turn is paused, so that its server tool call is not lost", async () => {
  const slow = Promise.withResolvers<string>();
  const tool: RunnableTool = { name: "slow", input_schema: { type: "object" }, timeoutMs: 60, run: () => slow.promise };
  await using at = await practice({ tools: [tool], limits: { resumes: 0 } });
  const conversation = await at.start({
    tools: [
      { type: "web_search_20250305", name: "web_search" },
      { name: "slow", input_schema: { type: "object" } },
    ],
  });
  const searching = { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "x" } };
  at.server.script({ content: [toolUse("slow", {}, "toolu_1")] }, { content: [searching], stop_reason: "pause_turn" });
  const turn = conversation.send("Begin.");
  for await (const event of turn) if (event.type === "tool-start") break;
  at.environment.pass(60);
  expect((await turn.result).outcome).toEqual({ type: "limit", limit: "resumes", value: 0 });
  slow.resolve("at last");
  for (let turns = 0; turns < 8; turns += 1) await settled();
  expect(toolEntries(conversation)).toHaveLength(1);
  const found = { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] };
  at.server.script({ content: [found, { type: "text", text: "Found." }] });
  const resumed = conversation.resume({ limits: { resumes: 1 } });
  expect(await resumed.result).toMatchObject({ outcome: { type: "completed" }, text: "Found." });
  expect(boundaries(conversation)).toEqual([]);
  expect(await lateEvents(resumed)).toMatchObject([LATE]);
  expect(spoken(await goOn(at, conversation)).at(-1)).toBe(`user: ${TOLD} | Go on.`);
});

test("a refusal behind a late result leaves out what the person asked, and not the result", async () => {
  const { at, conversation, end } = await overtime();
  await using _server = at;
  await end();
  at.server.script({ content: "I", stop_reason: "refusal" });
  const { outcome } = await say(conversation, "Something bad.");
  expect(outcome).toMatchObject({ type: "refused", leftOut: [expect.any(String), replies(conversation).at(-1)!.id] });
  expect(spoken(await goOn(at, conversation)).at(-1)).toBe(`user: ${TOLD} | Go on.`);
});

test("a late result behind an instruction that was sent without a reply is told in front of it, and the event names what was said again", async () => {
  const { at, conversation, end } = await overtime();
  await using _server = at;
  await conversation.update({ system: "Be brief." });
  at.server.script({ error: { status: 500, type: "api_error", message: "Down." } });
  expect((await say(conversation, "More.")).outcome.type).toBe("failed");
  await end();
  const turn = conversation.send("Go on.");
  expect((await turn.result).outcome.type).toBe("completed");
  const [late] = await lateEvents(turn);
  expect(late).toEqual({ ...LATE, entryId: expect.any(String), movedIds: [expect.any(String)] });
  expect(spoken(messagesOf(at.server.requests.at(-1)!.body)).slice(-2)).toEqual([`user: More. | ${TOLD} | Go on.`, "system: Be brief."]);
});

test("of two results of one call the first on the path is its answer; the other is told as text", async () => {
  await using at = await practice();
  const conversation = await at.start({ tools: [{ name: "elsewhere", input_schema: { type: "object" } }] });
  at.server.script({ content: [toolUse("elsewhere", {}, "toolu_1")] }, "I see.");
  await say(conversation);
  for (const content of ["first", "second"]) {
    await conversation.append({ role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content }] });
  }
  await conversation.resume().result;
  expect(messagesOf(at.server.requests[1]!.body).at(-1)!.content).toMatchObject([
    { type: "tool_result", content: "first" },
    { type: "text", text: "[A late result of the tool call toolu_1: second]" },
  ]);
});

/** A conversation whose turn was aborted while a tool ran that does not mind. */
async function aborted() {
  const slow = Promise.withResolvers<string>();
  const runs: string[] = [];
  const tools: RunnableTool[] = [
    { name: "slow", input_schema: { type: "object" }, run: (_input, { toolUse: { id } }) => (runs.push(id), slow.promise) },
  ];
  const at = await practice({ tools });
  const conversation = await at.start();
  at.server.script({ content: [toolUse("slow", {}, "toolu_1")] }, "I see.");
  const abort = new AbortController();
  const turn = conversation.send("Begin.", { signal: abort.signal });
  for await (const event of turn) if (event.type === "tool-start") break;
  abort.abort();
  expect((await turn.result).outcome).toEqual({ type: "aborted" });
  const end = async (): Promise<void> => {
    slow.resolve("at last");
    for (let turns = 0; turns < 8; turns += 1) await settled();
  };
  return { at, conversation, runs, slow, end };
}

test("a tool that returns when its turn was aborted has its result stored, as the answer of its call, and resume goes on with it", async () => {
  const { at, conversation, runs, end } = await aborted();
  await using _server = at;
  await end();
  expect(toolEntries(conversation)).toEqual(["at last"]);
  const turn = conversation.resume();
  expect(await turn.result).toMatchObject({ outcome: { type: "completed" }, text: "I see." });
  expect(await lateEvents(turn)).toMatchObject([LATE]);
  expect(sentLast(at)).toBe("user: result toolu_1");
  expect(runs).toEqual(["toolu_1"]);
});

test("a tool that returns when its aborted call was answered as interrupted is told as text", async () => {
  const { at, conversation, end } = await aborted();
  await using _server = at;
  expect(spoken(await goOn(at, conversation)).at(-1)).toBe("user: result toolu_1 (error) | Go on.");
  await end();
  expect(spoken(await goOn(at, conversation)).at(-1)).toBe(`user: ${TOLD} | Go on.`);
});

test("a tool that throws when its turn was aborted leaves its call as one that was interrupted", async () => {
  const { at, conversation, slow } = await aborted();
  await using _server = at;
  slow.reject(new Error("aborted"));
  await settled();
  expect(messagesOf((await conversation.request()).body).at(-1)!.content).toMatchObject([
    { tool_use_id: "toolu_1", is_error: true, content: expect.stringContaining("It had started") },
  ]);
});

test("a turn that is aborted while the start of a call is stored does not run it, and ends", async () => {
  let ran = false;
  const abort = new AbortController();
  const aborting = (store: MemoryStore): MemoryStore => {
    const append = store.append.bind(store);
    store.append = (write) => {
      if (write.entries?.some(({ kind }) => kind === "tool-start")) abort.abort();
      return append(write);
    };
    return store;
  };
  const tool: RunnableTool = {
    name: "slow",
    input_schema: { type: "object" },
    run: () => ((ran = true), new Promise<string>(() => undefined)),
  };
  await using at = await practice({ tools: [tool], store: ({ now }) => aborting(new MemoryStore({ now })) });
  const conversation = await at.start();
  at.server.script({ content: [toolUse("slow", {}, "toolu_1")] });
  expect((await conversation.send("Begin.", { signal: abort.signal }).result).outcome).toEqual({ type: "aborted" });
  expect(ran).toBe(false);
  expect(spoken(await goOn(at, conversation)).at(-1)).toBe("user: result toolu_1 (error) | Go on.");
});
