import type { Entry } from "../conversation/entry.ts";
import { keepsPrefix, type Settings } from "../conversation/settings.ts";
import { AntiphonError } from "../errors.ts";
import type { ContentBlock } from "../messages/content-block.ts";
import { MODEL_TABLE, type ModelSource } from "../models/model-catalog.ts";
import { settingsInForce } from "./boundaries.ts";
import { type Caching, markForCache, marksByBlock } from "./cache-marks.ts";
import { carriedFields, carry } from "./carried.ts";
import { PrefixChain } from "./prefix-ledger.ts";
import type { ProjectionMemory } from "./projection-memory.ts";
import type { RequestBody } from "./request-body.ts";
import { NOTHING_SETTLED, type Settled } from "./settled.ts";
import { projectStretch } from "./stretch.ts";
import type { WithoutUnpaired } from "./unpaired-server-tools.ts";
import { validateRequest, type Violation } from "./validate-request.ts";

export interface ProjectOptions {
  /** The conversation's key for prefix hashes, in hex. */
  readonly hashKey: string;
  /** `5m` unless told. */
  readonly caching?: Caching;
  /** What models accept; the local table unless told. */
  readonly models?: ModelSource;
  /** What earlier projections of the same conversation came to, so that this one costs what has come since. Changes no result. */
  readonly memory?: ProjectionMemory;
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
 * From a path to the request it stands for. Pure: the same path gives the same bytes, whatever is remembered.
 * Errors: `not_found` on a path without settings.
 */
export function project(path: readonly Entry[], options: ProjectOptions): Projection {
  const settled = options.memory?.startOf(path, options) ?? NOTHING_SETTLED;
  return projectBehind(settled, path, options) ?? projectBehind(NOTHING_SETTLED, path, options)!;
}

/** `undefined` where the rest of the path does not stand apart from its settled start after all. */
function projectBehind(settled: Settled, path: readonly Entry[], options: ProjectOptions): Projection | undefined {
  const rest = path.slice(settled.length);
  const settings = settingsInForce(rest) ?? settled.settings;
  if (settings === undefined)
    throw new AntiphonError("not_found", "The path has no settings entry: it is not a conversation of ours. Open it by its id.");
  const models = options.models ?? MODEL_TABLE;
  const model = models.facts(settings.model);
  const chain = settled.chain?.copy() ?? PrefixChain.over(options.hashKey, settings);
  const stretch = projectStretch(rest, { chain, model, models });
  if (settled !== NOTHING_SETTLED) {
    const goesOn = stretch.messages[0]?.role === "assistant" && stretch.blocksSinceReply !== undefined;
    if (!goesOn || !keepsPrefix(settled.settings!, settings)) return undefined;
  }
  const merged = settled.messages.concat(stretch.messages);
  const marked = markForCache(merged, {
    caching: ownMark(settings) ? "off" : (options.caching ?? "5m"),
    elsewhere: [settings.tools, settings.system],
    theirs: settled.theirMarks.concat(marksByBlock(stretch.messages, settled.messages.length)),
    blocksSinceReply: stretch.blocksSinceReply ?? Number.POSITIVE_INFINITY,
  });
  const body: RequestBody = { ...settings, ...carriedFields(carry(settled.carried, rest), settings), messages: marked.messages };
  const violations = options.memory?.violationsOf(body, settled, model) ?? validateRequest(body, { model: model ?? null });
  return {
    body,
    prefixHash: chain.value,
    repairs: stretch.repairs,
    superseded: stretch.superseded,
    explain: {
      entries: path.length,
      notSent: settled.notSent.concat(stretch.notSent),
      cutShort: settled.cutShort.concat(stretch.cutShort),
      repaired: stretch.repairs.map((block) => String(block.tool_use_id)),
      thinkingDropped: settled.thinkingDropped.concat(stretch.thinkingDropped),
      marks: marked.marks,
      violations,
    },
  };
}

/** Whether the caller asked the API to place its mark by itself. */
function ownMark(settings: Settings): boolean {
  return settings.cache_control !== undefined && settings.cache_control !== null;
}
