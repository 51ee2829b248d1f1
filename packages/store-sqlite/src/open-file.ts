import { AntiphonError } from "@antiphon/core";
import { constants } from "node:fs";
import { access, chmod, lstat, mkdir, open, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { freeze } from "./frozen-file.ts";
import type { FrozenFile } from "./frozen-file.ts";
import { retryWhileLocked } from "./lock-retry.ts";
import { migrate } from "./migrate.ts";
import { APPLICATION_ID, FORMAT_VERSION } from "./schema.ts";
import { asStoreError } from "./sqlite-errors.ts";

export interface OpenFileOptions {
  readonly busyTimeoutMs: number;
  readonly readOnly: boolean;
}

export interface OpenedFile {
  readonly path: string;
  readonly connection: DatabaseSync;
  /** Where the file is read as it lies. */
  readonly frozen?: FrozenFile;
}

/** The checkpoint interval and the size to which the log is cut back, so that it does not stay as long as its longest day. */
const LOG_PAGES = 4096;
const LOG_BYTES = 4 * 1024 * 1024;

/** Per connection. Foreign keys stay off: every write looks up what it hangs on anyway, and erasure is explicit. */
const SETTINGS = `
PRAGMA synchronous = FULL;
PRAGMA secure_delete = ON;
PRAGMA wal_autocheckpoint = ${LOG_PAGES};
PRAGMA journal_size_limit = ${LOG_BYTES};
`;

/**
 * Opens a file of ours, made first where there is none. A file that is not ours, or is too new, is recognised before
 * anything is written to it. Errors: see `SqliteStore.open`.
 */
export async function openFile(givenPath: string, { busyTimeoutMs, readOnly }: OpenFileOptions): Promise<OpenedFile> {
  if (givenPath === "" || givenPath === ":memory:" || givenPath.includes("\0")) {
    throw new AntiphonError("invalid_input", `${JSON.stringify(givenPath)} is not the path of a file. Give one, or use MemoryStore.`);
  }
  const path = resolve(givenPath);
  let connection: DatabaseSync | undefined;
  try {
    await prepareFile(path, readOnly);
    const frozen = readOnly ? await freeze(path) : undefined;
    const reading = () => (frozen === undefined ? connect(path, true) : connectFrozen(path, frozen));
    if (await headerMayBeForeign(path)) await checkUntouched(reading(), path, busyTimeoutMs);
    connection = readOnly ? reading() : connect(path, false);
    await retryWhileLocked(() => settle(connection as DatabaseSync, path, readOnly), busyTimeoutMs);
    frozen?.check();
    return { path, connection, ...(frozen && { frozen }) };
  } catch (error) {
    connection?.close();
    throw asStoreError(error, path);
  }
}

function connect(place: string | URL, readOnly: boolean): DatabaseSync {
  return new DatabaseSync(place, { readOnly, enableForeignKeyConstraints: false, timeout: 0 });
}

function connectFrozen(path: string, { url, folderIsOurs }: FrozenFile): DatabaseSync {
  try {
    return connect(url, true);
  } catch (error) {
    // Before 22.15, Node takes no URL here.
    if ((error as NodeJS.ErrnoException).code !== "ERR_INVALID_ARG_TYPE") throw error;
    if (folderIsOurs) return connect(path, true);
    const text = `${path} is in a folder that may not be written, from which this Node cannot read it. Take Node 22.15 or newer, or copy the file to a folder of yours.`;
    throw new AntiphonError("store_read_only", text, { cause: error, details: { path } });
  }
}

/** Makes the file where there is none, for its owner only. SQLite would fall back to reading where it may not write, so that is asked first. */
async function prepareFile(path: string, readOnly: boolean): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (found === undefined) {
    if (readOnly) throw new AntiphonError("invalid_input", `There is no file ${path} to read. Check the path.`, { details: { path } });
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await (await open(path, "a", 0o600)).close();
  } else if (!found.isFile()) {
    const kind = found.isDirectory() ? "a folder" : "not a regular file";
    throw new AntiphonError("not_a_store", `${path} is ${kind}. Give the path of a database file${found.isDirectory() ? " in it" : ""}.`, {
      details: { path },
    });
  }
  await access(path, readOnly ? constants.R_OK : constants.R_OK | constants.W_OK).catch(refused(path, readOnly));
  if (readOnly) return;
  await access(dirname(path), constants.W_OK | constants.X_OK).catch(refused(dirname(path), readOnly));
  for (const beside of [`${path}-wal`, `${path}-shm`]) await makeWritable(beside, path);
}

/** The log and its index get the mode that the file has when they are made, and keep it when the file becomes writable later. */
async function makeWritable(beside: string, path: string): Promise<void> {
  try {
    await access(beside, constants.R_OK | constants.W_OK);
  } catch (error) {
    const found = await lstat(beside).catch(() => undefined);
    if (found === undefined) return;
    // Behind a link is a file that is no part of ours.
    if (!found.isFile()) refused(beside, false)(error);
    await chmod(beside, (await stat(path)).mode & 0o666).catch(refused(beside, false));
  }
}

function refused(path: string, readOnly: boolean): (cause: unknown) => never {
  return (cause) => {
    const text = `No permission to ${readOnly ? "read" : "write"} ${path}. Check its owner and mode, or give another path.`;
    throw new AntiphonError("store_read_only", text, { cause, details: { path } });
  };
}

/**
 * Whether the file's header leaves open whose it is. Ours names us from its first commit on; noise and files of other
 * programs that name themselves are refused here, before SQLite sees them.
 * Offsets: https://www.sqlite.org/fileformat.html#the_database_header
 */
async function headerMayBeForeign(path: string): Promise<boolean> {
  const file = await open(path, "r");
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(100), 0, 100, 0);
    if (bytesRead === 0) return false;
    if (bytesRead < 100 || !buffer.toString("latin1").startsWith("SQLite format 3\0")) throw notOurs(path, "is not a database");
    const applicationId = buffer.readUInt32BE(68);
    if (applicationId !== 0 && applicationId !== APPLICATION_ID) throw notOurs(path, "is a database of another program");
    return applicationId === 0;
  } finally {
    await file.close();
  }
}

/** Looks into a file of doubtful origin without the right to write: closing a writing connection can change a file. */
async function checkUntouched(connection: DatabaseSync, path: string, busyTimeoutMs: number): Promise<void> {
  try {
    await retryWhileLocked(() => inspect(connection, path), busyTimeoutMs);
  } finally {
    connection.close();
  }
}

function settle(connection: DatabaseSync, path: string, readOnly: boolean): void {
  const { version } = inspect(connection, path);
  if (readOnly) {
    if (version === 0) throw notOurs(path, "is empty");
    if (version === FORMAT_VERSION) return;
    throw new AntiphonError("store_read_only", `${path} has the old format ${version}. Open it for writing once to bring it up to date.`, {
      details: { path, version },
    });
  }
  connection.exec(SETTINGS);
  if (version < FORMAT_VERSION) migrate(connection, () => inspect(connection, path).version);
  // Only after the tables are there: up to here, a crash leaves an empty file or a whole one.
  const { journal_mode: mode } = connection.prepare("PRAGMA journal_mode = WAL").get() as { journal_mode: string };
  if (mode !== "wal") {
    throw new AntiphonError(
      "store_failed",
      `The file system of ${path} cannot share a write-ahead log (journal mode ${mode}). Give a path on a local disk.`,
      {
        details: { path },
      },
    );
  }
}

/** The format of a file of ours, 0 for an empty one. Throws for everything else. */
function inspect(connection: DatabaseSync, path: string): { version: number } {
  const { application_id: owner } = connection.prepare("PRAGMA application_id").get() as { application_id: number };
  const { user_version: version } = connection.prepare("PRAGMA user_version").get() as { user_version: number };
  const { tables } = connection.prepare("SELECT count(*) AS tables FROM sqlite_schema").get() as { tables: number };
  if (owner === 0 && version === 0 && tables === 0) return { version };
  if (owner !== APPLICATION_ID || version < 1) throw notOurs(path, "is a database of another program");
  if (version > FORMAT_VERSION) {
    throw new AntiphonError(
      "store_too_new",
      `${path} was written by a newer version (format ${version}; this one knows up to ${FORMAT_VERSION}). Nothing in it was changed. Update @antiphon/store-sqlite, or give another path.`,
      { details: { path, version, versionMax: FORMAT_VERSION } },
    );
  }
  return { version };
}

function notOurs(path: string, what: string): AntiphonError {
  return new AntiphonError("not_a_store", `${path} ${what}. Nothing in it was changed. Give another path.`, { details: { path } });
}
