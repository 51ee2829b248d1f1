import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { DatabaseSync } from "node:sqlite";
import { isAntiphonError } from "@antiphon/core";
import type { AntiphonError, ErrorCode } from "@antiphon/core";
import { SqliteStore } from "@antiphon/store-sqlite";
import { expect, onTestFinished, test } from "vitest";
import { child, childArguments, KEY, message, NEW_CONVERSATION, outputOf, start, testFolder } from "./test-file.ts";

test("a file of noise is refused, and not a byte of it changes", async () => {
  const path = join(testFolder(), "chats.db");
  for (const bytes of [Buffer.from("Dear diary"), Buffer.alloc(5000, 0xa5), Buffer.from(`SQLite format 3\0${"\0".repeat(20)}`)]) {
    writeFileSync(path, bytes);
    await refusal(SqliteStore.open(path), "not_a_store", path);
    expect(readFileSync(path).equals(bytes)).toBe(true);
  }
});

test("a file that begins like ours and goes on as noise is refused as damaged", async () => {
  const { path } = await storeWithOneMessage();
  const bytes = readFileSync(path);
  bytes.fill(0xa5, 100);
  writeFileSync(path, bytes);
  await refusal(SqliteStore.open(path), "not_a_store", path);
  expect(readFileSync(path).equals(bytes)).toBe(true);
});

test("a database of another program is refused, named or not, and not a byte of it changes", async () => {
  for (const sql of [
    "CREATE TABLE notes (text)",
    "PRAGMA application_id = 77",
    "PRAGMA user_version = 3",
    "CREATE TABLE conversations (id); PRAGMA journal_mode = WAL",
  ]) {
    const folder = testFolder();
    const path = join(folder, "other.db");
    const other = new DatabaseSync(path);
    other.exec(sql);
    other.close();
    const before = readFileSync(path);
    await refusal(SqliteStore.open(path), "not_a_store", path);
    expect(readFileSync(path).equals(before), sql).toBe(true);
  }
});

test("a file of a newer version is refused with what to do, and not a byte of it changes", async () => {
  const { path } = await storeWithOneMessage();
  const newer = new DatabaseSync(path);
  newer.exec("PRAGMA user_version = 2");
  newer.close();
  const before = readFileSync(path);
  for (const readOnly of [false, true]) {
    const error = await refusal(SqliteStore.open(path, { readOnly }), "store_too_new", path);
    expect(error.message).toContain("Update @antiphon/store-sqlite");
    expect(error.details).toMatchObject({ version: 2, versionMax: 1 });
  }
  expect(readFileSync(path).equals(before)).toBe(true);
});

test("a folder, and a path through a file, are refused", async () => {
  const folder = testFolder();
  writeFileSync(join(folder, "file"), "");
  expect((await refusal(SqliteStore.open(folder), "not_a_store", folder)).message).toContain("is a folder");
  const through = join(folder, "file", "chats.db");
  await refusal(SqliteStore.open(through), "invalid_input", through);
  expect(readdirSync(folder)).toEqual(["file"]);
});

test("a path that names no file is refused", async () => {
  for (const path of ["", ":memory:", "a\0b"]) await expect(SqliteStore.open(path)).rejects.toMatchObject({ code: "invalid_input" });
});

test("an empty file becomes a store, with the mode that its owner gave it", async () => {
  const folder = testFolder();
  const path = join(folder, "chats.db");
  writeFileSync(path, "");
  chmodSync(path, 0o660);
  const store = await SqliteStore.open(path);
  await store.create(NEW_CONVERSATION);
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777, name).toBe(0o660);
  await store.close();
  expect(statSync(path).size).toBeGreaterThan(0);
});

test("a store cut off in its middle is refused as damaged when it is read, and its beginning stays", async () => {
  const { path } = await storeWithOneMessage(400);
  truncateSync(path, 8 * 1024);
  const before = readFileSync(path);
  const found = await SqliteStore.open(path).then(
    async (store) => {
      const error = await Array.fromAsync(store.read(KEY)).catch((reason: unknown) => reason);
      await store.close();
      return error;
    },
    (reason: unknown) => reason,
  );
  expect(found).toMatchObject({ code: "not_a_store" });
  expect(readFileSync(path).equals(before)).toBe(true);
});

test("a file, a folder and a parent that may not be written are refused with what to do", async () => {
  const { path, folder } = await storeWithOneMessage();
  const before = readFileSync(path);
  const attempt = async (target: string) =>
    JSON.parse((await outputOf(child("try-writing.ts", [target, "10", "1", "ordinary"])))[0] ?? "") as { code: string; message: string };
  chmodSync(folder, 0o777);
  chmodSync(path, 0o444);
  expect(await attempt(path)).toMatchObject({ code: "store_read_only", message: expect.stringContaining(path) as string });
  chmodSync(path, 0o000);
  expect(await attempt(path)).toMatchObject({ code: "store_read_only", message: expect.stringContaining(path) as string });
  chmodSync(path, 0o666);
  chmodSync(folder, 0o555);
  expect(await attempt(path)).toMatchObject({ code: "store_read_only", message: expect.stringContaining(folder) as string });
  const inside = join(folder, "new", "chats.db");
  expect(await attempt(inside)).toMatchObject({ code: "store_read_only", message: expect.stringContaining(inside) as string });
  chmodSync(folder, 0o755);
  expect(readFileSync(path).equals(before)).toBe(true);
}, 30_000);

test("a store that is opened for reading reads, refuses to write, and makes no file", async () => {
  const { path, folder } = await storeWithOneMessage();
  const store = await SqliteStore.open(path, { readOnly: true });
  expect(await Array.fromAsync(store.read(KEY))).toMatchObject([{ id: "e1" }]);
  await refusal(store.append({ ...KEY, expectedTip: 1, entries: [message(2)], at: 1 }), "store_read_only", path);
  await store.close();
  const absent = join(folder, "absent.db");
  await refusal(SqliteStore.open(absent, { readOnly: true }), "invalid_input", absent);
  expect(readdirSync(folder)).not.toContain("absent.db");
});

test("a file that may grow no further refuses the write and names both reasons that it may have, what was acknowledged is there, and it goes on with more room", async () => {
  const path = join(testFolder(), "chats.db");
  // In 1,024-byte blocks (512 in some shells): the log alone outgrows it.
  const limited = ["-c", 'ulimit -f 300; exec "$0" "$@"', process.execPath, ...childArguments("try-writing.ts"), path, "20000", "1000"];
  const { message: text } = await expectRefusedWrite(path, await outputOf(start("sh", limited)), "store_failed");
  expect(text).toMatch(/a limit on the size of files is reached, or the disk has failed/);
}, 30_000);

test("a disk that is full refuses the write, what was acknowledged is there, and it goes on with more room", async ({ skip }) => {
  const disk = join(testFolder(), "disk");
  mkdirSync(disk);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "none", disk], { stdio: "ignore" });
  } catch {
    skip("this user may not mount a small disk: the test of a full one did not run");
  }
  onTestFinished(() => void execFileSync("umount", ["-l", disk]));
  const path = join(disk, "chats.db");
  const output = await outputOf(child("try-writing.ts", [path, "20000", "1000"]));
  execFileSync("mount", ["-o", "remount,size=8m", disk]);
  await expectRefusedWrite(path, output, "store_full");
}, 30_000);

async function expectRefusedWrite(path: string, output: readonly string[], expected: ErrorCode): Promise<{ message: string }> {
  const { code, message: text, tip } = JSON.parse(output[0] ?? "") as { code: string; message: string; tip: number };
  expect(code).toBe(expected);
  expect(text).toContain(path);
  expect(tip).toBeGreaterThan(0);
  const store = await SqliteStore.open(path);
  expect((await Array.fromAsync(store.read(KEY))).map(({ id }) => id)).toEqual(
    Array.from({ length: tip }, (_unused, index) => `e${index + 1}`),
  );
  expect(await store.append({ ...KEY, expectedTip: tip, entries: [message(tip + 1)], at: 1 })).toEqual({ tipSeq: tip + 1 });
  await store.close();
  return { message: text };
}

async function storeWithOneMessage(count = 1): Promise<{ folder: string; path: string }> {
  const folder = testFolder();
  const path = join(folder, "chats.db");
  const store = await SqliteStore.open(path);
  await store.create(NEW_CONVERSATION);
  await store.append({ ...KEY, expectedTip: 0, entries: Array.from({ length: count }, (_unused, index) => message(index + 1)), at: 1 });
  await store.close();
  return { folder, path };
}

/** The error that a call is refused with: of that code, on one line, with the path in it. */
async function refusal(call: Promise<unknown>, code: ErrorCode, path: string): Promise<AntiphonError> {
  const error = await call.then(
    () => new Error(`it was not refused with ${code}`),
    (reason: unknown) => reason,
  );
  if (!isAntiphonError(error)) throw error;
  expect(error.code).toBe(code);
  expect(error.message).toContain(path);
  expect(error.message).not.toContain("\n");
  return error;
}
