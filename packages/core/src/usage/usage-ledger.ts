import type { UsageSum } from "./sum-usage.ts";
import type { UsageRow } from "./usage-row.ts";

/** Which requests: of a conversation, or of one of its branches, or of one turn, or of that turn on that branch. */
export interface UsageQuery {
  readonly conversationId: string;
  readonly branchId?: string;
  readonly turnId?: string;
}

/**
 * Where the requests of conversations are accounted for: one row each, added and never changed, whatever becomes of the
 * conversation. Rejects with an `AntiphonError` and nothing else, as a store does.
 *
 * Where a request has an entry, the entry is the truth and its row is made from it (`requestsOf`): a row that a crash
 * kept from the ledger is recorded from the path at any later time, and recording it twice changes nothing. Of a request
 * without an entry the ledger is the only record.
 */
export interface UsageLedger {
  /** Adds rows, all or none; durable when it resolves. A row whose id is there is left as it is. Cost: grows with the rows only. */
  record(rows: readonly UsageRow[]): Promise<void>;

  /** The rows, by time, then by id. Cost: grows with the rows that it gives. */
  read(query: UsageQuery): AsyncIterable<UsageRow>;

  /** What they used, all told: what `sumUsage` makes of `read`. */
  sum(query: UsageQuery): Promise<UsageSum>;
}
