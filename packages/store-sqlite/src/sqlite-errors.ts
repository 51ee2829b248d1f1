import { AntiphonError, isAntiphonError } from "@antiphon/core";
import type { ErrorCode } from "@antiphon/core";

const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;

/** Primary result codes of SQLite (https://www.sqlite.org/rescode.html), what they mean here and what to do. */
const MEANINGS: Readonly<Record<number, { code: ErrorCode; text: (path: string) => string }>> = {
  3: { code: "store_read_only", text: (path) => `No permission to use ${path}. Check its owner and mode, or give another path.` },
  [SQLITE_BUSY]: { code: "store_locked", text: lockedText },
  [SQLITE_LOCKED]: { code: "store_locked", text: lockedText },
  8: {
    code: "store_read_only",
    text: (path) => `${path} cannot be written. Check the mode of the file and its folder, or give another path.`,
  },
  11: {
    code: "not_a_store",
    text: (path) => `${path} is damaged. Keep a copy of it, and restore a backup or rescue it with the sqlite3 program's .recover.`,
  },
  13: { code: "store_full", text: (path) => `The disk with ${path} is full. Nothing of this write was stored. Make room and try again.` },
  14: { code: "store_read_only", text: (path) => `${path} cannot be opened. Check that its folder exists and may be written.` },
  23: { code: "store_read_only", text: (path) => `No permission to use ${path}. Check its owner and mode, or give another path.` },
  26: { code: "not_a_store", text: (path) => `${path} is not a database. Nothing in it was changed. Give another path.` },
};

/** A write that failed for another reason than a full disk; the driver does not say for which. */
const SQLITE_IOERR_WRITE = 778;

function lockedText(path: string): string {
  return `${path} was locked by another process for too long. Nothing of this write was stored. Try again, or end the process that holds it.`;
}

/** Whether the driver said that another process holds the lock: waiting can help. */
export function isLocked(error: unknown): boolean {
  const primary = resultCode(error) & 0xff;
  return primary === SQLITE_BUSY || primary === SQLITE_LOCKED;
}

/** The error that callers see for one that the driver or the file system threw. Errors of ours stay as they are. */
export function asStoreError(error: unknown, path: string): unknown {
  if (isAntiphonError(error)) return error;
  const details = { path };
  const system = (error as NodeJS.ErrnoException | undefined)?.code;
  if (system === "ENOSPC" || system === "EDQUOT") return meant(13, error, path);
  if (system === "EACCES" || system === "EPERM") return meant(23, error, path);
  if (system === "EROFS") return meant(8, error, path);
  if (system === "ENOTDIR" || system === "ENAMETOOLONG" || system === "ELOOP") {
    return new AntiphonError("invalid_input", `${path} cannot be a file (${system}). Give another path.`, { cause: error, details });
  }
  const result = resultCode(error);
  if (result === SQLITE_IOERR_WRITE) {
    const text = `${path} cannot be written: a quota or a limit on the size of files is reached, or the disk has failed. Nothing of this write was stored. Make room, or check the disk, and try again.`;
    return new AntiphonError("store_failed", text, { cause: error, details });
  }
  if (MEANINGS[result & 0xff] !== undefined) return meant(result & 0xff, error, path);
  const reason = (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, " ");
  return new AntiphonError("store_failed", `The database ${path} failed: ${reason}. Nothing of this write was stored.`, {
    cause: error,
    details,
  });
}

function meant(result: number, cause: unknown, path: string): AntiphonError {
  const meaning = MEANINGS[result] as (typeof MEANINGS)[number];
  return new AntiphonError(meaning.code, meaning.text(path), { cause, details: { path } });
}

/** The extended result code of an error of `node:sqlite`, 0 for any other. */
function resultCode(error: unknown): number {
  const { code, errcode } = (error ?? {}) as { code?: unknown; errcode?: unknown };
  return code === "ERR_SQLITE_ERROR" && typeof errcode === "number" ? errcode : 0;
}
