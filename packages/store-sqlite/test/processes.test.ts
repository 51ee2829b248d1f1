import { once } from "node:events";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { SqliteStore } from "@antiphon/store-sqlite";
import { expect, test } from "vitest";
import { child, KEY, linesOf, NEW_CONVERSATION, outputOf, testFolder } from "./test-file.ts";

const ROUNDS = 12;

test("two processes that write at once to one file lose nothing and double nothing", async () => {
  const path = join(testFolder(), "chats.db");
  const store = await SqliteStore.open(path);
  await store.create(NEW_CONVERSATION);
  const count = 150;
  const writers = ["left", "right"].map((name) => child("append-loop.ts", [path, "c", "b", name, `${count}`]));
  const acknowledged = await Promise.all(writers.map(outputOf));
  expect(acknowledged.map((lines) => lines.length)).toEqual([count, count]);

  const entries = await Array.fromAsync(store.read(KEY));
  await store.close();
  expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 2 * count }, (_unused, index) => index + 1));
  for (const name of ["left", "right"]) {
    const own = entries.map(({ id }) => id).filter((id) => id.startsWith(name));
    expect(own).toEqual(Array.from({ length: count }, (_unused, index) => `${name}-${index + 1}`));
  }
}, 60_000);

test("after kill -9 at any moment every acknowledged append is there, whole, and the file is sound", async () => {
  const path = join(testFolder(), "chats.db");
  const first = await SqliteStore.open(path);
  await first.create(NEW_CONVERSATION);
  await first.close();

  let expected: string[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const writer = child("append-loop.ts", [path, "c", "b", `round${round}`, "100000"]);
    const ended = once(writer, "close");
    let acknowledged = 0;
    for await (const line of linesOf(writer)) {
      acknowledged = Number(line);
      if (acknowledged === round * 3) writer.kill("SIGKILL");
    }
    await ended;

    const store = await SqliteStore.open(path);
    const entries = await Array.fromAsync(store.read(KEY));
    await store.close();
    const ids = entries.map(({ id }) => id);
    // The one that was on its way may be there too; it is whole or absent.
    const before = [...expected, ...Array.from({ length: acknowledged }, (_unused, index) => `round${round}-${index + 1}`)];
    expect(ids.slice(0, before.length)).toEqual(before);
    expect(ids.slice(before.length)).toEqual(ids.length > before.length ? [`round${round}-${acknowledged + 1}`] : []);
    for (const entry of entries.slice(expected.length)) expect(entry).toMatchObject({ content: [{ text: `${entry.id} `.repeat(50) }] });
    expect(integrityOf(path)).toBe("ok");
    expected = ids;
  }
  expect(expected.length).toBeGreaterThanOrEqual((3 * ROUNDS * (ROUNDS + 1)) / 2);
}, 120_000);

test("the lease of a process that lives is held, and that of a killed one is free at once", async () => {
  const path = join(testFolder(), "chats.db");
  const store = await SqliteStore.open(path, { now: () => Date.parse("2026-11-21") });
  await store.create(NEW_CONVERSATION);
  const holder = child("hold-lease.ts", [path, "c", "b"]);
  const ended = once(holder, "close");
  for await (const fence of linesOf(holder)) {
    expect(fence).toBe("1");
    break;
  }
  expect(await store.acquireLease({ ...KEY, holder: "next", ttlMs: 1000 })).toBeUndefined();
  holder.kill("SIGKILL");
  await ended;
  expect(await store.acquireLease({ ...KEY, holder: "next", ttlMs: 1000 })).toMatchObject({ holder: "next", fence: 2 });
  await store.close();
}, 30_000);

test("processes that open a new file at the same time make one store of it", async () => {
  const path = join(testFolder(), "new", "chats.db");
  const writers = [1, 2, 3, 4].map((n) => child("append-loop.ts", [path, "c", "b", `${n}`, "0"]));
  await Promise.all(writers.map((writer) => outputOf(writer)));
  expect(writers.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
  const store = await SqliteStore.open(path);
  expect(await store.list()).toEqual({ conversations: [] });
  await store.close();
}, 30_000);

function integrityOf(path: string): unknown {
  const connection = new DatabaseSync(path, { readOnly: true });
  try {
    return connection.prepare("PRAGMA integrity_check").get()?.["integrity_check"];
  } finally {
    connection.close();
  }
}
