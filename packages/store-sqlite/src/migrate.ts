import type { DatabaseSync } from "node:sqlite";
import { APPLICATION_ID, FORMAT_1, FORMAT_VERSION, PAGE_SIZE } from "./schema.ts";

/** What brings a file from one format to the next: the first makes format 1 of an empty file. Only ever added to. */
const STEPS: readonly string[] = [FORMAT_1];

/**
 * Brings a file to the newest format in one transaction: all of it or nothing, and once, also when many processes start
 * at the same time. `versionNow` reads the format under the lock.
 */
export function migrate(connection: DatabaseSync, versionNow: () => number): void {
  // Takes effect in an empty file only.
  connection.exec(`PRAGMA page_size = ${PAGE_SIZE}`);
  connection.exec("BEGIN IMMEDIATE");
  try {
    for (const step of STEPS.slice(versionNow())) connection.exec(step);
    connection.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${FORMAT_VERSION}; COMMIT`);
  } catch (error) {
    rollBack(connection);
    throw error;
  }
}

/** Ends a transaction that failed. SQLite has ended it itself after some errors, a full disk among them. */
export function rollBack(connection: DatabaseSync): void {
  try {
    connection.exec("ROLLBACK");
  } catch {
    // There is none any more.
  }
}
