import type { Antiphon, ConversationStore, MessageEntry } from "@antiphon/core";
import type Anthropic from "@anthropic-ai/sdk";
import type { Context } from "../context.ts";
import { openConversation, type OpenedConversation } from "../conversations/open-conversation.ts";
import { entryHeading, entryText } from "../render/entry.ts";
import { TextView } from "../render/text-view.ts";
import { runTurn } from "../run-turn.ts";
import type { TurnFlags } from "../turn-flags.ts";

export interface ChatSource {
  readonly context: Context;
  readonly antiphon: Antiphon;
  readonly store: ConversationStore;
  readonly client: Anthropic;
}

/** How many messages of a conversation are shown when it is taken up again. */
const SHOWN_MESSAGES = 2;

/** The conversation that a chat is in. A new one is made with its first message, so that looking in leaves nothing behind. */
export class ChatSession {
  readonly #source: ChatSource;
  #flags: TurnFlags;
  #opened: OpenedConversation | undefined;

  constructor(source: ChatSource, flags: TurnFlags) {
    this.#source = source;
    this.#flags = flags;
  }

  /** Short id of the conversation, where there is one. */
  get short(): string | undefined {
    return this.#opened?.short;
  }

  /** Takes up the conversation that the flags name, and shows where it stood. */
  async takeUp(): Promise<void> {
    const { conversation } = await this.#open();
    await this.#print(conversation.entries.filter((entry) => entry.kind === "message").slice(-SHOWN_MESSAGES));
  }

  /** Leaves the conversation; the next message begins another. */
  leave(): void {
    this.#opened = undefined;
    const { continue: _, resume: __, ...flags } = this.#flags;
    this.#flags = flags;
  }

  /** One message and its reply, stopped by `stop`. False where it was not stored, and so can be sent again. */
  async send(text: string, stop: AbortSignal): Promise<boolean> {
    const { context, store, client } = this.#source;
    const { conversation, short, continued } = await this.#open();
    const known = conversation.entries.length;
    return context.interruption.during(async (interrupted) => {
      const signal = AbortSignal.any([interrupted, stop]);
      const view = new TextView(context.output, signal);
      const { accepted } = await runTurn({ conversation, store, prompt: text, view, signal, short, baseUrl: client.baseURL, inChat: true });
      if (accepted) return true;
      if (!continued && known <= 1) await this.#drop();
      // What somebody else said meanwhile is what kept this message from being sent.
      else await this.#print(conversation.entries.slice(known).filter((entry) => entry.kind === "message"));
      return false;
    });
  }

  async #open(): Promise<OpenedConversation> {
    const { context, antiphon, store, client } = this.#source;
    const notice = (line: string): void => context.output.notice(line);
    this.#opened ??= await openConversation({ antiphon, store, client, notice }, this.#flags);
    return this.#opened;
  }

  async #drop(): Promise<void> {
    if (this.#opened === undefined) return;
    await this.#source.store.erase({ conversationId: this.#opened.conversation.id });
    this.#opened = undefined;
  }

  async #print(entries: readonly MessageEntry[]): Promise<void> {
    const { output } = this.#source.context;
    for (const entry of entries) await output.write([output.style("dim", entryHeading(entry)), `\n${entryText(entry)}\n\n`]);
  }
}
