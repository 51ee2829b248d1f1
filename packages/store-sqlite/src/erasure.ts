import { tombstoneOf } from "@antiphon/core";
import type { Database } from "./database.ts";
import { fromRow, toRow } from "./entry-row.ts";
import type { EntryRow } from "./entry-row.ts";

const FIND = `
SELECT rowid, branch_id, seq, id, created_at, kind, role, origin, author, external_id, content, reply, body
FROM entries WHERE id = ? AND conversation_id = ?`;
const OVERWRITE = "UPDATE entries SET role = ?, origin = ?, author = ?, external_id = ?, content = ?, reply = ?, body = ? WHERE rowid = ?";

/** Every table that has rows of a conversation, the conversation itself last. */
const DELETES = [
  "DELETE FROM drafts WHERE conversation_id = ?",
  "DELETE FROM leases WHERE conversation_id = ?",
  "DELETE FROM entries WHERE conversation_id = ?",
  "DELETE FROM branches WHERE conversation_id = ?",
  "DELETE FROM metadata WHERE conversation_id = ?",
  "DELETE FROM conversations WHERE id = ?",
];

export function eraseConversation(database: Database, conversationId: string): void {
  for (const sql of DELETES) database.run(sql, conversationId);
}

/** Overwrites entries with their tombstones, and drops the drafts of the conversation. */
export function eraseEntries(database: Database, conversationId: string, entryIds: readonly string[]): void {
  for (const entryId of entryIds) {
    for (const found of database.all(FIND, entryId, conversationId)) {
      const row = found as unknown as EntryRow & { rowid: number };
      const { id, created_at: createdAt } = row;
      const { role, origin, author, external_id, content, reply, body } = toRow({ id, createdAt, ...tombstoneOf(fromRow(row)) });
      database.run(OVERWRITE, role, origin, author, external_id, content, reply, body, row.rowid);
    }
  }
  database.run("DELETE FROM drafts WHERE conversation_id = ?", conversationId);
}
