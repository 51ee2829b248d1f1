import { NO_BILL } from "../conversation/bill.ts";
import type { NewEntry } from "../conversation/entry.ts";
import type { Projection } from "../request/project.ts";
import type { BranchWriter } from "../store/branch-writer.ts";

/** What repair made up for a request, as the entries by which it stays. */
export function repairEntries(writer: BranchWriter, { repairs, superseded }: Projection): readonly NewEntry[] {
  const boundaries = superseded.map(({ entryId, content, thinkingBlocks }) =>
    writer.draw({ kind: "boundary", boundary: { type: "superseded", entryId, content }, bill: { ...NO_BILL, thinkingBlocks } }),
  );
  const answers = repairs.length > 0 ? [writer.draw({ kind: "message", role: "user", content: repairs, origin: "synthetic" })] : [];
  return [...boundaries, ...answers];
}
