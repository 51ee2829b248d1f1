import type { Environment } from "../environment.ts";
import type { UsageLedger } from "./usage-ledger.ts";
import type { UsageRow } from "./usage-row.ts";

/** Milliseconds that a ledger may take: whoever waits for it is a turn. */
const RECORD_MS = 10_000;
/** Rows that a ledger did not take and that are kept for the next time. The oldest go first. */
const KEPT_MAX = 1000;

/** Rows that the ledger has not taken, and why. */
export interface Unrecorded {
  /** How many are kept, to be recorded together with the next. */
  readonly rows: number;
  readonly error: unknown;
}

/**
 * Hands rows to the ledger that the caller gave, if any. One that fails or hangs fails nothing else: what it did not take is kept,
 * within bounds, and handed to it again with the next row. A row that it had taken after all is there only once, by its id.
 */
export class UsageRecorder {
  readonly #ledger: UsageLedger | undefined;
  readonly #environment: Pick<Environment, "after">;
  readonly #kept = new Map<string, UsageRow>();

  constructor(ledger: UsageLedger | undefined, environment: Pick<Environment, "after">) {
    this.#ledger = ledger;
    this.#environment = environment;
  }

  /** Resolves when the row is recorded, or to what keeps it from that. Never rejects. */
  async record(row: UsageRow | undefined): Promise<Unrecorded | undefined> {
    if (this.#ledger === undefined || row === undefined) return undefined;
    this.#keep(row);
    const rows = [...this.#kept.values()];
    try {
      await this.#inTime(this.#ledger.record(rows));
      for (const { id } of rows) this.#kept.delete(id);
      return undefined;
    } catch (error) {
      return { rows: this.#kept.size, error };
    }
  }

  /** The rows of a conversation, with those that the ledger has not taken yet. None without a ledger. Errors: the ledger's. */
  async rowsOf(conversationId: string): Promise<readonly UsageRow[]> {
    if (this.#ledger === undefined) return [];
    const rows: UsageRow[] = [...this.#kept.values()].filter((row) => row.conversationId === conversationId);
    for await (const row of this.#ledger.read({ conversationId })) rows.push(row);
    return rows;
  }

  #keep(row: UsageRow): void {
    this.#kept.set(row.id, row);
    for (const id of this.#kept.keys()) {
      if (this.#kept.size <= KEPT_MAX) break;
      this.#kept.delete(id);
    }
  }

  #inTime(recorded: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const callOff = this.#environment.after(RECORD_MS, () => reject(new Error(`the ledger did not answer within ${RECORD_MS} ms`)));
      void recorded.then(resolve, reject).finally(callOff);
    });
  }
}
