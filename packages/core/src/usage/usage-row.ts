import type { Entry, MessageEntry, ReplyFacts } from "../conversation/entry.ts";
import type { Outcome, OutcomeType } from "../stop/outcome.ts";
import type { BranchKey } from "../store/conversation-store.ts";

/**
 * One request to the model and what it used. Holds ids, counts and the model's name, and nothing that anybody said: it outlives
 * the erasure of what it counts.
 */
export interface UsageRow {
  /** The id of the entry of its reply; for a request that no entry came of, one of its own. */
  readonly id: string;
  readonly conversationId: string;
  /** The branch that the request was made on. */
  readonly branchId: string;
  /** The entry of the input that the request goes back to; undefined where no person asked. All requests of one turn have it in common. */
  readonly turnId?: string;
  /** Milliseconds since 1970: when its end was stored. */
  readonly at: number;
  /** The model that answered; for a request without an answer, the one that was asked. */
  readonly model: string;
  /** `whole`: the API said why it stopped. `cut`: a part of a reply came. `nothing`: no reply came. */
  readonly end: "whole" | "cut" | "nothing";
  /** Of a whole reply: `end_turn`, `refusal`, ... */
  readonly stopReason?: string;
  /** How a request without a reply ended. */
  readonly outcome?: OutcomeType;
  /** The HTTP status of the API's answer to a request that it did not take. */
  readonly status?: number;
  /** As the API reported it, raw. Absent where it reported none. Where the reply was cut, what had been counted by then. */
  readonly usage?: Readonly<Record<string, unknown>>;
}

/**
 * The requests of a conversation that left an entry, from the paths of its branches, oldest first on each. A reply that several
 * paths share is one request, and one that was copied is one of the conversation that it was copied from. Pure: the same entries give the same rows, also after an erasure.
 */
export function requestsOf(conversationId: string, ...paths: readonly (readonly Entry[])[]): readonly UsageRow[] {
  const rows = new Map<string, UsageRow>();
  for (const path of paths) {
    let turnId: string | undefined;
    for (const entry of path) {
      if (entry.kind === "message" && isInput(entry)) turnId = entry.id;
      const reply = replyOf(entry);
      if (reply !== undefined && reply.copied !== true) rows.set(entry.id, rowOf(conversationId, turnId, entry, reply));
    }
  }
  return [...rows.values()];
}

/** The row of the last reply on a path, at the cost of looking back to the input that it answers. `undefined` where that is a copy. */
export function lastRequestOf(conversationId: string, path: readonly Entry[]): UsageRow | undefined {
  const at = path.findLastIndex((entry) => replyOf(entry) !== undefined);
  const reply = at === -1 ? undefined : replyOf(path[at]!);
  if (reply === undefined || reply.copied === true) return undefined;
  return rowOf(conversationId, turnBefore(path, at), path[at]!, reply);
}

/** A request that left no entry, as `unansweredRow` makes a row of it. `at` in milliseconds since 1970. */
export interface UnansweredRequest {
  readonly id: string;
  readonly key: BranchKey;
  /** The path that the request was made from. */
  readonly path: readonly Entry[];
  readonly at: number;
  readonly model: string;
  readonly outcome: Outcome;
  /** What the API had reported, where its stream began at all. */
  readonly usage?: Readonly<Record<string, unknown>> | undefined;
}

/** The row of a request that no entry came of: it failed, or died before it said anything. Nothing but the ledger knows of it. */
export function unansweredRow({ key, path, id, at, model, outcome, usage }: UnansweredRequest): UsageRow {
  const turnId = turnBefore(path, path.length);
  const about = { id, conversationId: key.conversationId, branchId: key.branchId, at, model, outcome: outcome.type };
  const status = statusOf(outcome);
  return {
    ...about,
    ...(turnId !== undefined && { turnId }),
    end: "nothing",
    ...(status !== undefined && { status }),
    ...(usage && { usage }),
  };
}

/** A full window is the API's 400 where nothing came of the request. */
function statusOf(outcome: Outcome): number | undefined {
  if (outcome.type === "context-full") return 400;
  return outcome.type === "failed" ? outcome.failure.status : undefined;
}

/** The row of a reply. */
export function rowOf(conversationId: string, turnId: string | undefined, entry: Entry, reply: ReplyFacts): UsageRow {
  const { model, whole, stopReason, usage } = reply;
  return {
    id: entry.id,
    conversationId,
    branchId: entry.branchId,
    ...(turnId !== undefined && { turnId }),
    at: entry.createdAt,
    model,
    end: whole ? "whole" : "cut",
    ...(stopReason !== null && { stopReason }),
    ...(usage && { usage }),
  };
}

/** What the API said about what it answered by this entry: a message, or a summary that it wrote. */
export function replyOf(entry: Entry): ReplyFacts | undefined {
  if (entry.kind === "message") return entry.reply;
  return entry.kind === "boundary" && entry.boundary.type === "compaction" ? entry.boundary.reply : undefined;
}

/** The last input before a place of a path. */
function turnBefore(path: readonly Entry[], end: number): string | undefined {
  for (let at = end - 1; at >= 0; at -= 1) {
    const entry = path[at]!;
    if (entry.kind === "message" && isInput(entry)) return entry.id;
  }
  return undefined;
}

/** What a person asked begins a turn; what tools answered and what was made up goes on with one. */
export function isInput({ role, origin }: MessageEntry): boolean {
  return role === "user" && (origin === "human" || origin === "imported");
}
