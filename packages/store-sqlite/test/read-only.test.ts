import { chmodSync, chownSync, copyFileSync, existsSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { SqliteStore } from "@antiphon/store-sqlite";
import { describe, expect, test } from "vitest";
import { child, KEY, linesOf, message, NEW_CONVERSATION, outputOf, testFolder } from "./test-file.ts";

// Each starts programs: as root the right to write goes with the user.
describe("where nothing may be written, a store that is opened for reading reads, and leaves nothing behind:", { timeout: 30_000 }, () => {
  test.each([
    { what: "a file", folderMode: 0o777, fileMode: 0o444 },
    { what: "a folder", folderMode: 0o555, fileMode: 0o666 },
    { what: "a file and its folder", folderMode: 0o555, fileMode: 0o444 },
  ])("$what", async ({ folderMode, fileMode }) => {
    const { folder, path } = await closedStore();
    chmodSync(path, fileMode);
    chmodSync(folder, folderMode);
    expect(await reading(path)).toEqual(folderMode === 0o555 ? whole : { code: "none", read: ["e1"] });
    if (canFreeze) expect(readdirSync(folder)).toEqual(["chats.db"]);
    chmodSync(folder, 0o755);
  });

  test("a path with letters that mean something in a URL", async () => {
    const { folder, path } = await closedStore();
    const odd = join(folder, "ü #%20?immutable=0&'\".db");
    copyFileSync(path, odd);
    chmodSync(folder, 0o555);
    chmodSync(odd, 0o444);
    expect(await reading(odd)).toEqual(whole);
    chmodSync(folder, 0o755);
  });
});

test("a file that its owner protects, looks at and frees again is written as before", async () => {
  const { folder, path } = await closedStore();
  for (const place of [folder, path]) ordinary(place);
  chmodSync(path, 0o400);
  expect(await reading(path)).toEqual({ code: "none", read: ["e1"] });
  chmodSync(path, 0o600);
  expect(await writing(path)).toEqual({ code: "none", tip: 2 });
}, 30_000);

test("what SQLite left unwritable beside a file, because the file was then, does not keep its owner from writing", async () => {
  const { folder, path } = await closedStore();
  for (const beside of [`${path}-wal`, `${path}-shm`]) writeFileSync(beside, "", { mode: 0o400 });
  for (const place of [folder, path, `${path}-wal`, `${path}-shm`]) ordinary(place);
  expect(await writing(path)).toEqual({ code: "none", tip: 2 });
}, 30_000);

test("a link beside a file leads nowhere: what is behind it keeps its mode", async () => {
  const { folder, path } = await closedStore();
  const behind = join(testFolder(), "key");
  writeFileSync(behind, "secret", { mode: 0o400 });
  symlinkSync(behind, `${path}-shm`);
  for (const place of [folder, path, behind, join(behind, "..")]) ordinary(place);
  expect(await writing(path)).toMatchObject({ code: "store_read_only" });
  expect(statSync(behind).mode & 0o777).toBe(0o400);
}, 30_000);

test("what somebody else left unwritable beside a file is named", async ({ skip }) => {
  if (process.getuid?.() !== 0) skip("only root has files of two users");
  const { folder, path } = await closedStore();
  writeFileSync(`${path}-shm`, "", { mode: 0o400 });
  for (const place of [folder, path]) ordinary(place);
  expect(await writing(path)).toMatchObject({
    code: "store_read_only",
    message: expect.stringContaining(`No permission to write ${path}-shm.`) as string,
  });
}, 30_000);

test("who may only read sees what another process has just written, as long as that has the file open", async () => {
  const { folder, path, store } = await openStore();
  for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o644);
  chmodSync(folder, 0o555);
  expect(statSync(`${path}-wal`).size).toBeGreaterThan(0);
  expect(await reading(path)).toEqual({ code: "none", read: ["e1"] });
  chmodSync(folder, 0o755);
  await store.close();
}, 30_000);

test("writes that only a log holds are not left out: where it cannot be read, the file is refused", async () => {
  const { path, store } = await openStore();
  const copy = testFolder();
  for (const end of ["", "-wal"]) {
    copyFileSync(`${path}${end}`, join(copy, `chats.db${end}`));
    chmodSync(join(copy, `chats.db${end}`), 0o444);
  }
  await store.close();
  chmodSync(copy, 0o555);
  expect(await reading(join(copy, "chats.db"))).toMatchObject({
    code: "store_read_only",
    message: expect.stringContaining(`${join(copy, "chats.db")}-wal holds writes`) as string,
  });
  chmodSync(copy, 0o755);
}, 30_000);

test("a file that another process writes after it was opened as it lies is never read half old, half new", async () => {
  const { folder, path } = await closedStore();
  chmodSync(path, 0o644);
  chmodSync(folder, 0o555);
  const reader = child("try-reading.ts", [path]);
  const lines = linesOf(reader)[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await lines.next()).value as string) as object;
  expect(await next()).toEqual(whole);
  if (!canFreeze) return;
  reader.stdin?.write("again\n");
  expect(await next()).toEqual({ code: "none", read: ["e1"] });
  chmodSync(folder, 0o755);
  const writer = await SqliteStore.open(path);
  await writer.append({ ...KEY, expectedTip: 1, entries: [message(2)], at: 1 });
  reader.stdin?.write("again\n");
  expect(await next()).toMatchObject({ code: "store_failed", message: expect.stringContaining("Open it again") as string });
  await writer.close();
  reader.stdin?.end("again\n");
  expect(await next()).toMatchObject({ code: "store_failed" });
}, 30_000);

async function openStore(): Promise<{ folder: string; path: string; store: SqliteStore }> {
  const folder = testFolder();
  const path = join(folder, "chats.db");
  const store = await SqliteStore.open(path);
  await store.create(NEW_CONVERSATION);
  await store.append({ ...KEY, expectedTip: 0, entries: [message(1)], at: 1 });
  return { folder, path, store };
}

async function closedStore(): Promise<{ folder: string; path: string }> {
  const { folder, path, store } = await openStore();
  await store.close();
  expect(existsSync(`${path}-wal`)).toBe(false);
  return { folder, path };
}

/** Gives a file to the user as whom the programs run, where that is another one. */
function ordinary(path: string): void {
  if (process.getuid?.() === 0) chownSync(path, 65_534, 65_534);
}

/** Before 22.15, Node has no way to tell SQLite that nobody writes, so that a file in a folder that may not be written is refused. */
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const canFreeze = major > 22 || minor >= 15;

/** What reading from a folder that may not be written gives. */
const whole = canFreeze
  ? { code: "none", read: ["e1"] }
  : { code: "store_read_only", message: expect.stringContaining("Take Node 22.15 or newer") as string };

const reading = (path: string) => ended("try-reading.ts", [path]);
const writing = (path: string) => ended("try-writing.ts", [path, "10", "1", "ordinary"]);

async function ended(program: string, given: readonly string[]): Promise<unknown> {
  const started = child(program, given);
  started.stdin?.end();
  return JSON.parse((await outputOf(started))[0] ?? "");
}
