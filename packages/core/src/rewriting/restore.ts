import type { Bill } from "../conversation/bill.ts";
import type { BoundaryEntry, Entry } from "../conversation/entry.ts";
import { AntiphonError } from "../errors.ts";
import { boundariesInForce } from "../request/boundaries.ts";
import type { AcceptOptions } from "./accept-bill.ts";
import { NOTHING_DONE, rewrite, type Rewriting } from "./rewrite.ts";
import { ownId } from "../own-options.ts";

/**
 * Takes back an earlier boundary: from here on the next request is as if it had never been. Free, and stores nothing, where it was
 * taken back already. Errors: `not_found`, `invalid_input` for what cannot be taken back; those of {@link rewrite}.
 */
export async function restore(rewriting: Rewriting, boundaryId: string, options: AcceptOptions): Promise<Bill> {
  const { path, key } = rewriting.writer;
  ownId(boundaryId, "entry");
  const entry = path.find(({ id }) => id === boundaryId);
  if (entry === undefined) throw new AntiphonError("not_found", `There is no entry ${boundaryId} on the path of branch ${key.branchId}.`);
  requireRestorable(entry);
  if (!boundariesInForce(path).includes(entry)) return NOTHING_DONE;
  return rewrite(rewriting, { type: "restored", boundaryId }, options);
}

function requireRestorable(entry: Entry): asserts entry is BoundaryEntry {
  if (entry.kind !== "boundary") throw refused(entry, `is of kind ${entry.kind}, not a boundary`, "Name a boundary of `entries`.");
  const { boundary } = entry;
  switch (boundary.type) {
    case "settings":
      throw refused(entry, "changed the settings", "Give the earlier ones to `update`.");
    case "erase":
      throw refused(entry, "is an erasure, and what it took is nowhere any more", "There is no way back from that.");
    case "left-out":
      if (boundary.reason === "undo") throw refused(entry, "marks an undo", "Use `redo`.");
      return;
    case "superseded":
    case "compaction":
    case "clear":
    case "window":
    case "restored":
      return;
    default:
      boundary satisfies never;
  }
}

function refused({ id }: Entry, what: string, remedy: string): AntiphonError {
  return new AntiphonError("invalid_input", `Entry ${id} ${what}, so it cannot be restored. ${remedy}`);
}
