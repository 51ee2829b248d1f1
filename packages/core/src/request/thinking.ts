import type { ReplyFacts } from "../conversation/entry.ts";
import type { ModelSource } from "../models/model-catalog.ts";
import type { ModelFacts } from "../models/model-facts.ts";
import { type MadeFor, whoChanged } from "./made-for.ts";
import type { PrefixChain } from "./prefix-ledger.ts";
import { isThinking } from "./sendable.ts";
import type { SentMessage } from "./sent-message.ts";

export interface BoundThinking {
  readonly messages: readonly SentMessage[];
  /** Thinking that does not belong where it would be sent. */
  readonly invalid: readonly InvalidThinking[];
  /** The chain in front of the first message and behind each. */
  readonly chainValues: ReadonlySet<string>;
}

/** Thinking of one reply that the API would reject or silently drop. */
export interface InvalidThinking {
  readonly entryId: string;
  /** How many blocks. */
  readonly blocks: number;
  /** What has changed since it was made: whom requests are made for, the model, or what is sent in front of it. */
  readonly because: "account" | "end-user" | "model" | "prefix";
  /** False where it is not sent: behind another prefix the API rejects it. What is sent is dropped by the API, and nothing is lost where our word for whom was wrong. */
  readonly sent: boolean;
}

export interface ThinkingOptions {
  /** Over what stands in front of these messages; over them too afterwards. */
  readonly chain: PrefixChain;
  readonly model: ModelFacts | undefined;
  readonly models: ModelSource;
  readonly madeFor: MadeFor;
}

/**
 * Leaves out thinking that its model would reject: blocks made behind another prefix than the one now sent in front of
 * them, or by another model. Only models that bind thinking to its prefix check it; of others, and of replies whose
 * prefix is not known, all thinking is sent. Source: preserved-thinking documentation, September to November 2026.
 */
export function dropThinkingBoundElsewhere(messages: readonly SentMessage[], options: ThinkingOptions): BoundThinking {
  const { chain } = options;
  const invalid: InvalidThinking[] = [];
  const kept: SentMessage[] = [];
  const chainValues = new Set([chain.value]);
  for (const message of messages) {
    const because = whyInvalid(message, options);
    const blocks = because === undefined ? 0 : message.content.filter(isThinking).length;
    const sent = because === "account" || because === "end-user";
    if (blocks > 0) invalid.push({ entryId: message.entryId!, blocks, because: because!, sent });
    const content = blocks > 0 && !sent ? message.content.filter((block) => !isThinking(block)) : message.content;
    chain.add(message.role, content);
    chainValues.add(chain.value);
    if (content.length > 0) kept.push(content === message.content ? message : { ...message, content });
  }
  return { messages: kept, invalid, chainValues };
}

/** What keeps a reply's thinking from where it would be sent. What we would not send goes first, the rest in the API's own order. */
function whyInvalid({ reply }: SentMessage, { chain, model, models, madeFor }: ThinkingOptions): InvalidThinking["because"] | undefined {
  if (reply === undefined || model?.boundThinking !== true) return undefined;
  if (isOfAnotherModel(reply, model, models)) return "model";
  if (reply.prefixHash !== undefined && reply.prefixHash !== chain.value) return "prefix";
  return whoChanged(reply.madeFor, madeFor);
}

/** Told by models that are known: other servers have names of their own for them. */
function isOfAnotherModel(reply: ReplyFacts, model: ModelFacts, models: ModelSource): boolean {
  const made = models.facts(reply.model)?.id;
  return made !== undefined && made !== model.id;
}
