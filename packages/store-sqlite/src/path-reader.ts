import { AntiphonError, pathSegments } from "@antiphon/core";
import type { Branch, Entry, PathSegment, ReadQuery } from "@antiphon/core";
import { needBranch, needConversation } from "./branches.ts";
import type { Database } from "./database.ts";
import { fromRow } from "./entry-row.ts";
import type { EntryRow } from "./entry-row.ts";

/** What is read in one go: it bounds memory, and how long the event loop stands still. */
const PAGE_ENTRIES_MAX = 256;
const PAGE_CHARACTERS_MAX = 1024 * 1024;

const RANGE = `
SELECT branch_id, seq, id, created_at, kind, role, origin, author, external_id, content, reply, body
FROM entries WHERE conversation_id = ? AND branch_id = ? AND seq BETWEEN ? AND ? ORDER BY seq`;

/** The entries of a path. Entries are never moved or removed, so pages read one after the other belong together. */
export async function* readPath(database: Database, query: ReadQuery): AsyncGenerator<Entry, void> {
  let rest = await database.read(() => segmentsOf(database, query));
  while (rest.length > 0) {
    const page = await database.read(() => readPage(database, query.conversationId, rest));
    for (const entry of page.entries) {
      database.checkOpen();
      yield entry;
    }
    rest = page.rest;
  }
}

/** The stretches of the path that are asked for. Only the forks between the tip and the first of them are looked at. */
function segmentsOf(
  database: Database,
  { conversationId, branchId, last = Number.POSITIVE_INFINITY, afterSeq = 0 }: ReadQuery,
): PathSegment[] {
  let branch = needBranch(database, { conversationId, branchId });
  const behind = Math.max(afterSeq, branch.tipSeq - last);
  const branches = new Map<string, Branch>();
  while (branch.parentBranchId !== undefined && branch.forkSeq > behind) {
    if (branches.has(branch.id)) break;
    branches.set(branch.id, branch);
    branch = needBranch(database, { conversationId, branchId: branch.parentBranchId });
  }
  const { parentBranchId: _beyond, ...root } = branch;
  branches.set(root.id, root);
  return pathSegments(branches, branchId)
    .filter(({ toSeq }) => toSeq > behind)
    .map((segment) => ({ ...segment, fromSeq: Math.max(segment.fromSeq, behind + 1) }));
}

function readPage(database: Database, conversationId: string, segments: readonly PathSegment[]): { entries: Entry[]; rest: PathSegment[] } {
  const entries: Entry[] = [];
  let characters = 0;
  for (const [index, { branchId, fromSeq, toSeq }] of segments.entries()) {
    let next = fromSeq;
    for (const row of database.iterate(RANGE, conversationId, branchId, fromSeq, toSeq)) {
      const entry = row as unknown as EntryRow;
      if (entry.seq !== next) throw missing(database, { conversationId, branchId, seq: next });
      entries.push(fromRow(entry));
      next = entry.seq + 1;
      characters += (entry.content?.length ?? 0) + (entry.body?.length ?? 0);
      if (entries.length >= PAGE_ENTRIES_MAX || characters >= PAGE_CHARACTERS_MAX) break;
    }
    if (entries.length >= PAGE_ENTRIES_MAX || characters >= PAGE_CHARACTERS_MAX) {
      const cut = next <= toSeq ? [{ branchId, fromSeq: next, toSeq }] : [];
      return { entries, rest: [...cut, ...segments.slice(index + 1)] };
    }
    if (next <= toSeq) throw missing(database, { conversationId, branchId, seq: next });
  }
  return { entries, rest: [] };
}

/** Entries go only with their whole conversation; where it is still there, the file was changed by another hand. */
function missing(database: Database, place: { conversationId: string; branchId: string; seq: number }): AntiphonError {
  needConversation(database, place.conversationId);
  const { conversationId, branchId, seq } = place;
  return new AntiphonError(
    "not_a_store",
    `The database is damaged: entry ${seq} of branch ${JSON.stringify(branchId)} is missing. Restore a backup.`,
    {
      details: { conversationId, branchId, seq },
    },
  );
}
