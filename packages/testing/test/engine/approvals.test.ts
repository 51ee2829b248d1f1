import {
  antiphon,
  type ApprovalHook,
  type ApprovalVerdict,
  type Conversation,
  isAntiphonError,
  MemoryStore,
  type RunnableTool,
  type TurnEvent,
} from "@antiphon/core";
import { toolUse } from "@antiphon/testing/messages-server";
import { describe, expect, test } from "vitest";
import { goOn, messagesOf, type Practice, practice, replies, say, spoken } from "./practice.ts";
import { settled } from "./settled.ts";

/** A tool that notes whose calls it ran. */
function counting() {
  const runs: string[] = [];
  const tool: RunnableTool = {
    name: "write",
    input_schema: { type: "object" },
    run: (_input, { toolUse: call }) => (runs.push(call.id), "written"),
  };
  return { runs, tool };
}

const write = (id: string) => toolUse("write", {}, id);
const NOT_APPROVED = "The tool call waited for approval and was not run here: the conversation went on before anybody gave it.";

/** The last results that the server was sent, as `id: content`. */
const answered = (at: Practice): readonly string[] =>
  messagesOf(at.server.requests.at(-1)!.body)
    .findLast(({ content }) => content.some(({ type }) => type === "tool_result"))!
    .content.flatMap(({ type, tool_use_id: id, content }) => (type === "tool_result" ? [`${String(id)}: ${String(content)}`] : []));

async function asking(approval: ApprovalHook, ...ids: readonly string[]) {
  const { runs, tool } = counting();
  const at = await practice({ tools: [tool], approval });
  const conversation = await at.start();
  at.server.script({ content: ids.map((id) => write(id)) }, "I see.");
  return { at, conversation, runs };
}

describe("a policy", () => {
  test("is asked before a call has begun, with the call, the path that it stands on, and a signal", async () => {
    const seen: unknown[] = [];
    const hook: ApprovalHook = (call, { conversationId, branchId, entries, signal }) => {
      seen.push([call.name, call.id, conversationId, branchId, entries.at(-1)?.kind, signal.aborted]);
      return "allow";
    };
    const { at, conversation, runs } = await asking(hook, "toolu_1");
    await using _server = at;
    expect((await say(conversation)).outcome.type).toBe("completed");
    expect(seen).toEqual([["write", "toolu_1", conversation.id, conversation.branchId, "message", false]]);
    expect(runs).toEqual(["toolu_1"]);
  });

  test.each<[string, ApprovalHook, string]>([
    ["denies", () => "deny", "The call was denied and not run."],
    ["denies with a reason, in its time", async () => ({ deny: "not on a Sunday" }), "The call was denied and not run: not on a Sunday"],
    [
      "throws",
      () => {
        throw new Error("no policy file");
      },
      "The call was not run, since the check whether it may run failed: no policy file",
    ],
    ["rejects", () => Promise.reject(new Error("timed out")), "The call was not run, since the check whether it may run failed: timed out"],
    [
      "says nothing",
      () => undefined as unknown as ApprovalVerdict,
      "The call was not run, since the check whether it may run gave no answer.",
    ],
    ["says what is no verdict", () => "yes" as ApprovalVerdict, "The call was not run, since the check whether it may run gave no answer."],
    [
      "denies for no reason that is text",
      () => ({ deny: 7 }) as unknown as ApprovalVerdict,
      "The call was not run, since the check whether it may run gave no answer.",
    ],
  ])("that %s is an honest error result: the tool never runs, and the turn goes on", async (_what, hook, words) => {
    const { at, conversation, runs } = await asking(hook, "toolu_1");
    await using _server = at;
    expect((await say(conversation)).outcome).toEqual({ type: "completed", empty: false });
    expect(runs).toEqual([]);
    expect(messagesOf(at.server.requests[1]!.body).at(-1)!.content).toEqual([
      { type: "tool_result", tool_use_id: "toolu_1", is_error: true, content: words },
    ]);
    expect(conversation.entries.map(({ kind }) => kind)).not.toContain("tool-start");
    await goOn(at, conversation);
  });

  test("is not asked of calls that would not run: no such tool, bad input, a tool of the caller's", async () => {
    const { tool } = counting();
    const picky: RunnableTool = { ...tool, name: "picky", parse: () => expect.unreachable() };
    const hook: ApprovalHook = () => expect.unreachable();
    await using at = await practice({ tools: [picky], approval: hook });
    const conversation = await at.start({
      tools: [
        { name: "elsewhere", input_schema: { type: "object" } },
        { ...definition, name: "picky" },
      ],
    });
    at.server.script({ content: [toolUse("nobody", {}, "toolu_1"), toolUse("picky", {}, "toolu_2"), toolUse("elsewhere", {}, "toolu_3")] });
    expect((await say(conversation)).outcome).toEqual({ type: "waiting", toolUseIds: ["toolu_3"] });
  });

  test("is asked one thing at a time, in the order of the reply, while what it allowed runs", async () => {
    const questions = new Map<string, PromiseWithResolvers<ApprovalVerdict>>();
    const hook: ApprovalHook = (call) => {
      const question = Promise.withResolvers<ApprovalVerdict>();
      questions.set(call.id, question);
      return question.promise;
    };
    const { at, conversation, runs } = await asking(hook, "toolu_1", "toolu_2");
    await using _server = at;
    const turn = conversation.send("Begin.");
    while (questions.size === 0) await settled();
    await settled();
    expect([...questions.keys()]).toEqual(["toolu_1"]);
    questions.get("toolu_1")!.resolve("allow");
    while (questions.size === 1) await settled();
    await settled();
    expect(runs).toEqual(["toolu_1"]);
    questions.get("toolu_2")!.resolve("allow");
    expect((await turn.result).outcome.type).toBe("completed");
    expect(runs).toEqual(["toolu_1", "toolu_2"]);
  });

  test("that never answers ends with the turn's signal, and nothing has run", async () => {
    const abort = new AbortController();
    const hook: ApprovalHook = () => (abort.abort(), new Promise(() => undefined));
    const { at, conversation, runs } = await asking(hook, "toolu_1", "toolu_2");
    await using _server = at;
    expect((await conversation.send("Begin.", { signal: abort.signal }).result).outcome).toEqual({ type: "aborted" });
    expect(runs).toEqual([]);
    await goOn(at, conversation);
  });

  test("that takes longer than its limit lets the call wait, and what it says later changes nothing", async () => {
    const asked = Promise.withResolvers<AbortSignal>();
    const answer = Promise.withResolvers<ApprovalVerdict>();
    const hook: ApprovalHook = (_call, { signal }) => (asked.resolve(signal), answer.promise);
    const { at, conversation, runs } = await asking(hook, "toolu_1");
    await using _server = at;
    const turn = conversation.send("Begin.", { limits: { approvalMs: 5000 } });
    const signal = await asked.promise;
    at.environment.pass(5000);
    expect((await turn.result).outcome).toEqual({ type: "waiting", toolUseIds: ["toolu_1"], toApprove: ["toolu_1"] });
    expect(signal.aborted).toBe(true);
    answer.resolve("allow");
    await settled();
    expect(runs).toEqual([]);
  });
});

const definition = { input_schema: { type: "object" } } as const;
const ask: ApprovalHook = () => "ask";

describe("a call that waits for approval", () => {
  test("is announced, waits across a restart, and runs once it is approved, by whoever resumes", async () => {
    const { at, conversation, runs } = await asking(ask, "toolu_1");
    await using _server = at;
    const turn = conversation.send("Begin.");
    expect((await turn.result).outcome).toEqual({ type: "waiting", toolUseIds: ["toolu_1"], toApprove: ["toolu_1"] });
    expect(await eventsOf(turn, "approval-needed")).toEqual([{ type: "approval-needed", toolUseId: "toolu_1", name: "write", input: {} }]);
    // Another process, with another policy: that the call waits is stored.
    const { runs: runsThere, tool } = counting();
    const there = await practice({ tools: [tool], approval: () => "allow", store: () => at.store, client: at.client });
    await using _there = there;
    const reopened = await there.chat.open(conversation.id);
    expect((await reopened.resume().result).outcome).toEqual({ type: "waiting", toolUseIds: ["toolu_1"], toApprove: ["toolu_1"] });
    expect(await reopened.approve("toolu_1", { reason: "go ahead" })).toMatchObject({
      kind: "approval",
      verdict: "allow",
      reason: "go ahead",
    });
    expect((await reopened.resume().result).outcome.type).toBe("completed");
    expect((await reopened.resume().result).outcome.type).toBe("completed");
    expect([runs, runsThere]).toEqual([[], ["toolu_1"]]);
    expect(answered(at)).toEqual(["toolu_1: written"]);
    expect(at.server.requests).toHaveLength(2);
  });

  test("waits in a process that has no policy too, and in one that does not have its tool it can be denied", async () => {
    const { at, conversation } = await asking(ask, "toolu_1");
    await using _server = at;
    await say(conversation);
    const there = await practice({ store: () => at.store, client: at.client });
    await using _there = there;
    const reopened = await there.chat.open(conversation.id);
    expect((await reopened.resume().result).outcome).toEqual({ type: "waiting", toolUseIds: ["toolu_1"], toApprove: ["toolu_1"] });
    await reopened.deny("toolu_1", { reason: "who are you?" });
    expect((await reopened.resume().result).outcome.type).toBe("completed");
    expect(answered(at)).toEqual(["toolu_1: The call was denied and not run: who are you?"]);
  });

  test("waits for the caller once it is approved, where this process does not run its tool", async () => {
    const { at, conversation } = await asking(ask, "toolu_1");
    await using _server = at;
    await say(conversation);
    const there = await practice({ store: () => at.store, client: at.client });
    await using _there = there;
    const reopened = await there.chat.open(conversation.id);
    await reopened.approve("toolu_1");
    expect((await reopened.resume().result).outcome).toEqual({ type: "waiting", toolUseIds: ["toolu_1"] });
  });

  test("lets the others of its reply run at once; the request goes when all are answered", async () => {
    const hook: ApprovalHook = ({ id }) => (id === "toolu_2" || id === "toolu_3" ? "ask" : "allow");
    const { runs, tool } = counting();
    await using at = await practice({ tools: [tool], approval: hook });
    const conversation = await at.start({
      tools: [
        { name: "elsewhere", input_schema: { type: "object" } },
        { name: "write", input_schema: { type: "object" } },
      ],
    });
    const calls = [write("toolu_1"), write("toolu_2"), write("toolu_3"), toolUse("elsewhere", {}, "toolu_4")];
    at.server.script({ content: calls }, "All.");
    const waits = { type: "waiting", toolUseIds: ["toolu_2", "toolu_3", "toolu_4"], toApprove: ["toolu_2", "toolu_3"] };
    expect((await say(conversation)).outcome).toEqual(waits);
    expect(runs).toEqual(["toolu_1"]);
    await conversation.deny("toolu_3");
    expect((await conversation.resume().result).outcome).toEqual({
      type: "waiting",
      toolUseIds: ["toolu_2", "toolu_4"],
      toApprove: ["toolu_2"],
    });
    await conversation.approve("toolu_2");
    expect((await conversation.resume().result).outcome).toEqual({ type: "waiting", toolUseIds: ["toolu_4"] });
    expect(at.server.requests).toHaveLength(1);
    await conversation.append({ role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_4", content: "there" }] });
    expect(await conversation.resume().result).toMatchObject({ outcome: { type: "completed" }, text: "All." });
    expect(runs).toEqual(["toolu_1", "toolu_2"]);
    expect(answered(at).toSorted()).toEqual([
      "toolu_1: written",
      "toolu_2: written",
      "toolu_3: The call was denied and not run.",
      "toolu_4: there",
    ]);
  });

  test("is answered as not run when a person goes on instead, and its approval then comes too late", async () => {
    const { at, conversation, runs } = await asking(ask, "toolu_1", "toolu_2");
    await using _server = at;
    await say(conversation);
    await conversation.deny("toolu_2", { reason: "no" });
    expect(spoken(await goOn(at, conversation)).at(-1)).toBe("user: result toolu_1 (error) | result toolu_2 (error) | Go on.");
    expect(answered(at)).toEqual([`toolu_1: ${NOT_APPROVED}`, "toolu_2: The call was denied and not run: no"]);
    await expect(conversation.approve("toolu_1")).rejects.toSatisfy((error) => isAntiphonError(error, "invalid_input"));
    expect(runs).toEqual([]);
  });

  test("can only be decided on the branch where it was made: a fork answers it as not run there", async () => {
    const { at, conversation, runs } = await asking(ask, "toolu_1");
    await using _server = at;
    await say(conversation);
    const fork = await conversation.fork(conversation.entries.at(-1)!.id);
    await expect(fork.approve("toolu_1")).rejects.toThrow(/can only be decided where it was made/);
    at.server.script("Unknown.");
    expect((await fork.resume().result).outcome.type).toBe("completed");
    expect(answered(at)).toEqual([`toolu_1: ${NOT_APPROVED}`]);
    expect(runs).toEqual([]);
  });
});

describe("a word on a call", () => {
  test("is refused where the call is unknown, has run, or was never asked about", async () => {
    const { at, conversation } = await asking(() => "allow", "toolu_1");
    await using _server = at;
    await say(conversation);
    for (const decide of verbs(conversation)) {
      await expect(decide("toolu_9")).rejects.toSatisfy((error) => isAntiphonError(error, "not_found"));
      await expect(decide("toolu_1")).rejects.toSatisfy((error) => isAntiphonError(error, "invalid_input"));
    }
    expect(conversation.entries.map(({ kind }) => kind)).not.toContain("approval");
  });

  test("is one entry however often it is said, also when the call has run; another word is refused, and the first stands", async () => {
    const { at, conversation, runs } = await asking(ask, "toolu_1");
    await using _server = at;
    await say(conversation);
    const first = await conversation.approve("toolu_1");
    expect(await conversation.approve("toolu_1")).toBe(first);
    await expect(conversation.deny("toolu_1")).rejects.toThrow(/already decided \(allow\)\. The first word stands/);
    await conversation.resume().result;
    expect(await conversation.approve("toolu_1")).toBe(first);
    await conversation.resume().result;
    expect(runs).toEqual(["toolu_1"]);
    expect(conversation.entries.filter(({ kind }) => kind === "approval")).toHaveLength(2);
  });

  test("never holds for another call, though it has the same id and stands in a later reply", async () => {
    const { runs, tool } = counting();
    // A server that counts its ids anew in every reply.
    const reply = { type: "message", role: "assistant", model: "m", content: [write("toolu_1")], stop_reason: "tool_use" };
    const client = { messages: { create: () => Promise.resolve(reply) } };
    const conversation = await antiphon({ client, store: new MemoryStore(), tools: [tool], approval: ask }).create({
      model: "m",
      max_tokens: 9,
    });
    const waits = { type: "waiting", toolUseIds: ["toolu_1"], toApprove: ["toolu_1"] };
    expect((await say(conversation)).outcome).toEqual(waits);
    await conversation.approve("toolu_1");
    expect((await conversation.resume().result).outcome).toEqual(waits);
    expect([replies(conversation).length, runs.length]).toEqual([2, 1]);
    await conversation.deny("toolu_1");
    await conversation.resume().result;
    expect([replies(conversation).length, runs.length]).toEqual([3, 1]);
  });

  test("waits for the turn that runs, so that it can be said as soon as it is asked for", async () => {
    const slow = Promise.withResolvers<string>();
    const { runs, tool } = counting();
    const busy: RunnableTool = { name: "busy", input_schema: { type: "object" }, run: () => slow.promise };
    await using at = await practice({ tools: [tool, busy], approval: ({ name }) => (name === "write" ? "ask" : "allow") });
    const conversation = await at.start();
    at.server.script({ content: [write("toolu_1"), toolUse("busy", {}, "toolu_2")] }, "Both.");
    const turn = conversation.send("Begin.");
    for await (const event of turn) if (event.type === "approval-needed") break;
    const approved = conversation.approve("toolu_1");
    const there = (await at.chat.open(conversation.id)).approve("toolu_1");
    slow.resolve("done");
    expect((await turn.result).outcome.type).toBe("waiting");
    expect((await approved).id).toBe((await there).id);
    const resumed = await (await at.chat.open(conversation.id)).resume().result;
    expect(resumed).toMatchObject({ outcome: { type: "completed" }, text: "Both." });
    expect(runs).toEqual(["toolu_1"]);
  });

  test.each([
    ["resume", (conversation: Conversation) => conversation.resume().result],
    ["the next message", (conversation: Conversation) => say(conversation, "Go on.")],
  ])("can hold half a character: %s tells it as a text that the API takes", async (_what, next) => {
    const { at, conversation } = await asking(ask, "toolu_1");
    await using _server = at;
    await say(conversation);
    await conversation.deny("toolu_1", { reason: "cut \ud83d" });
    expect((await next(conversation)).outcome).toEqual({ type: "completed", empty: false });
    expect(answered(at)).toEqual(["toolu_1: The call was denied and not run: cut \ufffd"]);
  });

  test("is as short as a result has to be: a policy's is cut, a person's is refused", async () => {
    const limits = { toolResultChars: 20 };
    const long = "because ".repeat(10);
    const { tool } = counting();
    await using at = await practice({ tools: [tool], limits, approval: ({ id }) => (id === "toolu_1" ? { deny: long } : "ask") });
    const conversation = await at.start();
    at.server.script({ content: [write("toolu_1"), write("toolu_2")] }, "I see.");
    await say(conversation);
    await expect(conversation.deny("toolu_2", { reason: long })).rejects.toThrow(/has 80 characters, and at most 20 are passed on/);
    await conversation.deny("toolu_2", { reason: "no" });
    await conversation.resume().result;
    expect(answered(at)).toEqual([
      "toolu_1: The call was denied and not run: because because beca",
      "toolu_2: The call was denied and not run: no",
    ]);
  });

  test("has a reason in words, if any", async () => {
    const { at, conversation } = await asking(ask, "toolu_1");
    await using _server = at;
    await say(conversation);
    await expect(conversation.deny("toolu_1", { reason: 7 as unknown as string })).rejects.toSatisfy((error) =>
      isAntiphonError(error, "invalid_input"),
    );
  });
});

function verbs(conversation: Conversation): ((id: string) => Promise<unknown>)[] {
  return [(id) => conversation.approve(id), (id) => conversation.deny(id)];
}

async function eventsOf(turn: AsyncIterable<TurnEvent>, type: TurnEvent["type"]): Promise<TurnEvent[]> {
  const events: TurnEvent[] = [];
  for await (const event of turn) if (event.type === type) events.push(event);
  return events;
}
