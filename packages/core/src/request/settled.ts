import type { Entry } from "../conversation/entry.ts";
import type { Settings } from "../conversation/settings.ts";
import type { ModelSource } from "../models/model-catalog.ts";
import type { ModelFacts } from "../models/model-facts.ts";
import { settingsInForce } from "./boundaries.ts";
import { marksByBlock, type TheirMark } from "./cache-marks.ts";
import { type CompactionBeta, compactionBeta } from "./compaction-blocks.ts";
import { type Carried, carry, NOTHING_CARRIED } from "./carried.ts";
import { madeFor, type MadeFor, whoChanged } from "./made-for.ts";
import { PrefixChain } from "./prefix-ledger.ts";
import type { RequestMessage } from "./request-body.ts";
import { isThinking, sendableContent } from "./sendable.ts";
import { projectStretch } from "./stretch.ts";
import type { InvalidThinking } from "./thinking.ts";

/**
 * The start of a path that is settled: nothing that may follow changes what is sent of it, short of a boundary that reaches
 * back. It ends in front of a reply, behind an input all of whose questions are answered. What it came to is kept, so that a
 * path that has grown costs what it grew by.
 */
export interface Settled {
  /** How many entries it has, and which are the first and the last of them. */
  readonly length: number;
  readonly ends: readonly [Entry, Entry] | undefined;
  readonly model: ModelFacts | undefined;
  readonly settings: Settings | undefined;
  readonly madeFor: MadeFor;
  /** Over all of it; to be copied. */
  readonly chain: PrefixChain | undefined;
  readonly messages: readonly RequestMessage[];
  readonly carried: Carried;
  readonly compactionBeta: CompactionBeta | undefined;
  readonly theirMarks: readonly TheirMark[];
  readonly notSent: readonly string[];
  readonly cutShort: readonly string[];
  readonly invalidThinking: readonly InvalidThinking[];
}

export interface SettleOptions {
  readonly hashKey: string;
  readonly model: ModelFacts | undefined;
  readonly models: ModelSource;
  readonly account: string | undefined;
}

/** What is settled of a path of which nothing is. */
export const NOTHING_SETTLED: Settled = Object.freeze({
  length: 0,
  ends: undefined,
  model: undefined,
  settings: undefined,
  madeFor: {},
  chain: undefined,
  messages: [],
  carried: NOTHING_CARRIED,
  compactionBeta: undefined,
  theirMarks: [],
  notSent: [],
  cutShort: [],
  invalidThinking: [],
});

/** Whether this is the start of that path, still, with nothing on the path that reaches back into it. */
export function isStartOf({ length, ends }: Settled, path: readonly Entry[]): boolean {
  if (ends === undefined) return true;
  // Entries never change and have one path before them, so the last of them stands for all. What goes on with anything but a
  // reply, as a branch may, could belong to what is in front of it.
  if (path[0] !== ends[0] || path[length - 1] !== ends[1] || path[length] === undefined || !speaksInReply(path[length])) return false;
  return reachOfRest(path, length) >= length;
}

/**
 * The settled start of a path, as far as it goes beyond the one that is known already; `undefined` where the reply that stands
 * behind that one is not sent any more, so that what follows may join what is in front of it, or requests are made for another.
 */
export function settle(settled: Settled, path: readonly Entry[], options: SettleOptions): Settled | undefined {
  const end = settlingPoint(path, settled.length);
  if (end <= settled.length) return settled;
  const entries = path.slice(settled.length, end);
  const settings = settingsInForce(entries) ?? settled.settings;
  if (settings === undefined) return settled;
  const chain = settled.chain?.copy() ?? PrefixChain.over(options.hashKey, settings);
  const who = madeFor(settings, options.account);
  // What is known of whose thinking is whose, is known of whom requests were made for then.
  if (settled.length > 0 && whoChanged(settled.madeFor, who)) return undefined;
  const stretch = projectStretch(entries, { ...options, chain, madeFor: who });
  if (!stretch.isClosed || stretch.messages.length === 0) return settled;
  if (settled.length > 0 && stretch.firstId !== path[settled.length]!.id) return undefined;
  const first = settled.messages.length;
  return {
    length: end,
    ends: [path[0]!, path[end - 1]!],
    model: options.model,
    settings,
    madeFor: who,
    chain,
    messages: settled.messages.concat(stretch.messages),
    carried: carry(settled.carried, entries),
    compactionBeta: compactionBeta(stretch.messages, settled.compactionBeta),
    theirMarks: settled.theirMarks.concat(marksByBlock(stretch.messages, first)),
    notSent: settled.notSent.concat(stretch.notSent),
    cutShort: settled.cutShort.concat(stretch.cutShort),
    invalidThinking: settled.invalidThinking.concat(stretch.invalidThinking),
  };
}

/** The last place on a path, behind `from`, where a reply stands that nothing behind it reaches over; `from` where there is none. */
function settlingPoint(path: readonly Entry[], from: number): number {
  let reach = path.length;
  const indexOf = indexer(path, from);
  for (let at = path.length - 1; at > from; at -= 1) {
    const entry = path[at]!;
    reach = Math.min(reach, reachOf(entry, at, indexOf));
    if (reach >= at && speaksInReply(entry)) return at;
  }
  return from;
}

function reachOfRest(path: readonly Entry[], from: number): number {
  const indexOf = indexer(path, from);
  let reach = path.length;
  for (let at = from; at < path.length; at += 1) reach = Math.min(reach, reachOf(path[at]!, at, indexOf));
  return reach;
}

/** Where an entry of the path behind `from` stands; 0 for one before. */
function indexer(path: readonly Entry[], from: number): (id: string) => number {
  let byId: Map<string, number> | undefined;
  return (id) => {
    byId ??= new Map(path.slice(from).map((entry, at) => [entry.id, from + at]));
    return byId.get(id) ?? 0;
  };
}

/** The first entry that this one changes what is sent of; itself where it changes nothing before it. */
function reachOf(entry: Entry, at: number, indexOf: (id: string) => number): number {
  if (entry.kind !== "boundary") return at;
  const { boundary } = entry;
  if (boundary.type === "left-out") return boundary.entryIds.reduce((first, id) => Math.min(first, indexOf(id)), at);
  if (boundary.type === "superseded") return Math.min(at, indexOf(boundary.entryId));
  return 0;
}

/** A whole reply that says something beside its thoughts, which may yet be left out. */
function speaksInReply(entry: Entry): boolean {
  if (entry.kind !== "message" || entry.role !== "assistant" || entry.reply?.whole !== true) return false;
  return sendableContent(entry.content, entry.reply).some((block) => !isThinking(block));
}
