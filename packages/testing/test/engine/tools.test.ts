import type { RunnableTool, TurnEvent } from "@antiphon/core";
import { toolUse } from "@antiphon/testing/messages-server";
import { expect, test } from "vitest";
import { goOn, messagesOf, MODEL, practice, say, spoken } from "./practice.ts";

const echo: RunnableTool = {
  name: "echo",
  input_schema: { type: "object" },
  parse(input) {
    if (typeof (input as { say?: unknown }).say !== "string") throw new TypeError("`say` is missing");
    return input;
  },
  run: ({ say: said }) => String(said),
};
const failing: RunnableTool = { name: "failing", input_schema: { type: "object" }, run: () => Promise.reject(new Error("no such file")) };
const wrong: RunnableTool = { name: "wrong", input_schema: { type: "object" }, run: () => 7 as unknown as string };
const huge: RunnableTool = { name: "huge", input_schema: { type: "object" }, run: () => "x".repeat(101) };
const endless: RunnableTool = { name: "endless", input_schema: { type: "object" }, run: () => new Promise<string>(() => undefined) };

test.each([
  ["an unknown tool", toolUse("nobody", {}, "toolu_1"), 'There is no tool named "nobody".'],
  ["an input that the tool refuses", toolUse("echo", {}, "toolu_1"), 'The input of "echo" is not valid: `say` is missing'],
  ["a tool that throws", toolUse("failing", {}, "toolu_1"), "Error: no such file"],
  ["a tool that returns no content", toolUse("wrong", {}, "toolu_1"), "The tool returned number, not text or content blocks."],
  [
    "a result that is too large",
    toolUse("huge", {}, "toolu_1"),
    "The tool's result is too large: 101 characters, at most 100 are passed on. Ask for less.",
  ],
])("a call of %s becomes an error result, and the turn goes on", async (_what, call, content) => {
  await using at = await practice({ tools: [echo, failing, wrong, huge], limits: { toolResultChars: 100 } });
  const conversation = await at.start();
  at.server.script({ content: [call] }, "I see.");
  expect((await say(conversation)).outcome).toEqual({ type: "completed", empty: false });
  expect(messagesOf(at.server.requests[1]!.body).at(-1)!.content).toEqual([
    { type: "tool_result", tool_use_id: "toolu_1", content, is_error: true },
  ]);
  await goOn(at, conversation);
});

test("a call whose time is over becomes an error result that says it may have taken effect", async () => {
  await using at = await practice({ tools: [endless] });
  const conversation = await at.start();
  at.server.script({ content: [toolUse("endless", {}, "toolu_1")] }, "I see.");
  const turn = conversation.send("Begin.");
  for await (const event of turn) if (event.type === "tool-start") break;
  at.environment.pass(10 * 60_000);
  expect((await turn.result).outcome).toEqual({ type: "completed", empty: false });
  expect(JSON.stringify(at.server.requests[1]!.body)).toContain("It may have taken effect.");
});

test.each([
  ["while the next tool runs, is told in the same turn", true],
  ["while the last reply comes, is told in the next turn", false],
])("a result that comes when the call's time is over, %s, as text, stored and announced", async (_when, sameTurn) => {
  const slow = Promise.withResolvers<string>();
  const tools: RunnableTool[] = [
    { name: "slow", input_schema: { type: "object" }, run: () => slow.promise },
    { name: "quick", input_schema: { type: "object" }, run: () => (slow.resolve("at last"), "quick") },
  ];
  await using at = await practice({ tools });
  const conversation = await at.start();
  const last = () => (slow.resolve("at last"), "Done.");
  at.server.script(
    { content: [toolUse("slow", {}, "toolu_1")] },
    ...(sameTurn ? [{ content: [toolUse("quick", {}, "toolu_2")] }, "Done."] : [last]),
  );
  const turn = conversation.send("Begin.");
  for await (const event of turn) if (event.type === "tool-start") break;
  at.environment.pass(10 * 60_000);
  expect((await turn.result).outcome).toEqual({ type: "completed", empty: false });
  const events: TurnEvent[] = [];
  for await (const event of turn) events.push(event);
  const late = conversation.entries.findLast((entry) => entry.kind === "message" && entry.origin === "tool")!;
  expect(events.filter(({ type }) => type === "tool-late")).toEqual([
    { type: "tool-late", toolUseId: "toolu_1", isError: false, entryId: late.id },
  ]);
  const told = "[A late result of the tool call toolu_1: at last]";
  if (sameTurn) expect(spoken(messagesOf(at.server.requests[2]!.body)).at(-1)).toBe(`user: result toolu_2 | ${told}`);
  const next = spoken(await goOn(at, conversation));
  expect(next).toContain("user: result toolu_1 (error)");
  if (!sameTurn) expect(next.at(-1)).toBe(`user: ${told} | Go on.`);
});

test("calls of one reply run together up to the limit, and every one has its result in one message", async () => {
  let running = 0;
  let most = 0;
  const slow: RunnableTool = {
    name: "slow",
    input_schema: { type: "object" },
    async run() {
      most = Math.max(most, (running += 1));
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return "done";
    },
  };
  await using at = await practice({ tools: [slow], limits: { parallelTools: 2 } });
  const conversation = await at.start();
  const ids = ["toolu_1", "toolu_2", "toolu_3", "toolu_4", "toolu_5"];
  at.server.script({ content: ids.map((id) => toolUse("slow", {}, id)) }, "All done.");
  await say(conversation);
  expect(most).toBe(2);
  const results = messagesOf(at.server.requests[1]!.body)
    .at(-1)!
    .content.map((block) => String(block.tool_use_id));
  expect(results.toSorted((a, b) => a.localeCompare(b))).toEqual(ids);
  await goOn(at, conversation);
});

test("rounds are bounded: the turn ends at its limit, the last calls unrun and answered before the next message", async () => {
  let runs = 0;
  const again: RunnableTool = { name: "again", input_schema: { type: "object" }, run: () => String((runs += 1)) };
  await using at = await practice({ tools: [again], limits: { toolRounds: 2 } });
  const conversation = await at.start();
  at.server.script(...["toolu_1", "toolu_2", "toolu_3"].map((id) => ({ content: [toolUse("again", {}, id)] })));
  expect((await say(conversation)).outcome).toEqual({ type: "limit", limit: "rounds", value: 2 });
  expect(runs).toBe(2);
  const sent = await goOn(at, conversation);
  expect(spoken(sent).slice(-2)).toEqual(["assistant: tool_use", "user: result toolu_3 (error) | Go on."]);
});

test("the request behind a reply that was asked for again with more tokens asks for as many as the settings say", async () => {
  await using at = await practice({ tools: [echo], limits: { continuations: 1 } });
  const conversation = await at.start();
  const cut = { content: [{ type: "thinking", thinking: "One two three four five six." }], cutAtTokens: 3 };
  at.server.script(cut, { content: [toolUse("echo", { say: "here" }, "toolu_1")] }, "Done.");
  expect((await say(conversation)).outcome).toEqual({ type: "completed", empty: false });
  expect(at.server.requests.map(({ body }) => (body as { max_tokens: number }).max_tokens)).toEqual([1024, 4096, 1024]);
});

test("calls of tools that run elsewhere wait; their results go on where the turn stood", async () => {
  await using at = await practice({ tools: [echo] });
  const conversation = await at.start({ tools: [{ name: "elsewhere", input_schema: { type: "object" } }] });
  at.server.script({ content: [toolUse("echo", { say: "here" }, "toolu_1"), toolUse("elsewhere", {}, "toolu_2")] }, "Both.");
  expect((await say(conversation)).outcome).toEqual({ type: "waiting", toolUseIds: ["toolu_2"] });
  await conversation.append({ role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_2", content: "there" }] });
  expect(await conversation.resume().result).toMatchObject({ outcome: { type: "completed" }, text: "Both." });
  expect(spoken(messagesOf(at.server.requests[1]!.body)).at(-1)).toBe("user: result toolu_1 | result toolu_2");
});

test("calls that wait keep waiting until each has its result, whoever resumes in between, and ours run meanwhile", async () => {
  let runs = 0;
  const here: RunnableTool = { name: "here", input_schema: { type: "object" }, run: () => `run ${(runs += 1)}` };
  await using at = await practice({ tools: [here] });
  const conversation = await at.start({ tools: [{ name: "elsewhere", input_schema: { type: "object" } }] });
  const asks = ["toolu_1", "toolu_2"].map((id) => toolUse("elsewhere", {}, id));
  at.server.script({ content: [...asks, toolUse("here", {}, "toolu_3")] }, "All.");
  expect((await say(conversation)).outcome).toEqual({ type: "waiting", toolUseIds: ["toolu_1", "toolu_2"] });
  expect((await conversation.resume().result).outcome).toEqual({ type: "waiting", toolUseIds: ["toolu_1", "toolu_2"] });
  await conversation.append({ role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content: "one" }] });
  expect((await conversation.resume().result).outcome).toEqual({ type: "waiting", toolUseIds: ["toolu_2"] });
  const reopened = await at.chat.open(conversation.id);
  expect((await reopened.resume().result).outcome).toEqual({ type: "waiting", toolUseIds: ["toolu_2"] });
  expect(at.server.requests).toHaveLength(1);
  await reopened.append({ role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_2", content: "two" }] });
  expect(await reopened.resume().result).toMatchObject({ outcome: { type: "completed" }, text: "All." });
  expect(runs).toBe(1);
  expect(spoken(messagesOf(at.server.requests[1]!.body)).at(-1)).toMatch(/^user: result toolu_\d \| result toolu_\d \| result toolu_\d$/);
});

test("a call whose start was never stored is run by resuming, though another of its reply has its result", async () => {
  const runs: string[] = [];
  const here: RunnableTool = { name: "here", input_schema: { type: "object" }, run: ({ n }) => `run ${runs.push(String(n))}` };
  await using at = await practice({ tools: [here] });
  const conversation = await at.start();
  at.server.script("Both.");
  await conversation.append({ role: "user", content: "Begin." }, { origin: "human" });
  const content = ["1", "2"].map((n) => toolUse("here", { n }, `toolu_${n}`));
  await conversation.record({ model: MODEL, content, stop_reason: "tool_use" });
  await conversation.append({ role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content: "mine" }] });
  expect(await conversation.resume().result).toMatchObject({ outcome: { type: "completed" }, text: "Both." });
  expect(runs).toEqual(["2"]);
});

test("a call that waits on one branch waits on a fork of it too, and is not said to have been left unrun", async () => {
  await using at = await practice();
  const conversation = await at.start({ tools: [{ name: "elsewhere", input_schema: { type: "object" } }] });
  at.server.script({ content: [toolUse("elsewhere", {}, "toolu_1")] });
  await say(conversation);
  const fork = await conversation.fork(conversation.entries.at(-1)!.id);
  expect((await fork.resume().result).outcome).toEqual({ type: "waiting", toolUseIds: ["toolu_1"] });
  const [result] = (await goOn(at, fork)).at(-1)!.content;
  expect(result).toMatchObject({ is_error: true, content: expect.stringContaining("may have been run") });
});

test("a call that waits is answered as interrupted when a person goes on; a result that comes later is told as text", async () => {
  await using at = await practice();
  const conversation = await at.start({ tools: [{ name: "elsewhere", input_schema: { type: "object" } }] });
  at.server.script({ content: [toolUse("elsewhere", {}, "toolu_1")] });
  await say(conversation);
  expect(spoken(await goOn(at, conversation)).at(-1)).toBe("user: result toolu_1 (error) | Go on.");
  await conversation.append({ role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content: "too late" }] });
  expect(spoken(await goOn(at, conversation)).at(-1)).toBe("user: [A late result of the tool call toolu_1: too late] | Go on.");
});

test("a call whose input is no JSON is never run", async () => {
  let ran = false;
  const tool: RunnableTool = { name: "echo", input_schema: { type: "object" }, run: () => ((ran = true), "x") };
  await using at = await practice({ tools: [tool] });
  const conversation = await at.start();
  const call = {
    block: { type: "tool_use", id: "toolu_1", name: "echo", input: {} },
    deltas: [{ type: "input_json_delta", partial_json: '{"say": ' }],
  };
  at.server.script({ content: [call], stop_reason: "tool_use" }, "I see.");
  expect((await say(conversation)).outcome).toEqual({ type: "completed", empty: false });
  expect(ran).toBe(false);
  expect(spoken(messagesOf(at.server.requests[1]!.body)).at(-1)).toBe("user: result toolu_1 (error)");
});

test("a call that nobody answers goes with the server tool call that made it", async () => {
  await using at = await practice();
  const conversation = await at.start({ tools: [{ name: "weather", input_schema: { type: "object" } }] });
  const code = {
    type: "server_tool_use",
    id: "srvtoolu_1",
    name: "code_execution",
    input: { code: "await weather()" },
    caller: { type: "direct" },
  };
  const call = { ...toolUse("weather", {}, "toolu_1"), caller: { type: "code_execution_20260120", tool_id: "srvtoolu_1" } };
  at.server.script({ content: [{ type: "text", text: "I'll check." }, code, call], stop_reason: "tool_use" });
  expect((await say(conversation)).outcome).toEqual({ type: "waiting", toolUseIds: ["toolu_1"] });
  // The API answers "source tool srvtoolu_1 not found for tool use block toolu_1" where the call is left without its caller.
  expect(spoken(await goOn(at, conversation))).toEqual(["user: Begin.", "assistant: I'll check.", "user: Go on."]);
});

test("a call whose caller's tool was cut off goes with it, and so does any call of a reply that is not whole", async () => {
  await using at = await practice();
  const conversation = await at.start({ tools: [{ name: "weather", input_schema: { type: "object" } }] });
  const code = {
    type: "server_tool_use",
    id: "srvtoolu_1",
    name: "code_execution",
    input: { code: "await weather()" },
    caller: { type: "direct" },
  };
  const calls = [
    { ...toolUse("weather", {}, "toolu_1"), caller: { type: "code_execution_20260120", tool_id: "srvtoolu_1" } },
    toolUse("weather", {}, "toolu_2"),
  ];
  const content = [{ type: "text", text: "I'll check." }, code, ...calls, { type: "text", text: "While that runs" }];
  at.server.script({ content, faults: [{ kind: "cut", at: { beforeEvent: "message_delta" } }] });
  expect((await say(conversation)).outcome.type).toBe("interrupted");
  expect(spoken(await goOn(at, conversation))).toEqual(["user: Begin.", "assistant: I'll check. | While that runs", "user: Go on."]);
});

test("a call behind which a text stands has its result between the two", async () => {
  await using at = await practice();
  const conversation = await at.start({ tools: [{ name: "weather", input_schema: { type: "object" } }] });
  at.server.script({ content: [toolUse("weather", {}, "toolu_1"), { type: "text", text: "Done so far." }] });
  await say(conversation);
  const split = ["user: Begin.", "assistant: tool_use", "user: result toolu_1 (error)", "assistant: Done so far.", "user: Go on."];
  expect(spoken(await goOn(at, conversation))).toEqual(split);
  expect(spoken(await goOn(at, conversation)).slice(0, 5)).toEqual(split);
});

test("a call behind which the assistant is made to speak has its result between the two, whenever that comes", async () => {
  await using at = await practice();
  const conversation = await at.start({ tools: [{ name: "weather", input_schema: { type: "object" } }] });
  at.server.script({ content: [toolUse("weather", {}, "toolu_1")] });
  await say(conversation);
  await conversation.append({ role: "assistant", content: "I was stopped." });
  await conversation.append({ role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content: "sun" }] });
  expect(spoken(await goOn(at, conversation))).toEqual([
    "user: Begin.",
    "assistant: tool_use",
    "user: result toolu_1",
    "assistant: I was stopped.",
    "user: Go on.",
  ]);
});

test("Law 6. A call that ran on one branch is not run again by resuming a fork behind it", async () => {
  let runs = 0;
  const once: RunnableTool = { name: "once", input_schema: { type: "object" }, run: () => `run ${(runs += 1)}` };
  await using at = await practice({ tools: [once] });
  const conversation = await at.start();
  at.server.script({ content: [toolUse("once", {}, "toolu_1")] }, "I see.", "I see again.");
  await say(conversation);
  const call = conversation.entries.find((entry) => entry.kind === "message" && entry.reply?.stopReason === "tool_use")!;
  const fork = await conversation.fork(call.id);
  expect((await fork.resume().result).outcome).toEqual({ type: "completed", empty: false });
  expect(runs).toBe(1);
  expect(messagesOf(at.server.requests[2]!.body).at(-1)!.content).toMatchObject([
    { type: "tool_result", tool_use_id: "toolu_1", is_error: true },
  ]);
});
