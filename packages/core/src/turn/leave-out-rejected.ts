import { type Bill, NO_BILL } from "../conversation/bill.ts";
import type { Boundary, Entry, MessageEntry } from "../conversation/entry.ts";
import type { ContentBlock } from "../messages/content-block.ts";
import { toolResultIds } from "../messages/text.ts";
import { applyBoundaries, CLEARED_RESULT } from "../request/boundaries.ts";
import { tellLateResults } from "../request/tool-answers.ts";
import type { Outcome } from "../stop/outcome.ts";
import type { BranchWriter } from "../store/branch-writer.ts";
import { isOfBlankText } from "./leave-out-blank-text.ts";
import { wordsAtEnd } from "./take-up-prefill.ts";

/**
 * After a request that the API can never take, because of what was added since the last reply: that is left out of later
 * requests, and tool results are sent as a placeholder, so that the conversation lives on. Everything stays stored. A prompt
 * that is too long is always of that kind; any other 400 or 413 only where media were added, since text cannot cause one
 * that the settings or the account did not.
 */
export async function leaveOutRejected(writer: BranchWriter, outcome: Outcome): Promise<Outcome> {
  if (outcome.type !== "context-full" && outcome.type !== "failed") return outcome;
  const isRejected = isOfContent(outcome);
  if (isRejected === undefined) return outcome;
  const prefill = wordsAtEnd(writer.path);
  const added = addedSinceReply(writer.path, prefill).filter(isRejected);
  const results = added.flatMap((entry) => toolResultIds(entry.content));
  const inputs = added.filter((entry) => toolResultIds(entry.content).length === 0);
  // The words that a reply to them would have gone on from go with them.
  const entryIds = (inputs.length > 0 ? [...inputs, ...prefill] : []).map(({ id }) => id);
  const boundaries: [Boundary, Bill][] = [];
  if (entryIds.length > 0) boundaries.push([{ type: "left-out", entryIds, reason: "rejected" }, NO_BILL]);
  // Nothing of these was ever cached or answered; the results are what the pairs lose.
  if (results.length > 0)
    boundaries.push([
      { type: "clear", toolUseIds: results },
      { ...NO_BILL, toolPairs: pairsOf(writer, results) },
    ]);
  if (boundaries.length === 0) return outcome;
  await writer.append(...boundaries.map(([boundary, bill]) => writer.draw({ kind: "boundary", boundary, bill })));
  return entryIds.length > 0 ? { ...outcome, leftOut: entryIds } : outcome;
}

/** A result that no call waits for is told as text, and is no half of a pair; one that is a placeholder already is not sent. */
function pairsOf({ path }: BranchWriter, results: readonly string[]): number {
  const sent = tellLateResults(applyBoundaries(path)).flatMap(({ content }) => content);
  return sent.filter((block) => block.content !== CLEARED_RESULT && toolResultIds([block]).some((id) => results.includes(id))).length;
}

/** Which of the entries that were added the outcome speaks of; `undefined` where it speaks of none. */
function isOfContent(outcome: Extract<Outcome, { type: "context-full" | "failed" }>): ((entry: MessageEntry) => boolean) | undefined {
  if (outcome.type === "context-full") return () => true;
  const { status, message } = outcome.failure;
  // Those are about thinking and texts; no media that were added are to blame.
  if (message.includes("bound to a different conversation") || isOfBlankText(message)) return undefined;
  return status === 400 || status === 413 ? ({ content }) => content.some(holdsMedia) : undefined;
}

/** What people, tools and programs said since the last reply. Instructions stay: what is said next needs them. */
function addedSinceReply(path: readonly Entry[], prefill: readonly MessageEntry[]): readonly MessageEntry[] {
  const messages = path.filter((entry): entry is MessageEntry => entry.kind === "message" && !prefill.includes(entry));
  return messages.slice(messages.findLastIndex(({ role }) => role === "assistant") + 1).filter(({ role }) => role === "user");
}

function holdsMedia(block: ContentBlock): boolean {
  if (block.type === "tool_result") return Array.isArray(block.content) && (block.content as ContentBlock[]).some(holdsMedia);
  return block.type !== "text";
}
