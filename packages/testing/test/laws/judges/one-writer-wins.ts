import type { Entry, Outcome } from "@antiphon/core";
import { requestsOf } from "../trace.ts";
import type { Judge } from "./judge.ts";
import { endOfReply, stopReasonAt } from "./whole-reply.ts";

/**
 * Law 8. Of two writers at one tip one extends it: every path is one line. The other is told where its words are kept, and they are
 * there; and so is every whole reply that reached a process which could still write.
 */
export const oneWriterWins: Judge = (trace) => {
  const { paths, told, firstSeen } = trace;
  // A branch on which nothing was ever written keeps nobody's words.
  const branches = new Set(paths.flatMap(({ entries }) => entries.map(({ branchId }) => branchId)));
  const kept = new Set([...firstSeen.values()].map(requestIdOf));
  const torn = paths.filter(({ entries }) => entries.some(({ seq }, at) => seq !== at + 1));
  const homeless = told.filter(({ keptOnBranchId }) => keptOnBranchId !== undefined && !branches.has(keptOnBranchId));
  const lost = requestsOf(trace).filter(({ turn, delivered, requestId }) => {
    // Who loses its lease reads no further.
    if (turn.crashed || turn.aborted || hasLostLease(turn.outcome) || delivered?.ending !== "end" || requestId === undefined) return false;
    // Without a stop reason it is a part, and one that says nothing is none.
    const end = endOfReply(delivered);
    return end !== -1 && stopReasonAt(delivered, end) !== null && !kept.has(requestId);
  });
  return [
    ...torn.map(({ branch }) => `the path of ${branch.id} is not one line`),
    ...homeless.map(({ code, keptOnBranchId }) => `${code} names branch ${keptOnBranchId}, where nothing is`),
    ...lost.map(({ requestId }) => `the whole reply to ${requestId} is nowhere`),
  ];
};

function hasLostLease(outcome: Outcome | undefined): boolean {
  return outcome?.type === "failed" && outcome.failure.code === "lease_lost";
}

function requestIdOf(entry: Entry): string | undefined {
  return entry.kind === "message" ? entry.reply?.requestId : undefined;
}
