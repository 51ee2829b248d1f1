import { type Antiphon, type Bill, type Conversation, type ConversationStore } from "@antiphon/core";
import type Anthropic from "@anthropic-ai/sdk";
import { requireModel } from "../client/require-model.ts";
import { newSettings, requireRoom, settingsChange, type TurnFlags } from "../turn-flags.ts";
import { byIdPrefix, lastUsed } from "./choose-conversation.ts";
import { firstWords } from "./first-words.ts";
import { shortId } from "./short-id.ts";

export interface ConversationSource {
  readonly antiphon: Antiphon;
  readonly store: ConversationStore;
  readonly client: Anthropic;
  readonly notice: (line: string) => void;
}

export interface OpenedConversation {
  readonly conversation: Conversation;
  /** Enough of its id to tell it from the others. */
  readonly short: string;
  /** Whether it was there before. */
  readonly continued: boolean;
}

/** The conversation that the flags ask for: a new one, the last used, or one by its id; named on stderr where it was there before. */
export async function openConversation(source: ConversationSource, flags: TurnFlags): Promise<OpenedConversation> {
  const { antiphon, store, client, notice } = source;
  const chosen =
    flags.resume !== undefined ? await byIdPrefix(store, flags.resume) : flags.continue === true ? await lastUsed(store) : undefined;
  if (chosen === undefined) {
    const settings = newSettings(flags);
    requireRoom(settings, flags);
    await requireModel(client, settings.model);
    const conversation = await antiphon.create(settings);
    return { conversation, short: await shortId(store, conversation.id), continued: false };
  }
  const conversation = await antiphon.open(chosen.id);
  const short = await shortId(store, chosen.id);
  notice(`Going on with ${short}: ${firstWords(conversation.entries) ?? "(nothing was said yet)"}`);
  await changeSettings(source, conversation, flags);
  return { conversation, short, continued: true };
}

async function changeSettings({ client, notice }: ConversationSource, conversation: Conversation, flags: TurnFlags): Promise<void> {
  const change = settingsChange(flags);
  if (change === undefined) return;
  if (change.model !== undefined && change.model !== conversation.settings.model) await requireModel(client, change.model);
  const { model, max_tokens } = conversation.settings;
  requireRoom({ model: change.model ?? model, max_tokens: change.max_tokens ?? max_tokens }, flags);
  const known = conversation.entries.length;
  const bill = await conversation.update(change, { accept: true });
  const recovered = conversation.entries.slice(known).some((entry) => entry.kind === "message" && entry.reply?.whole === false);
  if (recovered) notice("The last reply had broken off; the part of it that had come is kept, and is sent as it is.");
  const cost = billWords(bill);
  if (cost !== undefined) notice(`The change of ${Object.keys(change).join(" and ")} cost ${cost}: what came before is read anew.`);
}

/** What a change cost, in words; `undefined` where it was free. */
export function billWords({ cachedTokens, thinkingBlocks, toolPairs }: Bill): string | undefined {
  const counts = [count(cachedTokens, "cached token"), count(thinkingBlocks, "thinking block"), count(toolPairs, "tool call")];
  const parts = counts.filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(" and ");
}

function count(number: number, noun: string): string | undefined {
  return number === 0 ? undefined : `${number} ${noun}${number === 1 ? "" : "s"}`;
}
