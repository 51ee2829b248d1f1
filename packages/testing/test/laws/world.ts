import { AsyncLocalStorage } from "node:async_hooks";
import Anthropic from "@anthropic-ai/sdk";
import { type Antiphon, antiphon, type Conversation, type Entry } from "@antiphon/core";
import type { Gate, ReceivedRequest, Reply } from "@antiphon/testing/messages-server";
import { type BreakingStore, breakingStore } from "../engine/breaking-store.ts";
import { type SteppedEnvironment, steppedEnvironment } from "../engine/stepped-environment.ts";
import { type Fetch, memoryApi } from "./memory-api.ts";
import { NotingStore } from "./noting-store.ts";
import { answerOf, nextAnswer } from "./scripted-api.ts";
import { policy, toolsOf } from "./tools.ts";
import { emptyTrace, type Exchange, type SentBody, type Trace, type TurnTrace } from "./trace.ts";

export const LEASE_MS = 10_000;
const LIMITS = { toolRounds: 3, resumes: 2, retries: 1, parallelTools: 2 };

const MCP = {
  mcp_servers: [{ type: "url" as const, url: "https://example.com/mcp", name: "there" }],
  betas: ["mcp-client-2025-11-20" as const],
};

const DEFINED_TOOLS = [
  { name: "elsewhere", input_schema: { type: "object" as const } },
  { type: "web_search_20250305" as const, name: "web_search" as const },
  { type: "code_execution_20250825" as const, name: "code_execution" as const },
  { type: "mcp_toolset" as const, mcp_server_name: "there" },
];

/** One process: its own clock, its own connection to the store, its own handle on the conversation. */
export interface Process {
  readonly environment: SteppedEnvironment;
  readonly store: BreakingStore;
  readonly client: Anthropic;
  readonly chat: Antiphon;
  conversation: Conversation;
}

/** A turn whose reply hangs: it goes on when its gate is released. */
export interface HeldTurn {
  readonly turn: TurnTrace;
  readonly gate: Gate;
  readonly process: Process;
  readonly branchId: string;
  /** What its reader has seen. */
  readonly shown: () => string;
  /** How long it has hung, in milliseconds of its process. */
  hungMs: number;
  readonly ended: Promise<void>;
}

/** Where requests go in place of the API in this process: a practice server behind sockets. */
export interface Elsewhere {
  readonly url: string;
  /** Called with each request that the server lets through. */
  answerWith(answer: (request: ReceivedRequest) => Reply): void;
}

/** What a program runs in: two processes over one store, an API that does what it is told, and the trace of it all. */
export class World {
  readonly #shared: NotingStore;
  readonly #fetch: Fetch | undefined;
  readonly #elsewhere: Elsewhere | undefined;
  readonly current = new AsyncLocalStorage<TurnTrace>();
  /** The process whose turn it is to do something, and the other. */
  processes!: [Process, Process];
  trace!: Trace;
  readonly held: HeldTurn[] = [];
  /** The entries that a person has gone on from, and the branches on which that was tried. */
  readonly probed = new Set<string>();
  readonly probes = new Set<string>();
  /** A process that nothing happens to. */
  bystander!: Process;
  /** Every turn that was asked for, also those that could not begin. */
  readonly begun: TurnTrace[] = [];
  readonly #environments: SteppedEnvironment[] = [];
  #made = 0;

  private constructor(elsewhere: Elsewhere | undefined) {
    this.#elsewhere = elsewhere;
    this.#shared = new NotingStore({ now: () => this.#now() });
    const answer = (request: ReceivedRequest): Reply => this.#answer(request);
    if (elsewhere) elsewhere.answerWith(answer);
    else
      this.#fetch = memoryApi({
        answer,
        onDelivery: (request, delivered) => {
          const exchange = this.#exchangeOf(request);
          if (exchange) exchange.delivered = delivered;
        },
        now: () => this.#now(),
      });
  }

  static async start(model: string, elsewhere?: Elsewhere): Promise<World> {
    const world = new World(elsewhere);
    const first = world.#process();
    const conversation = await first.chat.create({ model, max_tokens: 512, system: "Be brief.", tools: DEFINED_TOOLS, ...MCP });
    const { hashKey } = (await world.store.open(conversation.id))!;
    world.trace = emptyTrace(conversation.id, hashKey);
    world.processes = [{ ...first, conversation }, await world.newProcess(conversation)];
    world.bystander = await world.newProcess(conversation);
    return world;
  }

  /** The store itself, which no process breaks. */
  get store(): NotingStore {
    return this.#shared;
  }

  get process(): Process {
    return this.processes[0];
  }

  get conversation(): Conversation {
    return this.process.conversation;
  }

  /** Another process opens the conversation, on that branch or on its head. */
  async newProcess({ id }: { readonly id: string }, branchId?: string): Promise<Process> {
    const process = this.#process();
    return { ...process, conversation: await process.chat.open(id, branchId) };
  }

  nextId(): string {
    return `r${(this.#made += 1)}`;
  }

  /** The stored path of a branch. */
  async path(branchId: string): Promise<readonly Entry[]> {
    const entries: Entry[] = [];
    for await (const entry of this.#shared.read({ conversationId: this.trace.conversationId, branchId })) entries.push(entry);
    return entries;
  }

  /** The time of the store: no process is ahead of it. */
  #now(): number {
    return Math.max(0, ...this.#environments.map((environment) => environment.now()));
  }

  #process(): Omit<Process, "conversation"> {
    const name = `p${(this.#made += 1)}`;
    const environment = steppedEnvironment({ hurries: (ms) => ms <= 1000 && ms !== DRAFT_MS, prefix: name });
    environment.pass(Math.max(0, this.#now() - environment.now()));
    this.#environments.push(environment);
    const store = breakingStore(this.#shared);
    const client = this.#client();
    const chat = antiphon({ client, store, environment, holder: name, limits: LIMITS, tools: toolsOf(this), approval: policy });
    return { environment, store, client, chat };
  }

  #client(): Anthropic {
    const own = this.#fetch ?? ((url, init) => fetch(url, init));
    const watched: Fetch = async (url, init) => {
      const turn = this.current.getStore();
      if (turn === undefined) return own(url, init);
      const at = turn.exchanges.length;
      const exchange: Exchange = { body: JSON.parse(init?.body as string) as SentBody, madeAt: this.store.stored, path: [], status: 0 };
      turn.exchanges.push(exchange);
      const headers = new Headers(init?.headers);
      headers.set(EXCHANGE, `${this.begun.indexOf(turn)} ${at}`);
      const response = await own(url, { ...init, headers });
      exchange.status = response.status;
      const requestId = response.headers.get("request-id");
      if (requestId !== null) exchange.requestId = requestId;
      return response;
    };
    const baseURL = this.#elsewhere?.url ?? "http://api";
    return new Anthropic({ apiKey: "practice", baseURL, maxRetries: 0, logLevel: "off", fetch: watched });
  }

  #exchangeOf(request: ReceivedRequest): Exchange | undefined {
    const [, at] = (request.headers[EXCHANGE] ?? "").split(" ");
    return at === undefined ? undefined : this.#turnOf(request)?.exchanges[Number(at)];
  }

  /** Nobody's, where a count or a summary is asked for. */
  #turnOf(request: ReceivedRequest): TurnTrace | undefined {
    const [turn] = (request.headers[EXCHANGE] ?? "").split(" ");
    return turn ? this.begun[Number(turn)] : undefined;
  }

  #answer(request: ReceivedRequest): Reply {
    const spec = nextAnswer(this.#turnOf(request)?.answers ?? []);
    const exchange = this.#exchangeOf(request);
    if (exchange) exchange.spec = spec;
    return answerOf(spec, this.nextId(), request);
  }
}

/** The header by which a request is known to the API's script. */
const EXCHANGE = "x-exchange";
/** The one short timer that waits for its time: a draft is not written before it is due. */
const DRAFT_MS = 100;
