import Anthropic from "@anthropic-ai/sdk";
import {
  antiphon,
  type Antiphon,
  type AntiphonOptions,
  type ContentBlock,
  type Conversation,
  type ConversationStore,
  type MessageEntry,
  MemoryStore,
  type Settings,
  type TurnOptions,
  type TurnResult,
} from "@antiphon/core";
import { type MessagesServer, type MessagesServerOptions, startMessagesServer } from "@antiphon/testing/messages-server";
import { expect } from "vitest";
import { type SteppedEnvironment, steppedEnvironment } from "./stepped-environment.ts";

/** The strictest model of the table: no prefill, thinking bound to its prefix. */
export const MODEL = "claude-sonnet-5-5";

/** A conversation's engine on the real SDK client, talking HTTP to a practice server of its own. */
export interface Practice extends AsyncDisposable {
  readonly server: MessagesServer;
  readonly client: Anthropic;
  readonly store: ConversationStore;
  readonly environment: SteppedEnvironment;
  readonly chat: Antiphon;
  /** A new conversation; `MODEL` and 1,024 tokens unless told. */
  start(settings?: Partial<Settings>): Promise<Conversation>;
}

export interface PracticeOptions extends Partial<Omit<AntiphonOptions, "client" | "store" | "environment">> {
  /** Talks to another server than this one's own. */
  readonly client?: Anthropic;
  readonly server?: MessagesServerOptions;
  readonly environment?: SteppedEnvironment;
  readonly store?: (environment: SteppedEnvironment) => ConversationStore;
}

/** Retries and waits for a lease take no time; every other timer waits for the test. */
const HURRIED = new Set([200, 500, 1000]);

export async function practice({
  server: serverOptions,
  environment: given,
  store: makeStore,
  client: givenClient,
  ...options
}: PracticeOptions = {}): Promise<Practice> {
  const environment = given ?? steppedEnvironment({ hurries: (ms) => HURRIED.has(ms) });
  const server = await startMessagesServer({ seed: "practice", ...serverOptions });
  const store = makeStore?.(environment) ?? new MemoryStore({ now: environment.now });
  const client = givenClient ?? new Anthropic({ apiKey: "practice", baseURL: server.url, maxRetries: 0, logLevel: "off" });
  const chat = antiphon({ client, store, environment, ...options });
  return {
    server,
    client,
    store,
    environment,
    chat,
    start: (settings = {}) => chat.create({ model: MODEL, max_tokens: 1024, ...settings }),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

/** Sends a message and waits for the end of its turn. */
export function say(conversation: Conversation, content = "Begin.", options: TurnOptions = {}): Promise<TurnResult> {
  return conversation.send(content, options).result;
}

export interface SentMessage {
  readonly role: string;
  readonly content: readonly ContentBlock[];
}

/** Law 1: after whatever happened, a next message is taken by the server. Returns what was sent, cache marks left out. */
export async function goOn({ server }: Practice, conversation: Conversation): Promise<readonly SentMessage[]> {
  const before = server.requests.length;
  const { outcome } = await say(conversation, "Go on.");
  const sent = server.requests.slice(before);
  expect(outcome, "the turn that goes on").toEqual({ type: "completed", empty: false });
  expect(sent.map(({ status }) => status)).toEqual([200]);
  return messagesOf(sent[0]!.body);
}

/** The messages of a request, cache marks left out. */
export function messagesOf(body: unknown): readonly SentMessage[] {
  return (body as { messages: SentMessage[] }).messages.map(({ role, content }) => ({ role, content: content.map(withoutMark) }));
}

/** What a request says: its messages, each as role and texts or block types. */
export function spoken(messages: readonly SentMessage[]): readonly string[] {
  return messages.map(({ role, content }) => `${role}: ${content.map(shown).join(" | ")}`);
}

/** The replies of the model on the path, oldest first. */
export function replies(conversation: Conversation): readonly MessageEntry[] {
  return conversation.entries.filter((entry): entry is MessageEntry => entry.kind === "message" && entry.reply !== undefined);
}

/** The boundaries on the path, by type and reason. */
export function boundaries(conversation: Conversation): readonly string[] {
  return conversation.entries.flatMap((entry) =>
    entry.kind === "boundary" ? [`${entry.boundary.type}${entry.boundary.type === "left-out" ? `: ${entry.boundary.reason}` : ""}`] : [],
  );
}

function shown(block: ContentBlock): string {
  if (block.type === "text") return String(block.text);
  if (block.type === "tool_result") return `result ${String(block.tool_use_id)}${block.is_error === true ? " (error)" : ""}`;
  return block.type;
}

function withoutMark({ cache_control: _mark, ...block }: ContentBlock): ContentBlock {
  return block;
}
