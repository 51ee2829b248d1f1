import { storeErrors } from "@antiphon/core";
import type { Branch, BranchKey } from "@antiphon/core";
import type { Database } from "./database.ts";

const COLUMNS = `
  b.id, b.parent_branch_id, b.fork_seq, b.created_at,
  coalesce((SELECT max(e.seq) FROM entries AS e WHERE e.conversation_id = b.conversation_id AND e.branch_id = b.id), b.fork_seq) AS tip_seq`;
const ONE = `SELECT ${COLUMNS} FROM branches AS b WHERE b.conversation_id = ? AND b.id = ?`;
const ALL = `SELECT ${COLUMNS} FROM branches AS b WHERE b.conversation_id = ? ORDER BY b.rowid`;

interface BranchRow {
  readonly id: string;
  readonly parent_branch_id: string | null;
  readonly fork_seq: number;
  readonly created_at: number;
  readonly tip_seq: number;
}

/** A branch, with its tip as it is at this instant. */
export function findBranch(database: Database, { conversationId, branchId }: BranchKey): Branch | undefined {
  const row = database.get(ONE, conversationId, branchId);
  return row && toBranch(row);
}

/** The same for a caller who must have it. Throws `not_found`, of the conversation where that is what is missing. */
export function needBranch(database: Database, key: BranchKey): Branch {
  const branch = findBranch(database, key);
  if (branch !== undefined) return branch;
  needConversation(database, key.conversationId);
  throw storeErrors.noBranch(key);
}

/** Throws `not_found` where there is no such conversation. */
export function needConversation(database: Database, conversationId: string): void {
  if (database.get("SELECT 1 FROM conversations WHERE id = ?", conversationId) === undefined)
    throw storeErrors.noConversation(conversationId);
}

/** All branches of a conversation, in the order in which they were made. */
export function allBranches(database: Database, conversationId: string): Branch[] {
  return database.all(ALL, conversationId).map(toBranch);
}

function toBranch(row: unknown): Branch {
  const { id, parent_branch_id: parentBranchId, fork_seq: forkSeq, tip_seq: tipSeq, created_at: createdAt } = row as BranchRow;
  return { id, ...(parentBranchId !== null && { parentBranchId }), forkSeq, tipSeq, createdAt };
}
