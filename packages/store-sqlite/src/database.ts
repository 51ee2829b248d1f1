import { isAntiphonError, storeErrors } from "@antiphon/core";
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { setImmediate as nextLoop } from "node:timers/promises";
import type { FrozenFile } from "./frozen-file.ts";
import { retryWhileLocked } from "./lock-retry.ts";
import { rollBack } from "./migrate.ts";
import { asStoreError, isLocked } from "./sqlite-errors.ts";

/** Writes that may share a commit. */
const BATCH_MAX = 64;

type Row = Record<string, unknown>;

interface Job {
  readonly work: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One connection: statements prepared once, reads that see one instant, and writes in order, one short transaction at a
 * time. Writes that are asked for while another commits share the next commit, because the commit is what costs.
 */
export class Database {
  readonly #path: string;
  readonly #connection: DatabaseSync;
  readonly #busyTimeoutMs: number;
  readonly #frozen: FrozenFile | undefined;
  readonly #statements = new Map<string, StatementSync>();
  readonly #jobs: Job[] = [];
  #draining: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: { path: string; connection: DatabaseSync; busyTimeoutMs: number; frozen?: FrozenFile }) {
    this.#path = options.path;
    this.#connection = options.connection;
    this.#busyTimeoutMs = options.busyTimeoutMs;
    this.#frozen = options.frozen;
  }

  /** Runs `work` on one instant's state of the database. It must only read. */
  async read<T>(work: () => T): Promise<T> {
    this.checkOpen();
    // The driver answers at once: without this, a caller that reads in a loop would never let the event loop turn.
    await nextLoop();
    try {
      return await retryWhileLocked(() => {
        this.checkOpen();
        try {
          return this.#inTransaction("BEGIN", work);
        } finally {
          // Before its result counts, and before an error that half of a write may have made.
          this.#frozen?.check();
        }
      }, this.#busyTimeoutMs);
    } catch (error) {
      throw asStoreError(error, this.#path);
    }
  }

  /**
   * Runs `work` in a write transaction and answers when it is durable. `work` may run again when the lock was taken, and
   * throws errors of ours only before its first write: others share its transaction.
   */
  async write<T>(work: () => T): Promise<T> {
    this.checkOpen();
    return new Promise<T>((resolve, reject) => {
      this.#jobs.push({ work, resolve: resolve as (value: unknown) => void, reject });
      this.#draining ??= this.#drain();
    });
  }

  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#statement(sql).get(...values);
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#statement(sql).all(...values);
  }

  /** Rows one by one. Only inside one `read`, and not twice at once for the same statement. */
  iterate(sql: string, ...values: SQLInputValue[]): Iterable<Row> {
    return this.#statement(sql).iterate(...values);
  }

  run(sql: string, ...values: SQLInputValue[]): void {
    this.#statement(sql).run(...values);
  }

  /** Throws `store_closed` from the call of `close` on. */
  checkOpen(): void {
    if (this.#closing !== undefined) throw storeErrors.closed();
  }

  /** Moves what the log holds into the file and empties the log, if nobody uses it right now. */
  emptyLog(): void {
    this.checkOpen();
    try {
      this.#connection.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (error) {
      if (!isLocked(error)) throw asStoreError(error, this.#path);
    }
  }

  /** Finishes the writes that were asked for, then closes the file. */
  close(): Promise<void> {
    this.#closing ??= (async () => {
      while (this.#draining !== undefined) await this.#draining;
      this.#statements.clear();
      this.#connection.close();
    })();
    return this.#closing;
  }

  async #drain(): Promise<void> {
    while (this.#jobs.length > 0) {
      // One turn of the event loop: whoever wants to write now joins this commit, and a busy writer starves nobody.
      await nextLoop();
      const batch = this.#jobs.splice(0, BATCH_MAX);
      try {
        await this.#commit(batch);
      } catch (error) {
        if (batch.length === 1) batch[0]?.reject(asStoreError(error, this.#path));
        // One of them broke the transaction of all, by filling the disk for instance. Each gets its own.
        else for (const job of batch) await this.#commit([job]).catch((own: unknown) => job.reject(asStoreError(own, this.#path)));
      }
    }
    // Here and not in a `finally` behind the promise: a write asked for in between would wait for ever.
    this.#draining = undefined;
  }

  async #commit(batch: readonly Job[]): Promise<void> {
    const answers = await retryWhileLocked(() => this.#inTransaction("BEGIN IMMEDIATE", () => batch.map(attempt)), this.#busyTimeoutMs);
    for (const answer of answers) answer();
  }

  #inTransaction<T>(begin: "BEGIN" | "BEGIN IMMEDIATE", work: () => T): T {
    this.run(begin);
    try {
      const result = work();
      this.run("COMMIT");
      return result;
    } catch (error) {
      rollBack(this.#connection);
      throw error;
    }
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) this.#statements.set(sql, (statement = this.#connection.prepare(sql)));
    return statement;
  }
}

/** Runs a job; what comes back tells its caller, once the transaction is durable. */
function attempt({ work, resolve, reject }: Job): () => void {
  try {
    const value = work();
    return () => resolve(value);
  } catch (error) {
    if (!isAntiphonError(error)) throw error;
    return () => reject(error);
  }
}
