import Anthropic from "@anthropic-ai/sdk";
import {
  antiphon,
  type ConversationStore,
  type Entry,
  isAntiphonError,
  MemoryStore,
  type Outcome,
  plan,
  type RunnableTool,
  validateRequest,
} from "@antiphon/core";
import { entrySchema, parseAs } from "@antiphon/core/schemas";
import { SqliteStore } from "@antiphon/store-sqlite";
import { storeContract, type StoreSubject } from "@antiphon/testing";
import { startMessagesServer } from "@antiphon/testing/messages-server";

const store: ConversationStore = await SqliteStore.open("chats.db");
const look: RunnableTool = { name: "look", input_schema: { type: "object" }, run: async () => "a parrot" };
const chat = antiphon({ client: new Anthropic({ apiKey: "practice" }), store, tools: [look] });
const conversation = await chat.create({ model: "claude-sonnet-5-5", max_tokens: 1024, system: "Be brief." });
const turn = conversation.send("What does enumerate do?", { signal: new AbortController().signal });
for await (const event of turn) if (event.type === "text-delta") event.text satisfies string;
const { outcome, text, usage } = await turn.result;
text satisfies string;
usage.output_tokens satisfies number | undefined;
said(outcome) satisfies string;
const entry: Entry = parseAs(entrySchema, JSON.parse("{}"), "an entry");
entry.seq satisfies number;
// @ts-expect-error: there is no such kind
entry.kind satisfies "telepathy";

function said(ending: Outcome): string {
  switch (ending.type) {
    case "completed":
      return "done";
    default:
      return ending.type;
  }
}

export function contract(): void {
  const subject: StoreSubject = {
    capabilities: { durable: false, shared: false },
    open: async ({ now }) => ({ store: new MemoryStore({ now }) }),
  };
  storeContract("a store of mine", subject);
}
export async function serve(): Promise<string> {
  await using server = await startMessagesServer();
  return server.url;
}
try {
  validateRequest({ model: "m", max_tokens: 1, messages: [] });
} catch (error) {
  if (isAntiphonError(error, "invalid_request")) error.details satisfies Readonly<Record<string, unknown>>;
}
void plan;
