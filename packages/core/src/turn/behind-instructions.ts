import { NO_BILL } from "../conversation/bill.ts";
import type { NewEntry } from "../conversation/entry.ts";
import { trailingSystemMessages } from "../request/instructions.ts";
import type { ProjectOptions } from "../request/project.ts";
import type { BranchWriter } from "../store/branch-writer.ts";

/**
 * The entries by which a message of the user's side is added. Where the request so far would end in `system` messages, it may have
 * been sent so and got no reply, and the API takes no `system` message in front of the user's: they are left out in their
 * place and said again behind the new message, so that nothing moves on the send path without an entry that says so.
 */
export function behindInstructions(writer: BranchWriter, message: NewEntry, options: ProjectOptions): readonly NewEntry[] {
  if (message.kind !== "message" || message.role !== "user") return [message];
  const moved = trailingSystemMessages(writer.path, options);
  if (moved.length === 0) return [message];
  const entryIds = moved.map(({ id }) => id);
  const copies = moved.map(({ id: _id, createdAt: _createdAt, branchId: _branchId, seq: _seq, ...body }) => writer.draw(body));
  const mark = writer.draw({ kind: "boundary", boundary: { type: "left-out", entryIds, reason: "said again below" }, bill: NO_BILL });
  return [mark, message, ...copies];
}
