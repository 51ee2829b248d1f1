import type { Entry, ReplyFacts } from "../conversation/entry.ts";
import { keepsPrefix, type Settings } from "../conversation/settings.ts";
import { AntiphonError } from "../errors.ts";
import type { ContentBlock } from "../messages/content-block.ts";
import { MODEL_TABLE, type ModelSource } from "../models/model-catalog.ts";
import { withAskedFormat } from "./asked-format.ts";
import { settingsInForce } from "./boundaries.ts";
import { type Caching, markForCache, marksByBlock } from "./cache-marks.ts";
import { carriedFields, carry } from "./carried.ts";
import { compactionBeta, compactionFields } from "./compaction-blocks.ts";
import { madeFor, whoChanged } from "./made-for.ts";
import { PrefixChain } from "./prefix-ledger.ts";
import { type PrefixReport, reportPrefix } from "./prefix-report.ts";
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
  /** Names the account that requests are made with, where the caller has several: thinking and caches are bound to it. */
  readonly account?: string | undefined;
  /** What models accept; the local table unless told. */
  readonly models?: ModelSource;
  /** What earlier projections of the same conversation came to, so that this one costs what has come since. Changes no result. */
  readonly memory?: ProjectionMemory;
}

/** All of them, as a conversation gives them. */
export type OwnProjectOptions = Required<Omit<ProjectOptions, "account">> & Pick<ProjectOptions, "account">;

/** A path as a request: what would be sent, why, and what has to be stored first. */
export interface Projection {
  /** Exactly what would be sent. */
  readonly body: RequestBody;
  readonly explain: Explanation;
  /** The chain value of the request. */
  readonly prefixHash: string;
  /** What a reply to this request is bound to, as its facts say it. */
  readonly binding: ReplyBinding;
  /** Results that repair made up; append them before sending. */
  readonly repairs: readonly ContentBlock[];
  /** Replies that are sent without a server tool call that nobody will answer any more; append them as boundaries before sending. */
  readonly superseded: WithoutUnpaired["superseded"];
}

export type ReplyBinding = Required<Pick<ReplyFacts, "prefixHash">> & Pick<ReplyFacts, "madeFor">;

/** What each step did on the way from the path to the request. Ids are entry ids. */
export interface Explanation {
  readonly entries: number;
  /** Message entries of which nothing is sent. */
  readonly notSent: readonly string[];
  /** Replies that were cut short and are sent up to their last text. */
  readonly cutShort: readonly string[];
  /** Tool calls that repair answered. */
  readonly repaired: readonly string[];
  /** Replies whose thinking is not sent, since it is bound to another prefix or model. */
  readonly thinkingDropped: readonly string[];
  /** How the request stands to the one before it. */
  readonly prefix: PrefixReport;
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
  const who = madeFor(settings, options.account);
  const stretch = projectStretch(rest, { chain, model, models, madeFor: who });
  if (settled !== NOTHING_SETTLED) {
    const goesOn = stretch.firstId === rest[0]?.id && stretch.blocksSinceReply !== undefined;
    if (!goesOn || !keepsPrefix(settled.settings!, settings) || whoChanged(settled.madeFor, who)) return undefined;
  }
  const merged = settled.messages.concat(stretch.messages);
  const marked = markForCache(merged, {
    caching: ownMark(settings) ? "off" : (options.caching ?? "5m"),
    elsewhere: [settings.tools, settings.system],
    theirs: settled.theirMarks.concat(marksByBlock(stretch.messages, settled.messages.length)),
    blocksSinceReply: stretch.blocksSinceReply ?? Number.POSITIVE_INFINITY,
  });
  const body: RequestBody = {
    ...withAskedFormat(settings, path),
    ...carriedFields(carry(settled.carried, rest), settings),
    ...compactionFields(compactionBeta(stretch.messages, settled.compactionBeta), settings),
    messages: marked.messages,
  };
  const violations = options.memory?.violationsOf(body, settled, model) ?? validateRequest(body, { model: model ?? null });
  const invalidThinking = settled.invalidThinking.concat(stretch.invalidThinking);
  return {
    body,
    prefixHash: chain.value,
    binding: { prefixHash: chain.value, ...(Object.keys(who).length > 0 && { madeFor: who }) },
    repairs: stretch.repairs,
    superseded: stretch.superseded,
    explain: {
      entries: path.length,
      notSent: settled.notSent.concat(stretch.notSent),
      cutShort: settled.cutShort.concat(stretch.cutShort),
      repaired: stretch.repairs.map((block) => String(block.tool_use_id)),
      thinkingDropped: invalidThinking.flatMap(({ entryId, sent }) => (sent ? [] : [entryId])),
      prefix: reportPrefix({ ...stretch, rest, settings, madeFor: who, invalidThinking, settingsBefore: settled.settings }),
      marks: marked.marks,
      violations,
    },
  };
}

/** Whether the caller asked the API to place its mark by itself. */
function ownMark(settings: Settings): boolean {
  return settings.cache_control !== undefined && settings.cache_control !== null;
}
