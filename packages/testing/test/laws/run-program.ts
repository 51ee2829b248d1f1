import Anthropic from "@anthropic-ai/sdk";
import {
  type Antiphon,
  antiphon,
  type Conversation,
  type Entry,
  isAntiphonError,
  MemoryStore,
  type MessagesClient,
  type RunnableTool,
  toolCalls,
  type Turn,
} from "@antiphon/core";
import type { MessagesServer } from "@antiphon/testing/messages-server";
import { type BreakingStore, breakingStore } from "../engine/breaking-store.ts";
import { type SteppedEnvironment, steppedEnvironment } from "../engine/stepped-environment.ts";
import { type AnswerSpec, type Crash, MODELS, type Program, type Step } from "./program.ts";
import { answerOf, answerWith, replyContent, stopReasonOf } from "./scripted-answers.ts";
import { emptyTrace, type SentBody, type Trace } from "./trace.ts";

const LEASE_MS = 10_000;
const LIMITS = { toolRounds: 3, resumes: 2, retries: 1, parallelTools: 2 };
const DEFINED = [
  { name: "elsewhere", input_schema: { type: "object" as const } },
  { type: "web_search_20250305" as const, name: "web_search" as const },
  { type: "code_execution_20250825" as const, name: "code_execution" as const },
];

/** Runs a program on a store of its own, against a server that may be shared, and tells what happened. */
export async function runProgram(program: Program, server: MessagesServer): Promise<Trace> {
  const run = await ProgramRun.start(program, server);
  for (const [at, step] of program.steps.entries()) await run.step(step, at);
  await run.probe();
  return run.finish();
}

class ProgramRun {
  readonly #environment: SteppedEnvironment = steppedEnvironment({ hurries: (ms) => ms <= 1000 });
  readonly #store: BreakingStore = breakingStore(new MemoryStore({ now: this.#environment.now }));
  readonly #server: MessagesServer;
  readonly #chat: Antiphon;
  #conversation!: Conversation;
  #other!: Conversation;
  #trace!: Trace;
  #made = 0;

  private constructor(server: MessagesServer) {
    this.#server = server;
    const client = this.#watched(new Anthropic({ apiKey: "practice", baseURL: server.url, maxRetries: 0, logLevel: "off" }));
    this.#chat = antiphon({
      client,
      store: this.#store,
      environment: this.#environment,
      limits: LIMITS,
      tools: [this.#tool("note"), this.#tool("fail")],
    });
  }

  static async start(program: Program, server: MessagesServer): Promise<ProgramRun> {
    const run = new ProgramRun(server);
    run.#conversation = await run.#chat.create({ model: program.model, max_tokens: 512, system: "Be brief.", tools: DEFINED });
    run.#other = await run.#chat.open(run.#conversation.id);
    run.#trace = emptyTrace(run.#conversation.id);
    return run;
  }

  async step(step: Step, at: number): Promise<void> {
    try {
      await this.#do(step, at);
    } catch (error) {
      // What a program asks for may be impossible where it stands; that is told by an error of ours, and changes nothing.
      if (!isAntiphonError(error)) throw error;
      if (!["not_found", "invalid_input", "tip_moved"].includes(error.code)) this.#trace.thrown.push(`${step.do}: ${error.message}`);
    }
    await this.#look();
  }

  /** From every third entry of every branch a person can go on: a branch of its own there, and a message. */
  async probe(): Promise<void> {
    const { id } = this.#conversation;
    for (const { branch, entries } of await this.#paths()) {
      for (const { seq } of entries.filter((_, at) => at % 3 === 2 || at === entries.length - 1)) {
        const branchId = this.#environment.randomId();
        await this.#store.fork({ conversationId: id, branchId, parentBranchId: branch.id, forkSeq: seq, createdAt: 0 });
        const conversation = await this.#chat.open(id, branchId);
        await this.#turn("probe", conversation, () => conversation.send("Can I go on?"), []);
      }
    }
  }

  async finish(): Promise<Trace> {
    await this.#look();
    this.#trace.paths.push(...(await this.#paths()));
    return this.#trace;
  }

  async #do(step: Step, at: number): Promise<unknown> {
    const conversation = this.#conversation;
    const says = `Message ${at}.`;
    const { entries } = conversation;
    switch (step.do) {
      case "send": {
        const abort = new AbortController();
        const options = { streaming: step.streaming, limits: { continuations: step.continuations }, signal: abort.signal };
        return this.#turn("send", conversation, () => conversation.send(says, options), step.answers, { ...step, abort, says });
      }
      case "resume":
        return this.#turn("resume", conversation, () => conversation.resume(), step.answers, step);
      case "edit":
        if (entries.length < 2) return;
        return this.#turn("edit", conversation, () => conversation.edit(pickFrom(entries.slice(1), step.pick).id, says), step.answers, {
          says,
        });
      case "regenerate":
        return this.#turn("regenerate", conversation, () => conversation.regenerate(), step.answers);
      case "append":
        return this.#append(step.what, step.pick, says);
      case "record":
        return this.#record(step.answer);
      case "fork":
        this.#conversation = await conversation.fork(pickFrom(entries, step.pick).id);
        return this.#turn("send", this.#conversation, () => this.#conversation.send(says), step.answers, { says });
      case "undo":
        return conversation.undo();
      case "redo":
        return conversation.redo();
      case "reopen":
        return (this.#conversation = await this.#chat.open(conversation.id));
      case "other-handle":
        [this.#conversation, this.#other] = [this.#other, this.#conversation];
        return;
      case "update":
        return this.#update(step.what, step.pick);
      default:
        return step satisfies never;
    }
  }

  async #turn(
    name: string,
    conversation: Conversation,
    begin: () => Turn | Promise<Turn>,
    answers: readonly AnswerSpec[],
    how: { says?: string; abort?: AbortController; abortAt?: number; crashAt?: Crash } = {},
  ): Promise<void> {
    const trace = this.#trace;
    answerWith(
      this.#server,
      answers.map((answer) => answerOf(answer, this.#nextId())),
    );
    this.#current = conversation;
    if (how.crashAt) this.#store.breakAfter(how.crashAt.writes, how.crashAt.lastIsDone);
    const before = new Set(conversation.entries.map(({ id }) => id));
    const turn = await begin();
    let events = 0;
    if (how.abort && how.abortAt !== undefined) for await (const _event of turn) if ((events += 1) > how.abortAt) how.abort.abort();
    const { outcome } = await turn.result;
    await turn.accepted.then(
      ({ entryId }) => entryId !== undefined && trace.accepted.set(entryId, how.says ?? "Can I go on?"),
      () => undefined,
    );
    trace.turns.push({
      step: name,
      says: ["send", "edit", "probe"].includes(name),
      outcome,
      stored: conversation.entries.filter(({ id }) => !before.has(id)),
    });
    if (how.crashAt) await this.#recover();
  }

  /** Another process opens what the dead one left. */
  async #recover(): Promise<void> {
    this.#store.heal();
    this.#environment.pass(LEASE_MS + 1);
    this.#conversation = await this.#chat.open(this.#conversation.id, this.#conversation.branchId);
    this.#other = await this.#chat.open(this.#conversation.id);
  }

  async #append(what: "user" | "assistant" | "result" | "late-result", pick: number, says: string): Promise<void> {
    const calls = this.#conversation.entries.flatMap((entry) =>
      entry.kind === "message" && entry.role === "assistant" ? toolCalls(entry.content) : [],
    );
    const id = what === "late-result" || calls.length === 0 ? `toolu_of_nobody_${pick}` : pickFrom(calls, pick).id;
    const role = what === "assistant" ? "assistant" : "user";
    const content = what.endsWith("result") ? [{ type: "tool_result", tool_use_id: id, content: says }] : [{ type: "text", text: says }];
    const entry = await this.#conversation.append({ role, content });
    this.#trace.written.set(entry.id, JSON.stringify(content));
  }

  async #record(answer: AnswerSpec): Promise<void> {
    if (answer.is === "error") return;
    const content = replyContent(answer, this.#nextId());
    const stop_reason = stopReasonOf(answer.stop, content);
    const unsigned = content.filter(({ type }) => type !== "thinking" && type !== "redacted_thinking");
    await this.#conversation.record({ model: MODELS[0], content: unsigned, stop_reason });
    this.#trace.written.set(
      this.#conversation.entries.findLast((entry) => entry.kind === "message" && entry.origin === "model")!.id,
      JSON.stringify(unsigned),
    );
  }

  async #update(what: "system" | "tools" | "max_tokens" | "model", pick: number): Promise<void> {
    const change = {
      system: { system: `Be brief, ${pick}.` },
      tools: {
        tools: [
          ...(this.#conversation.settings.tools ?? []),
          { name: `tool_${pick}_${(this.#made += 1)}`, input_schema: { type: "object" as const } },
        ],
      },
      max_tokens: { max_tokens: 256 + pick },
      model: { model: MODELS[pick % MODELS.length]! },
    };
    await this.#conversation.update(change[what], { accept: true });
  }

  #nextId(): string {
    return `r${(this.#made += 1)}`;
  }

  #current: Conversation | undefined;

  #tool(name: "note" | "fail"): RunnableTool {
    return {
      name,
      input_schema: { type: "object" },
      run: async (_input, { toolUse: call }: { toolUse: { id: string } }) => {
        const started = this.#current!.entries.some((entry) => entry.kind === "tool-start" && entry.toolUseId === call.id);
        const run = { id: call.id, branchId: this.#current!.branchId, turn: this.#trace.turns.length, announced: started, finished: false };
        this.#trace.runs.push(run);
        await new Promise((resolve) => setImmediate(resolve));
        run.finished = true;
        if (name === "fail") throw new Error(`${call.id} failed`);
        return `Noted ${call.id}.`;
      },
    };
  }

  #watched({ beta }: Anthropic): MessagesClient {
    const create = (body: SentBody, options: unknown): unknown => {
      this.#trace.sent.push({ turn: this.#trace.turns.length, body: JSON.parse(JSON.stringify(body)), path: [...this.#current!.entries] });
      return beta.messages.create(body as never, options as never);
    };
    return { messages: { create }, beta: { messages: { create } } };
  }

  /** Compares what is stored with what was stored before. */
  async #look(): Promise<void> {
    const { firstSeen, changed } = this.#trace;
    const now = new Map<string, string>();
    for (const { entries } of await this.#paths()) for (const entry of entries) now.set(entry.id, JSON.stringify(entry));
    for (const [id, json] of firstSeen) if (now.get(id) !== json) changed.push(`${json} is now ${now.get(id)}`);
    for (const [id, json] of now) if (!firstSeen.has(id)) firstSeen.set(id, json);
  }

  async #paths(): Promise<Trace["paths"]> {
    const { id } = this.#conversation;
    const record = await this.#store.open(id);
    return Promise.all(
      record!.branches.map(async (branch) => ({
        branch,
        entries: await collect(this.#store.read({ conversationId: id, branchId: branch.id })),
      })),
    );
  }
}

function pickFrom<T>(items: readonly T[], pick: number): T {
  return items[pick % items.length]!;
}

async function collect(entries: AsyncIterable<Entry>): Promise<Entry[]> {
  const all: Entry[] = [];
  for await (const entry of entries) all.push(entry);
  return all;
}
