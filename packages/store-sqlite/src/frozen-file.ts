import { AntiphonError } from "@antiphon/core";
import { constants, statSync } from "node:fs";
import { access } from "node:fs/promises";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";

/** A file that is read as it lies, without locks and without the log that SQLite would share with writers. */
export interface FrozenFile {
  /** Tells SQLite that nobody writes (https://www.sqlite.org/uri.html#uriimmutable). */
  readonly url: URL;
  /** Whether files can be made beside it. */
  readonly folderIsOurs: boolean;
  /** Throws `store_failed` where somebody has written since: what was read may be half old, half new. */
  check(): void;
}

/**
 * The file as it lies, where reading it in the usual way is not possible or would leave files beside it that nobody may write: SQLite needs
 * to write the index of the log, and gives it the mode of the file. `undefined` where the usual way is open: the file and its folder may
 * be written, or somebody has the file open already. Throws `store_read_only` where the log holds what the file does not.
 */
export async function freeze(path: string): Promise<FrozenFile | undefined> {
  const folderIsOurs = await mayWrite(dirname(path));
  if (folderIsOurs && (await mayWrite(path))) return undefined;
  const log = sizeOf(`${path}-wal`);
  const index = sizeOf(`${path}-shm`);
  if (log !== undefined && (index !== undefined || (log > 0 && folderIsOurs))) return undefined;
  if (log !== undefined && log > 0) throw strandedLog(path);

  const url = pathToFileURL(path);
  url.searchParams.set("immutable", "1");
  const before = traceOf(path);
  const check = () => {
    if (traceOf(path) !== before) throw writtenMeanwhile(path);
  };
  return { url, folderIsOurs, check };
}

function mayWrite(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
}

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}

/** Another value after any write: to the file, or to a log that was empty. */
function traceOf(path: string): string {
  const { ino, size, mtimeNs } = statSync(path, { bigint: true, throwIfNoEntry: false }) ?? {};
  return [ino, size, mtimeNs, sizeOf(`${path}-wal`) ?? 0].join(" ");
}

function strandedLog(path: string): AntiphonError {
  const text = `${path}-wal holds writes that are not in ${path} yet, and whoever may not write there cannot read them. Open it once with the right to write, or copy both files to a folder of yours.`;
  return new AntiphonError("store_read_only", text, { details: { path } });
}

function writtenMeanwhile(path: string): AntiphonError {
  return new AntiphonError("store_failed", `${path} was written while it was read without the right to write. Open it again.`, {
    details: { path },
  });
}
