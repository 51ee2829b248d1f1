import { storeErrors } from "@antiphon/core";
import type { Lease, LeaseRequest } from "@antiphon/core";
import { needBranch } from "./branches.ts";
import type { Database } from "./database.ts";
import { isDead } from "./process-identity.ts";
import type { ProcessIdentity } from "./process-identity.ts";

const FIND =
  "SELECT holder, fence, expires_at, owner_host, owner_pid, owner_started FROM leases WHERE conversation_id = ? AND branch_id = ?";
const GRANT = `
INSERT OR REPLACE INTO leases (conversation_id, branch_id, holder, fence, expires_at, owner_host, owner_pid, owner_started)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;
const SET_END = "UPDATE leases SET expires_at = ? WHERE conversation_id = ? AND branch_id = ?";

interface LeaseRow {
  readonly holder: string;
  readonly fence: number;
  /** `null`: given back. */
  readonly expires_at: number | null;
  readonly owner_host: string;
  readonly owner_pid: number;
  readonly owner_started: string | null;
}

/** Grants a lease, or tells that another holder has it. A holder of this host whose process is dead holds nothing. */
export function acquire(
  database: Database,
  request: LeaseRequest,
  { now, owner }: { now: number; owner: ProcessIdentity },
): Lease | undefined {
  const { conversationId, branchId, holder, ttlMs } = request;
  needBranch(database, request);
  const row = find(database, request);
  if (row !== undefined && row.holder !== holder && isHeld(row, now)) return undefined;
  const fence = (row?.fence ?? 0) + 1;
  const expiresAt = now + ttlMs;
  database.run(GRANT, conversationId, branchId, holder, fence, expiresAt, owner.host, owner.pid, owner.started);
  return { conversationId, branchId, holder, fence, expiresAt };
}

/** Moves the end of a lease, expired or not, that nobody took since. Throws `lease_lost`. */
export function renew(database: Database, lease: Lease, expiresAt: number): Lease {
  const row = find(database, lease);
  if (row?.fence !== lease.fence || row.expires_at === null) throw storeErrors.leaseLost(lease, lease.fence, row?.fence);
  database.run(SET_END, expiresAt, lease.conversationId, lease.branchId);
  const { conversationId, branchId, holder, fence } = lease;
  return { conversationId, branchId, holder, fence, expiresAt };
}

/** Ends a lease if it is the newest. */
export function release(database: Database, lease: Lease): void {
  if (find(database, lease)?.fence === lease.fence) database.run(SET_END, null, lease.conversationId, lease.branchId);
}

function find(database: Database, { conversationId, branchId }: Pick<Lease, "conversationId" | "branchId">): LeaseRow | undefined {
  return database.get(FIND, conversationId, branchId) as LeaseRow | undefined;
}

function isHeld(row: LeaseRow, now: number): boolean {
  if (row.expires_at === null || row.expires_at <= now) return false;
  return !isDead({ host: row.owner_host, pid: row.owner_pid, started: row.owner_started });
}
