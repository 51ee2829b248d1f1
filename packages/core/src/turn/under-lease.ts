import type { Host } from "../host.ts";
import type { BranchWriter } from "../store/branch-writer.ts";
import { lastRequestOf } from "../usage/usage-row.ts";
import { holdLease, type WhenHeld } from "./hold-lease.ts";
import { recoverDraft } from "./recover-draft.ts";
import { requireSameTip } from "./require-same-tip.ts";

/**
 * Runs a write outside a turn: alone on its branch, at the tip its caller knows, and behind what a dead turn left as a draft. One that
 * waits for the turn that runs there is for whatever that has said. It is given the id of what was recovered just now.
 */
export function underLease<T>(
  host: Host,
  writer: BranchWriter,
  write: (recoveredId: string | undefined) => Promise<T>,
  whenHeld: WhenHeld = "fail",
): Promise<T> {
  return holdLease({ ...host, writer, whenHeld, signal: new AbortController().signal }, async ({ hasWaited }) => {
    await (hasWaited ? writer.catchUp() : requireSameTip(writer));
    const known = writer.path.length;
    const recoveredId = await recoverDraft(host.store, writer);
    if (recoveredId !== undefined) await accountForNews(host, writer, known);
    const stored = writer.path.length;
    const written = await write(recoveredId);
    await accountForNews(host, writer, stored);
    return written;
  });
}

/** Accounts for the last reply, if it stands behind the first `known` entries. A ledger that does not take it now is given it again with the next. */
async function accountForNews({ recorder }: Host, { path, key }: BranchWriter, known: number): Promise<void> {
  const row = lastRequestOf(key.conversationId, path);
  if (path.slice(known).some(({ id }) => id === row?.id)) await recorder.record(row);
}
