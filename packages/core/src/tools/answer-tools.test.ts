import { describe, expect, test } from "vitest";
import { call, human, KEY, reply, settings } from "../../test/builders.ts";
import { FakeEnvironment, settle } from "../../test/fake-environment.ts";
import { ScriptedClient } from "../../test/scripted-client.ts";
import type { Entry, MessageEntry, ReplyFacts } from "../conversation/entry.ts";
import { AntiphonError } from "../errors.ts";
import type { ContentBlock } from "../messages/content-block.ts";
import { toolCalls } from "../messages/text.ts";
import { ProjectionMemory } from "../request/projection-memory.ts";
import { BranchWriter } from "../store/branch-writer.ts";
import { MODEL_TABLE } from "../models/model-catalog.ts";
import { UsageRecorder } from "../usage/usage-recorder.ts";
import { MemoryStore } from "../store/memory-store.ts";
import { answerTools } from "./answer-tools.ts";
import type { ApprovalHook } from "./approval.ts";
import { EventChannel } from "../turn/event-channel.ts";
import type { RunnableTool, ToolContext } from "./runnable-tool.ts";
import { DEFAULT_LIMITS, type TurnContext, type TurnLimits } from "../turn/turn-context.ts";

const PLACE = { conversationId: "c", branchId: "b" };

interface Setting {
  readonly tools?: readonly RunnableTool[];
  readonly limits?: Partial<TurnLimits>;
  readonly facts?: Partial<ReplyFacts>;
  /** Names that the settings define. */
  readonly defined?: readonly string[];
  readonly approval?: ApprovalHook;
}

async function begin(calls: readonly ContentBlock[], { tools = [], limits = {}, facts = {}, defined = [], approval }: Setting) {
  const environment = new FakeEnvironment();
  const store = new MemoryStore();
  const controller = new AbortController();
  await store.create({ id: "c", branchId: "b", createdAt: 1, hashKey: KEY });
  const writer = new BranchWriter({ key: PLACE, store, environment, path: [], tipSeq: 0 });
  const tally = { requests: 1, continuations: 0, toolRounds: 0, resumes: 0, maxTokens: undefined, text: "", joining: undefined, usage: {} };
  const shared = {
    client: new ScriptedClient(),
    store,
    holder: "test",
    approval,
    events: new EventChannel(),
    caching: "5m",
    models: MODEL_TABLE,
    recorder: new UsageRecorder(undefined, environment),
    streaming: true,
    hashKey: KEY,
    account: undefined,
    memory: new ProjectionMemory(),
    signal: controller.signal,
  } as const;
  const turn: TurnContext = {
    ...shared,
    writer,
    environment,
    tools,
    limits: { ...DEFAULT_LIMITS, ...limits },
    tally,
  };
  await writer.append(writer.draw(settings({ tools: defined.map((name) => ({ name, input_schema: { type: "object" } })) })));
  const [, entry] = await writer.append(writer.draw(human("?")), writer.draw(reply(calls, { stopReason: "tool_use", ...facts })));
  const stored = async () => (await Array.fromAsync(store.read(PLACE))).slice(3);
  const run = () => answerTools(turn, toolCalls((entry as MessageEntry).content), entry as MessageEntry);
  return { environment, controller, turn, entry: entry as MessageEntry, stored, run };
}

const tool = (name: string, run: RunnableTool["run"], more: object = {}): RunnableTool => ({ name, run, ...more });
const resultsOf = (entries: readonly Entry[]) => entries.flatMap((entry) => (entry.kind === "message" ? entry.content : []));
const resultOf = async (calls: readonly ContentBlock[], setting: Setting) => {
  const { run, stored } = await begin(calls, setting);
  await run();
  return resultsOf(await stored())[0];
};
const error = (toolUseId: string, content: string) => ({ type: "tool_result", tool_use_id: toolUseId, content, is_error: true });

describe("a call", () => {
  test("has its start stored before it runs, and its result when it ends", async () => {
    const seen: string[][] = [];
    let kinds = async (): Promise<string[]> => [];
    const look = tool("look_up", async () => {
      seen.push(await kinds());
      return "found";
    });
    const { run, stored } = await begin([call("t1")], { tools: [look] });
    kinds = async () => (await stored()).map((entry) => entry.kind);
    expect(await run()).toBeUndefined();
    expect(seen).toEqual([["tool-start"]]);
    expect(await stored()).toMatchObject([
      { kind: "tool-start", toolUseId: "t1", name: "look_up" },
      { kind: "message", role: "user", origin: "tool", content: [{ type: "tool_result", tool_use_id: "t1", content: "found" }] },
    ]);
  });

  test("of a tool that nobody has is answered as an error, and was never started", async () => {
    const { run, stored } = await begin([call("t1", "fly")], {});
    await run();
    expect((await stored()).map((entry) => entry.kind)).toEqual(["message"]);
    expect(resultsOf(await stored())).toEqual([error("t1", 'There is no tool named "fly".')]);
  });

  test("whose input is no JSON never runs", async () => {
    const look = tool("look_up", () => expect.unreachable());
    expect(await resultOf([call("t1")], { tools: [look], facts: { partialInputs: { 0: '{"a":' } } })).toEqual(
      error("t1", "The input is not valid JSON, so the tool was not run."),
    );
  });

  test.each([
    [
      "an error",
      () => {
        throw new Error("city: expected text");
      },
      "city: expected text",
    ],
    [
      "something without words",
      () => {
        throw Object.create(null);
      },
      "what was thrown says nothing.",
    ],
  ])("whose input its tool does not take never runs: parse throws %s", async (_, parse, words) => {
    const look = tool("look_up", () => expect.unreachable(), { parse });
    expect(await resultOf([call("t1")], { tools: [look] })).toEqual(error("t1", `The input of "look_up" is not valid: ${words}`));
  });

  test("gets an input of its own: what a tool does to it changes nothing that is sent back", async () => {
    const look = tool("look_up", (input: { of: string }) => {
      input.of = "changed";
      return "ok";
    });
    const { run, turn } = await begin([call("t1")], { tools: [look] });
    await run();
    expect(resultsOf(turn.writer.path)).toContainEqual(call("t1"));
    expect(resultsOf(turn.writer.path).at(-1)).toMatchObject({ content: "ok" });
  });

  test("that throws is answered as an error, also where it throws before its promise", async () => {
    const look = tool("look_up", () => {
      throw new Error("no such city");
    });
    expect(await resultOf([call("t1")], { tools: [look] })).toEqual(error("t1", "Error: no such city"));
  });

  test("whose result the API would refuse is answered as an error, so that the conversation can go on", async () => {
    const image = { type: "image", source: { type: "base64", media_type: "image/png", data: "A".repeat(11_000_000) } };
    const look = tool("look_up", () => [image]);
    const answered = await resultOf([call("t1")], { tools: [look], limits: { toolResultChars: 20_000_000 } });
    expect(answered).toHaveProperty("is_error", true);
    expect(String(answered?.content)).toContain("the API would refuse");
  });

  test("echoes the toolset that it named", async () => {
    const look = tool("look_up", () => "ok");
    expect(await resultOf([{ ...call("t1"), toolset_name: "kit" }], { tools: [look] })).toMatchObject({ toolset_name: "kit" });
  });
});

describe("a call that takes too long", () => {
  test("is answered as timed out, its signal aborts, and its late throw hurts nobody", async () => {
    const late = Promise.withResolvers<string>();
    let signal: AbortSignal | undefined;
    const look = tool("look_up", (_input, context: { signal: AbortSignal }) => {
      signal = context.signal;
      return late.promise;
    });
    const { run, environment, stored } = await begin([call("t1")], { tools: [look], limits: { toolMs: 1000 } });
    const done = run();
    await environment.pass(999);
    expect(await stored()).toHaveLength(1);
    await environment.pass(1);
    await done;
    expect(signal?.aborted).toBe(true);
    expect(resultsOf(await stored())).toEqual([error("t1", 'The tool "look_up" did not end within 1000 ms. It may have taken effect.')]);
    late.reject(new Error("too late"));
    await settle();
    expect(await stored()).toHaveLength(2);
  });

  test("and returns while others run is answered by its time all the same, and what it returned is stored behind their results", async () => {
    const slow = Promise.withResolvers<string>();
    const other = Promise.withResolvers<string>();
    const tools = [tool("look_up", () => slow.promise), tool("wait", () => other.promise)];
    const calls = [call("t1"), call("t2", "wait")];
    const { run, environment, stored } = await begin(calls, { tools, limits: { toolMs: 1000, parallelTools: 1 } });
    const done = run();
    await environment.pass(1000);
    slow.resolve("late");
    await settle();
    other.resolve("in time");
    expect(await done).toBeUndefined();
    expect(resultsOf(await stored()).map(({ tool_use_id: id, is_error, content }) => [id, is_error ?? content])).toEqual([
      ["t1", true],
      ["t2", "in time"],
      ["t1", "late"],
    ]);
  });

  test("and throws for its aborted signal has one answer, and nothing is left unhandled", async () => {
    const look = tool("look_up", (_input, { signal }: { signal: AbortSignal }) => {
      return new Promise<string>((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("aborted"))));
    });
    const { run, environment, stored } = await begin([call("t1")], { tools: [look], limits: { toolMs: 1000 } });
    const done = run();
    await environment.pass(1000);
    expect(await done).toBeUndefined();
    await settle();
    expect(resultsOf(await stored())).toMatchObject([{ tool_use_id: "t1", is_error: true }]);
  });

  test("by its tool's own limit is answered as timed out, whatever the turn's limit is", async () => {
    const tools = [tool("look_up", () => new Promise<string>(() => undefined), { timeoutMs: 50 }), tool("wait", () => "in time")];
    const { run, environment, stored } = await begin([call("t1"), call("t2", "wait")], { tools, limits: { toolMs: 1000 } });
    const done = run();
    await environment.pass(50);
    expect(await done).toBeUndefined();
    expect(resultsOf(await stored())).toEqual([
      { type: "tool_result", tool_use_id: "t2", content: "in time" },
      error("t1", 'The tool "look_up" did not end within 50 ms. It may have taken effect.'),
    ]);
  });

  test("leaves no timer once it has ended", async () => {
    const { run, environment } = await begin([call("t1")], { tools: [tool("look_up", () => "ok")] });
    await run();
    expect(environment.pending).toBe(0);
  });
});

describe("progress", () => {
  const eventsOf = async (turn: TurnContext) => {
    await turn.events.emit({ type: "turn-end", outcome: { type: "aborted" } });
    return Array.fromAsync(turn.events.read());
  };

  test("is an event of its call, is not stored, and is nothing once the call has ended", async () => {
    let told: ToolContext["progress"] = () => undefined;
    const look = tool("look_up", (_input, { progress }: ToolContext) => {
      told = progress;
      progress({ done: 1, of: 3 });
      return "found";
    });
    const { run, turn, stored } = await begin([call("t1")], { tools: [look] });
    await run();
    told("too late");
    expect((await eventsOf(turn)).map((event) => ("toolUseId" in event ? [event.type, event.toolUseId] : event.type))).toEqual([
      ["tool-start", "t1"],
      ["tool-progress", "t1"],
      ["tool-end", "t1"],
      "turn-end",
    ]);
    expect((await stored()).map((entry) => entry.kind)).toEqual(["tool-start", "message"]);
  });

  test("is nothing either once the call's time is over", async () => {
    let told: ToolContext["progress"] = () => undefined;
    const look = tool("look_up", (_input, { progress }: ToolContext) => ((told = progress), new Promise<string>(() => undefined)));
    const { run, turn, environment } = await begin([call("t1")], { tools: [look], limits: { toolMs: 10 } });
    const done = run();
    await environment.pass(10);
    await done;
    told("too late");
    expect((await eventsOf(turn)).map(({ type }) => type)).not.toContain("tool-progress");
  });
});

describe("several calls", () => {
  test("run side by side up to the limit, and each result is stored as its tool ends", async () => {
    const gates = new Map<string, PromiseWithResolvers<string>>();
    const look = tool("look_up", ({ of }: { of: string }) => {
      const gate = Promise.withResolvers<string>();
      gates.set(of, gate);
      return gate.promise;
    });
    const { run, stored } = await begin(
      ["t1", "t2", "t3"].map((id) => call(id)),
      { tools: [look], limits: { parallelTools: 2 } },
    );
    const done = run();
    await settle();
    expect([...gates.keys()]).toEqual(["t1", "t2"]);
    gates.get("t2")!.resolve("second first");
    await settle();
    expect(resultsOf(await stored()).map((block) => block.tool_use_id)).toEqual(["t2"]);
    expect([...gates.keys()]).toEqual(["t1", "t2", "t3"]);
    gates.get("t1")!.resolve("one");
    gates.get("t3")!.resolve("three");
    expect(await done).toBeUndefined();
  });

  test("are left as they are when the turn is aborted: finished results stay, no other begins", async () => {
    const look = tool("look_up", ({ of }: { of: string }) => (of === "t1" ? "done" : new Promise<string>(() => undefined)));
    const { run, controller, stored } = await begin(
      ["t1", "t2", "t3"].map((id) => call(id)),
      { tools: [look], limits: { parallelTools: 1 } },
    );
    const done = run();
    await settle();
    controller.abort();
    expect(await done).toEqual({ type: "aborted" });
    expect((await stored()).map((entry) => ("toolUseId" in entry ? entry.toolUseId : entry.kind))).toEqual(["t1", "message", "t2"]);
  });

  test("whose turn lost its lease end as failed, with that for the reason: nobody aborted it", async () => {
    const look = tool("look_up", () => new Promise<string>(() => undefined));
    const { run, controller } = await begin([call("t1")], { tools: [look] });
    const done = run();
    await settle();
    controller.abort(new AntiphonError("lease_lost", "Another holds the branch. Open it again."));
    expect(await done).toMatchObject({ type: "failed", failure: { code: "lease_lost", retryable: false } });
  });

  test("wait for the caller where only the settings define them, and the others have run", async () => {
    const { run, stored } = await begin([call("t1", "ask_human"), call("t2")], {
      tools: [tool("look_up", () => "ok")],
      defined: ["ask_human", "look_up"],
    });
    expect(await run()).toEqual({ type: "waiting", toolUseIds: ["t1"] });
    expect(resultsOf(await stored()).map((block) => block.tool_use_id)).toEqual(["t2"]);
  });

  test("do not run once the turn has had all its rounds", async () => {
    const { run, stored } = await begin([call("t1")], { tools: [tool("look_up", () => expect.unreachable())], limits: { toolRounds: 0 } });
    expect(await run()).toEqual({ type: "limit", limit: "rounds", value: 0 });
    expect(await stored()).toEqual([]);
  });
});
