import type { Environment } from "../environment.ts";
import { AntiphonError, isAntiphonError } from "../errors.ts";
import type { BranchWriter } from "../store/branch-writer.ts";
import type { ConversationStore, Lease } from "../store/conversation-store.ts";
import { pause } from "./pause.ts";

/** Long enough that a busy machine renews in time, short enough that nobody waits long for a dead one. */
const LEASE_MS = 10_000;

/** How often a waiting turn asks again, and for how long; also how often a renewal that failed is tried again. */
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
  /** A short write that its handle's caller knows nothing of: their own turn waits for it, and is not busy. */
  readonly isAside?: boolean;
  readonly signal: AbortSignal;
}

/** What the holder of a lease works with. */
export interface Held {
  /** Aborts when the lease is gone: a paused process that comes back must stop, and its writes are refused by their fencing token. */
  readonly lost: AbortSignal;
  /** Whether another turn had to end first. */
  readonly hasWaited: boolean;
}

/**
 * Runs `work` as the only one who may extend the branch, in this process and in any other. Errors: `busy` where another
 * holder runs a turn there; an `AbortError` where the signal ends the waiting.
 */
export async function holdLease<T>(options: LeaseOptions, work: (held: Held) => Promise<T>): Promise<T> {
  const { store, writer, environment } = options;
  const turn = writer.enter(options);
  let hasWaited = false;
  try {
    // Of one handle's turns each waits for the one before, whatever becomes of that one's lease.
    if (turn.before !== undefined) {
      if (options.whenHeld === "fail" && turn.isBehindTurn) throw busy(writer);
      hasWaited = turn.isBehindTurn;
      await untilAborted(turn.before, options.signal);
    }
    const acquired = await acquire(options);
    const renewal = keepRenewing(store, acquired.lease, environment);
    writer.hold(acquired.lease);
    try {
      return await work({ lost: renewal.lost, hasWaited: hasWaited || acquired.hasWaited });
    } finally {
      writer.hold(undefined);
      // A lease that cannot be given back runs out by itself.
      await store.releaseLease(renewal.stop()).catch(() => undefined);
    }
  } finally {
    turn.leave();
  }
}

/** Extends a lease for as long as it is held. A store that fails for a moment is asked again until the lease has run out. */
function keepRenewing(store: ConversationStore, granted: Lease, environment: Environment): { lost: AbortSignal; stop: () => Lease } {
  const lost = new AbortController();
  let lease = granted;
  let grantedAt = environment.now();
  let ended = false;
  let callOff = environment.after(LEASE_MS / 3, renew);
  function renew(): void {
    const asked = environment.now();
    store.renewLease(lease, LEASE_MS).then(
      (renewed) => {
        lease = renewed;
        grantedAt = asked;
        if (!ended) callOff = environment.after(LEASE_MS / 3, renew);
      },
      (error: unknown) => {
        const isOver = isAntiphonError(error, "lease_lost") || environment.now() - grantedAt >= LEASE_MS;
        if (isOver) lost.abort(isAntiphonError(error) ? error : leaseRanOut(lease, error));
        else if (!ended) callOff = environment.after(ASK_AGAIN_MS, renew);
      },
    );
  }
  const stop = (): Lease => {
    ended = true;
    callOff();
    return lease;
  };
  return { lost: lost.signal, stop };
}

function leaseRanOut({ conversationId, branchId }: Lease, cause: unknown): AntiphonError {
  const message = `The lease on branch ${branchId} of conversation ${conversationId} could not be renewed in time. Look at the store, then resume.`;
  return new AntiphonError("lease_lost", message, { cause, details: { conversationId, branchId } });
}

async function acquire(options: LeaseOptions): Promise<{ lease: Lease; hasWaited: boolean }> {
  const { store, writer, environment } = options;
  // Every turn is a holder of its own, so that two turns of one process exclude each other too.
  const request = { ...writer.key, holder: `${options.holder}/${environment.randomId()}`, ttlMs: LEASE_MS };
  const until = environment.now() + WAIT_MS;
  for (let hasWaited = false; ; hasWaited = true) {
    const lease = await store.acquireLease(request);
    if (lease !== undefined) return { lease, hasWaited };
    if (options.whenHeld === "fail" || environment.now() >= until) throw busy(writer);
    await pause(environment, ASK_AGAIN_MS, options.signal);
    if (options.signal.aborted) throw abortedWaiting();
  }
}

async function untilAborted(before: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<void>();
  const onAbort = (): void => aborted.resolve();
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  await Promise.race([before, aborted.promise]);
  signal.removeEventListener("abort", onAbort);
  if (signal.aborted) throw abortedWaiting();
}

function abortedWaiting(): DOMException {
  return new DOMException("The turn was aborted while it waited for another to end. Nothing was stored.", "AbortError");
}

function busy({ key }: BranchWriter): AntiphonError {
  return new AntiphonError("busy", `A turn is running in conversation ${key.conversationId}. Wait for it to end, or fork.`, {
    details: { ...key },
  });
}
