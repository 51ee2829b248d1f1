import { storeErrors } from "@antiphon/core";
import type { Append, AppendResult, BranchKey, DraftChunk, NewEntry } from "@antiphon/core";
import { needBranch } from "./branches.ts";
import type { Database } from "./database.ts";
import { toRow } from "./entry-row.ts";

const IDS = "SELECT id FROM entries WHERE conversation_id = ? AND branch_id = ? AND seq BETWEEN ? AND ? ORDER BY seq";
const INSERT = `
INSERT INTO entries (conversation_id, branch_id, seq, id, created_at, kind, role, origin, author, external_id, content, reply, body)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const FENCE = "SELECT fence FROM leases WHERE conversation_id = ? AND branch_id = ?";
const USE = "UPDATE conversations SET used_at = ? WHERE id = ? AND used_at < ?";
const DRAFT_ID = "SELECT draft_id FROM drafts WHERE conversation_id = ? AND branch_id = ? LIMIT 1";
const DROP_DRAFT = "DELETE FROM drafts WHERE conversation_id = ? AND branch_id = ?";
const ADD_CHUNK = "INSERT OR IGNORE INTO drafts (conversation_id, branch_id, number, draft_id, text) VALUES (?, ?, ?, ?, ?)";

/** An append in wire form, made before the transaction begins: what takes long must not hold the lock. */
export function prepareAppend({
  conversationId,
  branchId,
  expectedTip,
  entries = [],
  draft: chunk,
  at,
  fence,
}: Append): (database: Database) => AppendResult {
  const key = { conversationId, branchId };
  const rows = inWireForm(entries);
  const draft = chunk && { ...chunk, text: JSON.stringify(chunk.text) };
  const tipSeq = expectedTip + rows.length;
  return (database) => {
    const branch = needBranch(database, key);
    if (rows.length > 0 && branch.tipSeq >= tipSeq) {
      const there = database.all(IDS, conversationId, branchId, expectedTip + 1, tipSeq);
      if (rows.every(({ id }, index) => there[index]?.["id"] === id)) return { tipSeq };
    }
    const newest = database.get(FENCE, conversationId, branchId)?.["fence"] as number | undefined;
    if (fence !== undefined && newest !== undefined && fence < newest) throw storeErrors.leaseLost(key, fence, newest);
    if (branch.tipSeq !== expectedTip) throw storeErrors.tipMoved(key, expectedTip, branch.tipSeq);

    for (const [index, { id, created_at, kind, role, origin, author, external_id, content, reply, body }] of rows.entries()) {
      const seq = expectedTip + 1 + index;
      database.run(INSERT, conversationId, branchId, seq, id, created_at, kind, role, origin, author, external_id, content, reply, body);
    }
    if (rows.length > 0) database.run(DROP_DRAFT, conversationId, branchId);
    if (draft !== undefined) addChunk(database, key, draft);
    database.run(USE, at, conversationId, at);
    return { tipSeq };
  };
}

function inWireForm(entries: readonly NewEntry[]): ReturnType<typeof toRow>[] {
  try {
    return entries.map(toRow);
  } catch (error) {
    throw storeErrors.notJson(error);
  }
}

/** Adds a chunk whose text is a JSON string already. */
function addChunk(database: Database, { conversationId, branchId }: BranchKey, { draftId, number, text }: DraftChunk): void {
  const there = database.get(DRAFT_ID, conversationId, branchId)?.["draft_id"];
  if (there !== undefined && there !== draftId) database.run(DROP_DRAFT, conversationId, branchId);
  database.run(ADD_CHUNK, conversationId, branchId, number, draftId, text);
}
