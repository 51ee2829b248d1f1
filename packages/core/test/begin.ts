import { type Antiphon, antiphon, type AntiphonOptions } from "../src/antiphon.ts";
import type { Conversation } from "../src/conversation.ts";
import type { Settings } from "../src/conversation/settings.ts";
import { text } from "../src/messages/text.ts";
import { MemoryStore } from "../src/store/memory-store.ts";
import { settingsOf } from "./builders.ts";
import { FakeEnvironment } from "./fake-environment.ts";
import { type Scripted, ScriptedClient } from "./scripted-client.ts";

export interface Begun {
  readonly chat: Antiphon;
  readonly conversation: Conversation;
  readonly client: ScriptedClient;
  readonly store: MemoryStore;
  readonly environment: FakeEnvironment;
}

/** A conversation in memory whose API gives these answers. */
export async function begin(
  answers: readonly Scripted[] = [],
  settings: Partial<Settings> = {},
  options: Partial<AntiphonOptions> = {},
): Promise<Begun> {
  const environment = new FakeEnvironment();
  const store = new MemoryStore({ now: () => environment.now() });
  const client = new ScriptedClient(...answers);
  const chat = antiphon({ client, store, environment, ...options });
  return { chat, conversation: await chat.create(settingsOf(settings)), client, store, environment };
}

/** What the messages of the handle's path say, in order. */
export function saidIn(conversation: Conversation): string[] {
  return conversation.entries.flatMap((entry) => (entry.kind === "message" ? [text(entry)] : []));
}
