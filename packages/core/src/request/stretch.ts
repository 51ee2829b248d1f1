import type { Entry } from "../conversation/entry.ts";
import type { ContentBlock } from "../messages/content-block.ts";
import { mergeMessages } from "../messages/merge.ts";
import type { ModelSource } from "../models/model-catalog.ts";
import type { ModelFacts } from "../models/model-facts.ts";
import { applyBoundaries } from "./boundaries.ts";
import type { MadeFor } from "./made-for.ts";
import type { PrefixChain } from "./prefix-ledger.ts";
import { repair } from "./repair.ts";
import type { RequestMessage } from "./request-body.ts";
import { isCutShort } from "./sendable.ts";
import type { SentMessage } from "./sent-message.ts";
import { placeSystemMessages } from "./system-messages.ts";
import { dropThinkingBoundElsewhere, type InvalidThinking } from "./thinking.ts";
import { tellLateResults } from "./tool-answers.ts";
import { dropUnpairedServerTools, hasUnpairedServerTools, type WithoutUnpaired } from "./unpaired-server-tools.ts";

/** What holds of a stretch before it begins. */
export interface StretchOptions {
  readonly model: ModelFacts | undefined;
  readonly models: ModelSource;
  readonly madeFor: MadeFor;
  /** The chain over what stands in front; it stands behind the stretch afterwards. */
  readonly chain: PrefixChain;
}

/** What a stretch of a path comes to, before cache marks. Ids are entry ids. */
export interface Stretch {
  readonly messages: readonly RequestMessage[];
  /** The entry that they begin with. */
  readonly firstId: string | undefined;
  /** Blocks from the last reply on, which the request that made it did not send; `undefined` where there is no reply. */
  readonly blocksSinceReply: number | undefined;
  /** Results that repair made up. */
  readonly repairs: readonly ContentBlock[];
  readonly superseded: WithoutUnpaired["superseded"];
  readonly notSent: readonly string[];
  readonly cutShort: readonly string[];
  readonly invalidThinking: readonly InvalidThinking[];
  /** The chain in front of the first message and behind each. */
  readonly chainValues: ReadonlySet<string>;
  /** Whether its end says all that its calls ask for: nothing that follows can change what is sent of it. */
  readonly isClosed: boolean;
}

/** The steps from entries to messages, in order. Pure but for the chain. */
export function projectStretch(entries: readonly Entry[], options: StretchOptions): Stretch {
  const spoken = dropUnpairedServerTools(tellLateResults(applyBoundaries(entries)));
  // Again: a call that a server tool made goes with it, and then its result has no call.
  const repaired = repair(tellLateResults(spoken.messages), entries);
  const bound = dropThinkingBoundElsewhere(placeSystemMessages(repaired.messages), options);
  // Once more: where a reply was nothing but thinking that is dropped, two of the user's sides are one now.
  const placed = placeSystemMessages(bound.messages);
  const sentIds = new Set(placed.map((message) => message.entryId));
  const said = entries.filter((entry) => entry.kind === "message");
  const isAnswered = repaired.added.length === 0 && spoken.superseded.length === 0 && !hasUnpairedServerTools(placed);
  return {
    firstId: placed[0]?.entryId,
    messages: mergeMessages(placed.map(({ role, content }) => ({ role, content }))),
    blocksSinceReply: blocksSinceReply(placed),
    repairs: repaired.added,
    superseded: spoken.superseded,
    notSent: said.filter((entry) => !sentIds.has(entry.id)).map((entry) => entry.id),
    cutShort: said.filter((entry) => entry.reply !== undefined && isCutShort(entry.reply)).map((entry) => entry.id),
    invalidThinking: bound.invalid,
    chainValues: bound.chainValues,
    isClosed: isAnswered && placed.at(-1)?.role !== "assistant",
  };
}

function blocksSinceReply(messages: readonly SentMessage[]): number | undefined {
  const lastReply = messages.findLastIndex((message) => message.reply !== undefined);
  return lastReply === -1 ? undefined : messages.slice(lastReply).reduce((sum, { content }) => sum + content.length, 0);
}
