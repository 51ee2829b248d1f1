import type { Bill } from "../conversation/bill.ts";
import type { Entry, MessageEntry } from "../conversation/entry.ts";
import type { Outcome } from "../stop/outcome.ts";
import type { BranchWriter } from "../store/branch-writer.ts";
import { applyBoundaries } from "../request/boundaries.ts";
import { wordsAtEnd } from "./take-up-prefill.ts";

/**
 * After a refusal: the refused reply is left out of later requests, and so is the input that it refused, unless tools have
 * run since (their rounds stay, and so does what asked for them). Everything stays stored.
 */
export async function leaveOut(writer: BranchWriter, outcome: Outcome, entry: MessageEntry): Promise<Outcome> {
  const refusedInput = inputBefore(writer.path, entry);
  const entryIds = [...refusedInput, entry.id];
  await writer.append(
    writer.draw({ kind: "boundary", boundary: { type: "left-out", entryIds, reason: "refusal" }, bill: bill(entry, refusedInput) }),
  );
  return outcome.type === "refused" ? { ...outcome, leftOut: entryIds } : outcome;
}

/** The messages that the refused reply answers: those since the reply before it. Results of tools stay, and so does what asked for them. */
function inputBefore(path: readonly Entry[], entry: MessageEntry): string[] {
  const ids: string[] = [];
  // What a summary stands for is not sent already: leaving it out would say and cost more than is so.
  const sent = new Set(applyBoundaries(path).map(({ entryId }) => entryId));
  const prefill = new Set(wordsAtEnd(path.slice(0, path.indexOf(entry))).map(({ id }) => id));
  for (let at = path.indexOf(entry) - 1; at >= 0; at -= 1) {
    const before = path[at]!;
    if (before.kind !== "message") continue;
    // What the refused reply went on from belongs to it; any other words of the assistant end the exchange before.
    if (before.role === "assistant" && !prefill.has(before.id)) break;
    // An instruction was not refused, and what is said next needs it.
    if (before.role === "system") continue;
    if (!sent.has(before.id) || before.content.some((block) => block.type === "tool_result")) continue;
    ids.unshift(before.id);
  }
  return ids;
}

/** What the refused request wrote to the cache is behind the cut; a refused reply was never part of a request. */
function bill(entry: MessageEntry, refusedInput: readonly string[]): Bill {
  const written = entry.reply?.usage?.cache_creation_input_tokens;
  return { thinkingBlocks: 0, toolPairs: 0, cachedTokens: refusedInput.length > 0 && typeof written === "number" ? written : 0 };
}
