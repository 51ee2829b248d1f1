import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { SqliteStore } from "@antiphon/store-sqlite";
import { expect, test } from "vitest";
import { KEY, message, NEW_CONVERSATION, testFolder } from "./test-file.ts";

const MB = 1024 * 1024;

test("the file and the folders that are made for it are their owner's alone, and closing leaves one file", async () => {
  const folder = join(testFolder(), "new", "data");
  const path = join(folder, "chats.db");
  const store = await SqliteStore.open(path);
  await store.create(NEW_CONVERSATION);
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777, name).toBe(0o600);
  expect([statSync(folder).mode & 0o777, statSync(join(folder, "..")).mode & 0o777]).toEqual([0o700, 0o700]);
  await store.close();
  expect(readdirSync(folder)).toEqual(["chats.db"]);
});

test("the plain sqlite3 program reads the conversations, forks and drafts among them", async ({ skip }) => {
  if (spawnSync("sqlite3", ["--version"]).error !== undefined)
    skip("the sqlite3 program is not installed: nothing has read the file from outside");
  const path = join(testFolder(), "chats.db");
  const store = await SqliteStore.open(path);
  await store.create({ ...NEW_CONVERSATION, metadata: { name: "Travel" } });
  await store.append({ ...KEY, expectedTip: 0, entries: [message(1, "Where to?"), message(2, "To Graz")], at: 1 });
  await store.fork({ ...KEY, branchId: "b2", parentBranchId: "b", forkSeq: 1, createdAt: 1 });
  await store.append({
    ...KEY,
    branchId: "b2",
    expectedTip: 1,
    entries: [message(3, "To Linz")],
    draft: { draftId: "d", number: 0, text: "By" },
    at: 1,
  });
  await store.moveHead({ conversationId: "c", from: "b", to: "b2" });

  const ask = (sql: string) => execFileSync("sqlite3", [path, sql], { encoding: "utf8" }).trimEnd().split("\n");
  expect(ask("SELECT seq, role, origin, text FROM messages ORDER BY branch_id, seq")).toEqual([
    "1|user|human|Where to?",
    "2|user|human|To Graz",
    "2|user|human|To Linz",
  ]);
  expect(ask("SELECT seq, text FROM transcripts")).toEqual(["1|Where to?", "2|To Linz"]);
  expect(ask("SELECT content FROM entries WHERE seq = 1")).toEqual(['[{"type":"text","text":"Where to?"}]']);
  expect(ask("SELECT name, value FROM metadata")).toEqual(["name|Travel"]);
  expect(ask("SELECT text FROM drafts")).toEqual(['"By"']);
  expect(ask("PRAGMA integrity_check; PRAGMA journal_mode; PRAGMA user_version")).toEqual(["ok", "wal", "1"]);
  await store.close();
});

test("the log does not grow without bound, also beside a reader that pauses", async () => {
  const path = join(testFolder(), "chats.db");
  const store = await SqliteStore.open(path);
  await store.create(NEW_CONVERSATION);
  await store.append({ ...KEY, expectedTip: 0, entries: Array.from({ length: 600 }, (_unused, index) => message(index + 1)), at: 1 });
  const reading = store.read(KEY)[Symbol.asyncIterator]();
  await reading.next();

  let most = 0;
  for (let n = 601; n <= 900; n++) {
    await store.append({ ...KEY, expectedTip: n - 1, entries: [message(n, "x".repeat(100_000))], at: 1 });
    most = Math.max(most, statSync(`${path}-wal`).size);
  }
  expect(statSync(path).size).toBeGreaterThan(20 * MB);
  expect(most).toBeLessThan(6 * MB);
  let rest = 1;
  while (!(await reading.next()).done) rest++;
  expect(rest).toBe(600);
  await store.close();
});

test("what was erased is in no file any more: not in the database, not in its log", async () => {
  const folder = testFolder();
  const path = join(folder, "chats.db");
  const store = await SqliteStore.open(path);
  for (const id of ["c", "c2"]) {
    await store.create({ ...NEW_CONVERSATION, id, metadata: { name: `secret of ${id}` } });
    const entries = [message(1, "my secret"), message(2, `long secret ${"secret ".repeat(5000)}`), message(3, "kept")];
    await store.append({ ...KEY, conversationId: id, expectedTip: 0, entries, at: 1 });
    await store.append({ ...KEY, conversationId: id, expectedTip: 3, draft: { draftId: "d", number: 0, text: "secret draft" }, at: 1 });
  }
  await store.annotate("c", { name: undefined });
  const holds = (word: string) =>
    readdirSync(folder).filter((name) => !name.endsWith("-shm") && readFileSync(join(folder, name)).includes(word));
  expect(holds("secret")).not.toEqual([]);
  await store.erase({ conversationId: "c", entryIds: ["e1", "e2"] });
  await store.erase({ conversationId: "c2" });
  expect(holds("secret")).toEqual([]);
  expect(holds("kept")).toEqual(["chats.db"]);
  await store.close();
});

test("a write that another process's lock delays waits without holding up the event loop", async () => {
  const path = join(testFolder(), "chats.db");
  const store = await SqliteStore.open(path);
  await store.create(NEW_CONVERSATION);
  const other = new DatabaseSync(path);
  other.exec("BEGIN IMMEDIATE");
  let turns = 0;
  const turn = () => {
    if (++turns === 50) other.exec("COMMIT");
    else setImmediate(turn);
  };
  setImmediate(turn);
  expect(await store.append({ ...KEY, expectedTip: 0, entries: [message(1)], at: 1 })).toEqual({ tipSeq: 1 });
  expect(turns).toBe(50);
  other.close();
  await store.close();
});

test("a lock that is held longer than the limit refuses the write and stores nothing, and reading goes on", async () => {
  const path = join(testFolder(), "chats.db");
  const store = await SqliteStore.open(path, { busyTimeoutMs: 0 });
  await store.create(NEW_CONVERSATION);
  const other = new DatabaseSync(path);
  other.exec("BEGIN IMMEDIATE");
  const writes = [1, 2, 3].map((n) => store.append({ ...KEY, expectedTip: 0, entries: [message(n)], at: 1 }));
  for (const write of await Promise.allSettled(writes)) expect(write).toMatchObject({ reason: { code: "store_locked", retryable: true } });
  expect(await Array.fromAsync(store.read(KEY))).toEqual([]);
  other.exec("ROLLBACK");
  expect(await store.append({ ...KEY, expectedTip: 0, entries: [message(1)], at: 1 })).toEqual({ tipSeq: 1 });
  other.close();
  await store.close();
});

test("a file that another process keeps to itself is refused as locked", async () => {
  const path = join(testFolder(), "chats.db");
  await (await SqliteStore.open(path)).close();
  const other = new DatabaseSync(path);
  other.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; PRAGMA user_version = 1; COMMIT");
  await expect(SqliteStore.open(path, { busyTimeoutMs: 0 })).rejects.toMatchObject({ code: "store_locked" });
  other.close();
  await (await SqliteStore.open(path)).close();
});

test("a path like a URI or with odd letters is the file of that name", async () => {
  const folder = testFolder();
  for (const name of ["file:chats.db?mode=memory", "ü #%20 '\".db"]) {
    const path = join(folder, name);
    const store = await SqliteStore.open(path);
    await store.create(NEW_CONVERSATION);
    await store.close();
    expect(existsSync(path), name).toBe(true);
    const again = await SqliteStore.open(path, { readOnly: true });
    expect((await again.open("c"))?.id).toBe("c");
    await again.close();
  }
});
