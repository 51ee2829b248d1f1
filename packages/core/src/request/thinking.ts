import type { ModelSource } from "../models/model-catalog.ts";
import type { ModelFacts } from "../models/model-facts.ts";
import type { PrefixChain } from "./prefix-ledger.ts";
import { isThinking } from "./sendable.ts";
import type { SentMessage } from "./sent-message.ts";

export interface BoundThinking {
  readonly messages: readonly SentMessage[];
  /** Entries whose thinking is not sent, because it was made behind another prefix. */
  readonly droppedFrom: readonly string[];
}

export interface ThinkingOptions {
  /** Over what stands in front of these messages; over them too afterwards. */
  readonly chain: PrefixChain;
  readonly model: ModelFacts | undefined;
  readonly models: ModelSource;
}

/**
 * Leaves out thinking that its model would reject: blocks made behind another prefix than the one now sent in front of
 * them, or by another model. Only models that bind thinking to its prefix check it; of others, and of replies whose
 * prefix is not known, all thinking is sent. Source: preserved-thinking documentation, September to November 2026.
 */
export function dropThinkingBoundElsewhere(messages: readonly SentMessage[], options: ThinkingOptions): BoundThinking {
  const { chain, model, models } = options;
  const droppedFrom: string[] = [];
  const kept: SentMessage[] = [];
  for (const message of messages) {
    const madeBehind = message.reply?.prefixHash;
    const isElsewhere = madeBehind !== undefined && madeBehind !== chain.value;
    const bound = model?.boundThinking === true && (isElsewhere || isOfAnotherModel(message, model, models));
    const content = bound ? message.content.filter((block) => !isThinking(block)) : message.content;
    if (content.length < message.content.length) droppedFrom.push(message.entryId!);
    chain.add(message.role, content);
    if (content.length > 0) kept.push(content === message.content ? message : { ...message, content });
  }
  return { messages: kept, droppedFrom };
}

/** Told by models that are known: other servers have names of their own for them. */
function isOfAnotherModel({ reply }: SentMessage, model: ModelFacts, models: ModelSource): boolean {
  const made = reply === undefined ? undefined : models.facts(reply.model)?.id;
  return made !== undefined && made !== model.id;
}
