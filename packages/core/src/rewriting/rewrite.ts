import { type Bill, NO_BILL } from "../conversation/bill.ts";
import type { Boundary } from "../conversation/entry.ts";
import type { ProjectOptions } from "../request/project.ts";
import { requireRecordable } from "../request/require-sendable.ts";
import type { BranchWriter } from "../store/branch-writer.ts";
import { type AcceptOptions, requireAccepted } from "./accept-bill.ts";
import { changeBill, unbilled } from "./change-bill.ts";
import { requireSettled } from "./require-settled.ts";

/** What a rewriting operation works on: a branch under its lease, and how its path becomes a request. */
export interface Rewriting {
  readonly writer: BranchWriter;
  readonly projecting: ProjectOptions;
}

/**
 * Stores a boundary with its bill, if nothing is open, its bill is accepted and requests stay valid. Errors: `turn_open`,
 * `bill_not_accepted`, `invalid_request`; then nothing is stored.
 */
export async function rewrite({ writer, projecting }: Rewriting, boundary: Boundary, options: AcceptOptions): Promise<Bill> {
  requireSettled(writer.path);
  const bill = changeBill(writer.path, [unbilled(boundary)], projecting);
  requireAccepted(bill, options);
  const drawn = writer.draw({ kind: "boundary", boundary, bill });
  requireRecordable(writer.path, drawn, projecting);
  await writer.append(drawn);
  return bill;
}

/** What an operation answers that finds nothing to do. */
export const NOTHING_DONE: Bill = NO_BILL;
