import type { Entry, MessageEntry } from "../conversation/entry.ts";
import { AntiphonError } from "../errors.ts";
import { applyBoundaries } from "../request/boundaries.ts";
import type { SentMessage } from "../request/sent-message.ts";
import { turnStarts } from "./turns.ts";
import { ownId } from "../own-options.ts";
import { quoted } from "../quoted.ts";

export interface SummaryExtent {
  /** The last entry that is summarised: the end of a turn. Without it and without `keep`, every turn that was answered. */
  readonly through?: string;
  /** So many turns, the newest, stay as they are. */
  readonly keep?: { readonly turns: number };
}

export interface SummaryPoint {
  /** The place in the path of the first entry that stays. */
  readonly end: number;
  readonly throughEntryId: string;
}

/**
 * Where a summary ends; `undefined` where nothing that is sent stands in front of what stays. Errors: `invalid_input` for a point inside
 * of a turn, and for turns that stay and hold a compaction of the API's own; `not_found`.
 */
export function summaryPoint(path: readonly Entry[], extent: SummaryExtent): SummaryPoint | undefined {
  requireExtent(extent);
  const places = new Map(path.map(({ id }, index) => [id, index]));
  const sent = applyBoundaries(path);
  const placeOf = ({ entryId }: SentMessage): number => (entryId === undefined ? -1 : places.get(entryId)!);
  const end = endOf(path, extent, sent.filter(({ role }) => role !== "system").map(placeOf));
  requireReadable(sent.filter((message) => placeOf(message) >= end));
  const last = path.slice(0, end).findLast((entry): entry is MessageEntry => entry.kind === "message");
  const isEmpty = !sent.some((message) => message.role !== "system" && placeOf(message) < end);
  return last === undefined || isEmpty ? undefined : { end, throughEntryId: last.id };
}

function endOf(path: readonly Entry[], { through, keep }: SummaryExtent, sentPlaces: readonly number[]): number {
  const starts = turnStarts(path).map(({ index }) => index);
  if (keep !== undefined) return starts.at(-keep.turns) ?? starts[0] ?? 0;
  if (through === undefined) {
    const last = starts.at(-1);
    const isAnswered = last === undefined || path.slice(last).some((entry) => entry.kind === "message" && entry.role === "assistant");
    return isAnswered ? path.length : last;
  }
  const at = path.findIndex(({ id }) => id === through);
  if (at === -1) throw new AntiphonError("not_found", `There is no entry ${through} on this path.`);
  const next = sentPlaces.find((place) => place > at);
  if (next === undefined) return path.length;
  if (starts.includes(next)) return next;
  throw invalid(`Entry ${through} stands inside of a turn, which a summary cannot cut. Name the last entry of a turn, or use \`keep\`.`);
}

function requireExtent({ through, keep }: SummaryExtent): void {
  if (through !== undefined && keep !== undefined) throw invalid("`through` and `keep` both say what is summarised. Give one of them.");
  if (through !== undefined) ownId(through, "entry");
  if (keep === undefined || (Number.isInteger(keep?.turns) && keep.turns >= 1)) return;
  throw invalid(`\`keep\` of the summary is ${quoted(keep)}. Give it { turns }, a whole number from 1 up, or leave it out.`);
}

/** The API reads nothing in front of a compaction of its own, so that a summary there would not be read either. */
function requireReadable(kept: readonly SentMessage[]): void {
  const isCompacted = kept.some(({ content }) => content.some((block) => block.type === "compaction" && Boolean(block.content)));
  if (!isCompacted) return;
  throw invalid("A turn that would stay holds a compaction of the API's own, which it reads in place of all before it. Keep fewer turns.");
}

function invalid(message: string): AntiphonError {
  return new AntiphonError("invalid_input", message);
}
