import type { Entry } from "../conversation/entry.ts";
import type { Settings } from "../conversation/settings.ts";
import { AntiphonError } from "../errors.ts";
import type { ContentBlock } from "../messages/content-block.ts";
import { mergeMessages } from "../messages/merge.ts";
import { MODEL_TABLE, type ModelSource } from "../models/model-catalog.ts";
import { applyBoundaries, settingsInForce } from "./boundaries.ts";
import { type Caching, markForCache } from "./cache-marks.ts";
import { repair } from "./repair.ts";
import type { RequestBody } from "./request-body.ts";
import { isCutShort } from "./sendable.ts";
import type { SentMessage } from "./sent-message.ts";
import { placeSystemMessages } from "./system-messages.ts";
import { dropUnpairedServerTools, type WithoutUnpaired } from "./unpaired-server-tools.ts";
import { dropThinkingBoundElsewhere } from "./thinking.ts";
import { tellLateResults } from "./tool-answers.ts";
import { validateRequest, type Violation } from "./validate-request.ts";

export interface ProjectOptions {
  /** The conversation's key for prefix hashes, in hex. */
  readonly hashKey: string;
  /** `5m` unless told. */
  readonly caching?: Caching;
  /** What models accept; the local table unless told. */
  readonly models?: ModelSource;
}

export interface Projection {
  /** Exactly what would be sent. */
  readonly body: RequestBody;
  readonly explain: Explanation;
  /** The chain value that a reply to this request is bound to. */
  readonly prefixHash: string;
  /** Results that repair made up; append them before sending. */
  readonly repairs: readonly ContentBlock[];
  /** Replies that are sent without a server tool call that nobody will answer any more; append them as boundaries before sending. */
  readonly superseded: WithoutUnpaired["superseded"];
}

/** What each step did on the way from the path to the request. Ids are entry ids. */
export interface Explanation {
  readonly entries: number;
  /** Message entries of which nothing is sent. */
  readonly notSent: readonly string[];
  /** Replies that were cut short and are sent up to their last text. */
  readonly cutShort: readonly string[];
  /** Tool calls that repair answered. */
  readonly repaired: readonly string[];
  /** Replies whose thinking is bound to another prefix and is not sent. */
  readonly thinkingDropped: readonly string[];
  /** Blocks that carry a cache mark of ours. */
  readonly marks: readonly string[];
  readonly violations: readonly Violation[];
}

/**
 * From a path to the request it stands for. Pure: the same path gives the same bytes.
 * Errors: `not_found` on a path without settings.
 */
export function project(path: readonly Entry[], options: ProjectOptions): Projection {
  const settings = settingsInForce(path);
  if (settings === undefined)
    throw new AntiphonError("not_found", "The path has no settings entry: it is not a conversation of ours. Open it by its id.");
  const models = options.models ?? MODEL_TABLE;
  const model = models.facts(settings.model);
  const spoken = dropUnpairedServerTools(tellLateResults(applyBoundaries(path)));
  // Again: a call that a server tool made goes with it, and then its result has no call.
  const repaired = repair(tellLateResults(spoken.messages), path);
  const bound = dropThinkingBoundElsewhere(placeSystemMessages(repaired.messages), { hashKey: options.hashKey, settings, models });
  // Once more: where a reply was nothing but thinking that is dropped, two of the user's sides are one now.
  const placed = placeSystemMessages(bound.messages);
  const merged = mergeMessages(placed.map(({ role, content }) => ({ role, content })));
  const caching = ownMark(settings) ? "off" : (options.caching ?? "5m");
  const marked = markForCache(merged, { caching, elsewhere: [settings.tools, settings.system], sentBefore: sentBefore(placed) });
  const body: RequestBody = { ...settings, messages: marked.messages };
  const sentIds = new Set(placed.map((message) => message.entryId));
  const messages = path.filter((entry) => entry.kind === "message");
  return {
    body,
    prefixHash: bound.prefixHash,
    repairs: repaired.added,
    superseded: spoken.superseded,
    explain: {
      entries: path.length,
      notSent: messages.filter((entry) => !sentIds.has(entry.id)).map((entry) => entry.id),
      cutShort: messages.filter((entry) => entry.reply !== undefined && isCutShort(entry.reply)).map((entry) => entry.id),
      repaired: repaired.added.map((block) => String(block.tool_use_id)),
      thinkingDropped: bound.droppedFrom,
      marks: marked.marks,
      violations: validateRequest(body, { model }),
    },
  };
}

/** Whether the caller asked the API to place its mark by itself. */
function ownMark(settings: Settings): boolean {
  return settings.cache_control !== undefined && settings.cache_control !== null;
}

/** How many blocks stand before the last reply: the request that made it sent them. */
function sentBefore(messages: readonly SentMessage[]): number {
  const lastReply = messages.findLastIndex((message) => message.reply !== undefined);
  return messages.slice(0, Math.max(0, lastReply)).reduce((sum, { content }) => sum + content.length, 0);
}
