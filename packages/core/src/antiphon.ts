import { branchOf } from "./branches/branching.ts";
import { Conversation } from "./conversation.ts";
import { ownSettings, type Settings } from "./conversation/settings.ts";
import { toolDefinition } from "./conversation/tool-definition.ts";
import { type Environment, systemEnvironment } from "./environment.ts";
import { AntiphonError } from "./errors.ts";
import type { Host } from "./host.ts";
import { requireSupported } from "./models/check-settings.ts";
import { MODEL_TABLE, type ModelSource } from "./models/model-catalog.ts";
import type { Caching } from "./request/cache-marks.ts";
import type { ConversationPage, ConversationStore, ListQuery } from "./store/conversation-store.ts";
import type { ApprovalHook } from "./tools/approval.ts";
import type { MessagesClient } from "./turn/messages-client.ts";
import { ownTools, type RunnableTool } from "./tools/runnable-tool.ts";
import { DEFAULT_LIMITS, type TurnLimits, withLimits } from "./turn/turn-context.ts";
import type { UsageLedger } from "./usage/usage-ledger.ts";
import { UsageRecorder } from "./usage/usage-recorder.ts";
import { ownId, ownMetadata, ownOptions, requireObject } from "./own-options.ts";

/** What `antiphon()` is given: what runs, as opposed to what is stored. Only `client` and `store` are needed. */
export interface AntiphonOptions {
  /** `new Anthropic()`, or any client with its `messages`. */
  readonly client: MessagesClient;
  readonly store: ConversationStore;
  /** Tools that this process runs. Their definitions join the settings of conversations created here. */
  readonly tools?: readonly RunnableTool[];
  /** Asked before each call of one of them. All calls run unless told. */
  readonly approval?: ApprovalHook;
  /** How long the API keeps what a request wrote to its cache; `5m` unless told, `off` for no marks of ours. */
  readonly caching?: Caching;
  /** What models accept: the local table unless told. A `ModelCatalog` adds what the Models API says. */
  readonly models?: ModelSource;
  /** Where each request is accounted for, whatever becomes of it. None unless told; the usage of replies is in their entries anyway. */
  readonly ledger?: UsageLedger;
  /**
   * A name for the account behind the client, where a conversation may be taken up with another one: the API binds thinking and
   * caches to the organization, and says of none which it is. Stored with each reply.
   */
  readonly account?: string;
  readonly limits?: Partial<TurnLimits>;
  /** Names this process in leases, for people. */
  readonly holder?: string;
  /** Clock, timers and randomness, for tests. */
  readonly environment?: Environment;
}

/** What a new conversation has beside its settings. */
export interface CreateOptions {
  /** Small labels of the front end: a name, a channel id. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The way in: conversations of one store, run with one client. */
export interface Antiphon {
  /** Makes a conversation with these settings: the SDK's request params without `messages` and `stream`. */
  create(settings: Settings, options?: CreateOptions): Promise<Conversation>;
  /** Opens a conversation on its head, or on a branch. Only reads. Errors: `not_found`. */
  open(conversationId: string, branchId?: string): Promise<Conversation>;
  /** A page of the store's conversations, last used first. */
  list(query?: ListQuery): Promise<ConversationPage>;
}

/** Puts a client, a store and tools together. Holds no connection, and no state of its own but rows that the ledger has not taken yet. */
export function antiphon(options: AntiphonOptions): Antiphon {
  const { client, store } = requireObject(options, "The argument of `antiphon` is", "Give it { client, store }.");
  requireObject(store, "`store` is", "Give it a store, for example `new MemoryStore()`.");
  requireObject(client, "`client` is", "Give it a client, for example `new Anthropic()`.");
  const environment = options.environment ?? systemEnvironment;
  const host: Host = Object.freeze({
    client,
    store,
    tools: ownTools(options.tools ?? []),
    approval: options.approval,
    caching: options.caching ?? "5m",
    account: options.account,
    models: options.models ?? MODEL_TABLE,
    recorder: new UsageRecorder(options.ledger, environment),
    limits: withLimits(DEFAULT_LIMITS, options.limits),
    environment,
    holder: options.holder ?? "antiphon",
  });
  return Object.freeze({
    create: (settings: Settings, createOptions: CreateOptions = {}) => create(host, settings, createOptions),
    open: (conversationId: string, branchId?: string) => open(host, conversationId, branchId),
    list: async (query: ListQuery = {}) => host.store.list(ownOptions(query, "list")),
  });
}

async function create(host: Host, settings: Settings, options: CreateOptions): Promise<Conversation> {
  const own = ownSettings(settings);
  const { metadata } = ownOptions(options, "create");
  requireSupported(own, host.models.facts(own.model));
  const { store, environment } = host;
  const id = environment.randomId();
  const branchId = environment.randomId();
  const createdAt = environment.now();
  await store.create({
    id,
    branchId,
    createdAt,
    hashKey: environment.randomKey(),
    ...(metadata !== undefined && { metadata: ownMetadata(metadata) }),
    // In one write: a conversation without settings could not be opened.
    entries: [{ id: environment.orderedId(), createdAt, kind: "settings", settings: withTools(own, host.tools) }],
  });
  return open(host, id);
}

async function open(host: Host, conversationId: string, branchId?: string): Promise<Conversation> {
  const record = await host.store.open(ownId(conversationId, "conversation"));
  if (record === undefined)
    throw new AntiphonError("not_found", `There is no conversation ${conversationId}. List the conversations to see which there are.`);
  if (branchId !== undefined) branchOf(record, branchId);
  return Conversation.load(host, record, branchId);
}

/** What the caller defined in the settings wins over a runnable tool of the same name. */
function withTools(settings: Settings, tools: readonly RunnableTool[]): Settings {
  if (tools.length === 0) return settings;
  const given = settings.tools ?? [];
  const names = new Set(given.flatMap((tool) => ("name" in tool ? [tool.name] : [])));
  const added = tools.filter((tool) => !names.has(tool.name)).map(toolDefinition) as unknown as NonNullable<Settings["tools"]>;
  return { ...settings, tools: [...given, ...added] };
}
