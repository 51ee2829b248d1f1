import { listCursorAfter, settleListQuery, storeErrors } from "@antiphon/core";
import type { ConversationPage, ConversationRecord, ConversationSummary, ListQuery, NewConversation } from "@antiphon/core";
import { allBranches } from "./branches.ts";
import type { Database } from "./database.ts";

const FIND = "SELECT id, created_at, used_at, head_branch_id, hash_key FROM conversations WHERE id = ?";
const FIRST_BRANCH = "SELECT id FROM branches WHERE conversation_id = ? AND parent_branch_id IS NULL";
const INSERT = "INSERT INTO conversations (id, created_at, used_at, head_branch_id, hash_key) VALUES (?, ?, ?, ?, ?)";
const INSERT_BRANCH = "INSERT INTO branches (conversation_id, id, parent_branch_id, fork_seq, created_at) VALUES (?, ?, ?, ?, ?)";
const METADATA = "SELECT name, value FROM metadata WHERE conversation_id = ? ORDER BY name";
const SET_METADATA = "INSERT OR REPLACE INTO metadata (conversation_id, name, value) VALUES (?, ?, ?)";
const DROP_METADATA = "DELETE FROM metadata WHERE conversation_id = ? AND name = ?";

interface ConversationRow {
  readonly id: string;
  readonly created_at: number;
  readonly used_at: number;
  readonly head_branch_id: string;
  readonly hash_key: string;
}

/** Makes the row, its first branch and its metadata; false where they are there already. */
export function insertConversation(database: Database, { id, branchId, createdAt, hashKey, metadata = {} }: NewConversation): boolean {
  const there = findRow(database, id);
  if (there !== undefined) {
    const isSame = there.created_at === createdAt && there.hash_key === hashKey && database.get(FIRST_BRANCH, id)?.["id"] === branchId;
    if (isSame) return false;
    throw storeErrors.conversationTaken(id);
  }
  database.run(INSERT, id, createdAt, createdAt, branchId, hashKey);
  insertBranch(database, { conversationId: id, id: branchId, parentBranchId: null, forkSeq: 0, createdAt });
  setMetadata(database, id, metadata);
  return true;
}

export function insertBranch(
  database: Database,
  branch: { conversationId: string; id: string; parentBranchId: string | null; forkSeq: number; createdAt: number },
): void {
  database.run(INSERT_BRANCH, branch.conversationId, branch.id, branch.parentBranchId, branch.forkSeq, branch.createdAt);
}

/** Sets the given fields and removes those given as `undefined`. */
export function setMetadata(database: Database, id: string, metadata: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(metadata)) {
    if (value === undefined) database.run(DROP_METADATA, id, name);
    else database.run(SET_METADATA, id, name, value);
  }
}

export function findConversation(database: Database, id: string): ConversationRecord | undefined {
  const row = findRow(database, id);
  return row && { ...toSummary(database, row), hashKey: row.hash_key, branches: allBranches(database, id) };
}

export function findSummary(database: Database, id: string): ConversationSummary {
  const row = findRow(database, id);
  if (row === undefined) throw storeErrors.noConversation(id);
  return toSummary(database, row);
}

/** One page, by the index of last use; with metadata, from the index of the first pair. */
export function listConversations(database: Database, query?: ListQuery): ConversationPage {
  const { limit, after, idPrefix, metadata } = settleListQuery(query);
  const conditions = metadata.map(
    (_pair, index) =>
      `${index === 0 ? "id IN (SELECT" : "EXISTS (SELECT"} conversation_id FROM metadata WHERE name = ? AND value = ?${index === 0 ? ")" : " AND conversation_id = id)"}`,
  );
  const values: (string | number)[] = metadata.flat();
  if (idPrefix !== "") {
    conditions.push("id >= ? AND substr(id, 1, length(?)) = ?");
    values.push(idPrefix, idPrefix, idPrefix);
  }
  if (after !== undefined) {
    conditions.push("(used_at, id) < (?, ?)");
    values.push(after.usedAt, after.id);
  }
  const where = conditions.length > 0 ? `WHERE ${conditions.join(" AND ")}` : "";
  const sql = `SELECT id, created_at, used_at, head_branch_id, hash_key FROM conversations ${where} ORDER BY used_at DESC, id DESC LIMIT ?`;
  const rows = database.all(sql, ...values, limit + 1) as unknown as ConversationRow[];
  const conversations = rows.slice(0, limit).map((row) => toSummary(database, row));
  const end = conversations.at(-1);
  return end !== undefined && rows.length > limit ? { conversations, cursor: listCursorAfter(end) } : { conversations };
}

function findRow(database: Database, id: string): ConversationRow | undefined {
  return database.get(FIND, id) as ConversationRow | undefined;
}

function toSummary(database: Database, row: ConversationRow): ConversationSummary {
  const metadata = Object.fromEntries(database.all(METADATA, row.id).map(({ name, value }) => [name, value])) as Record<string, string>;
  return { id: row.id, createdAt: row.created_at, usedAt: row.used_at, headBranchId: row.head_branch_id, metadata };
}
