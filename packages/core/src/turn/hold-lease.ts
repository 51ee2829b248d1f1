import type { Environment } from "../environment.ts";
import { AntiphonError } from "../errors.ts";
import type { BranchWriter } from "../store/branch-writer.ts";
import type { ConversationStore, Lease } from "../store/conversation-store.ts";
import { pause } from "./pause.ts";

/** Long enough that a busy machine renews in time, short enough that nobody waits long for a dead one. */
const LEASE_MS = 10_000;

/** How often a waiting turn asks again, and for how long. */
const ASK_AGAIN_MS = 200;
const WAIT_MS = 10 * 60_000;

/** What a turn does where another runs: fail at once, or wait until it has ended. */
export type WhenHeld = "fail" | "wait";

export interface LeaseOptions {
  readonly store: ConversationStore;
  readonly writer: BranchWriter;
  readonly environment: Environment;
  readonly holder: string;
  readonly whenHeld: WhenHeld;
  readonly signal: AbortSignal;
}

/**
 * Runs `work` as the only one who may extend the branch. `lost` aborts when the lease is gone: a paused process that comes
 * back must stop, and its writes are refused by their fencing token.
 * Errors: `busy` where another holder runs a turn there; an `AbortError` where the signal ends the waiting.
 */
export async function holdLease<T>(options: LeaseOptions, work: (lost: AbortSignal) => Promise<T>): Promise<T> {
  const { store, writer, environment } = options;
  let lease = await acquire(options);
  const lost = new AbortController();
  let ended = false;
  writer.hold(lease);
  let callOff = environment.after(LEASE_MS / 3, renew);
  function renew(): void {
    store.renewLease(lease, LEASE_MS).then(
      (renewed) => {
        lease = renewed;
        if (!ended) callOff = environment.after(LEASE_MS / 3, renew);
      },
      (error: unknown) => lost.abort(error),
    );
  }
  try {
    return await work(lost.signal);
  } finally {
    ended = true;
    callOff();
    writer.hold(undefined);
    // A lease that cannot be given back runs out by itself.
    await store.releaseLease(lease).catch(() => undefined);
  }
}

async function acquire(options: LeaseOptions): Promise<Lease> {
  const { store, writer, environment } = options;
  // Every turn is a holder of its own, so that two turns of one process exclude each other too.
  const request = { ...writer.key, holder: `${options.holder}/${environment.randomId()}`, ttlMs: LEASE_MS };
  const until = environment.now() + WAIT_MS;
  for (;;) {
    const lease = await store.acquireLease(request);
    if (lease !== undefined) return lease;
    if (options.whenHeld === "fail" || environment.now() >= until) break;
    await pause(environment, ASK_AGAIN_MS, options.signal);
    if (options.signal.aborted)
      throw new DOMException("The turn was aborted while it waited for another to end. Nothing was stored.", "AbortError");
  }
  throw new AntiphonError("busy", `A turn is running in conversation ${writer.key.conversationId}. Wait for it to end, or fork.`, {
    details: { ...writer.key },
  });
}
