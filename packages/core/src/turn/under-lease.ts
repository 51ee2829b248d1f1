import type { Host } from "../host.ts";
import type { BranchWriter } from "../store/branch-writer.ts";
import { holdLease } from "./hold-lease.ts";
import { recoverDraft } from "./recover-draft.ts";
import { requireSameTip } from "./require-same-tip.ts";

/** Runs a write outside a turn: alone on its branch, at the tip its caller knows, and behind what a dead turn left as a draft. */
export function underLease<T>(host: Host, writer: BranchWriter, write: () => Promise<T>): Promise<T> {
  return holdLease({ ...host, writer, whenHeld: "fail", signal: new AbortController().signal }, async () => {
    await requireSameTip(writer);
    await recoverDraft(host.store, writer);
    return write();
  });
}
