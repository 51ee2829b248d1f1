import { createHash } from "node:crypto";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { SqliteStore } from "@antiphon/store-sqlite";
import { expect, test } from "vitest";
import { asNobody, type Ended, lines, openPlace } from "./place.ts";

/** One line that says what to do, its exit code, no stack, nothing on stdout. */
function expectOneLine(ended: Ended, code: number, line: RegExp): void {
  expect(ended.stderr).toMatch(line);
  expect(lines(ended.stderr)).toHaveLength(1);
  expect(ended.stderr).not.toMatch(/^\s+at /m);
  expect(ended).toMatchObject({ code, stdout: "" });
}

const digest = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");

test("an empty prompt, or one of white space, is a usage error and stores nothing", async () => {
  await using place = await openPlace();
  expectOneLine(await place.run([]), 2, /The prompt is empty\. Ask something/);
  expectOneLine(await place.run([""]), 2, /The prompt is empty/);
  expectOneLine(await place.run([" \n\t"], { stdin: "\n\n" }), 2, /The prompt is empty/);
  expectOneLine(await place.run(["ls"]), 0, /no conversations yet/);
});

test("a prompt that is not text is a usage error", async () => {
  await using place = await openPlace();
  expectOneLine(await place.run([], { stdin: Uint8Array.of(0xff, 0xfe, 0x00, 0x41) }), 2, /not UTF-8 text\. Pipe text/);
  expectOneLine(await place.run(["Describe"], { stdin: Uint8Array.of(0x89, 0x50, 0x4e, 0x47) }), 2, /not UTF-8 text/);
  expect(place.server.requests).toHaveLength(0);
});

test("a wrong option, its wrong value, or too many words are usage errors", async () => {
  await using place = await openPlace();
  expectOneLine(await place.run(["--bogus", "hi"]), 2, /Unknown option '--bogus'\. See antiphon --help/);
  expectOneLine(await place.run(["--modle", "x", "hi"]), 2, /Unknown option '--modle'.*--model/);
  expectOneLine(await place.run(["--max-tokens", "0", "hi"]), 2, /--max-tokens is "0"/);
  expectOneLine(await place.run(["--max-tokens", "4k", "hi"]), 2, /--max-tokens is "4k"/);
  expectOneLine(await place.run(["-m", " ", "hi"]), 2, /--model is empty/);
  expectOneLine(await place.run(["-s", "@/nowhere/at-all.md", "hi"]), 2, /@\/nowhere\/at-all\.md cannot be read: there is no such file/);
  expectOneLine(await place.run(["-c", "-r", "1", "hi"]), 2, /cannot be used with/);
  expectOneLine(
    await place.run(["ls", "the", "files"]),
    2,
    /is the command ls with too many words\. To ask it as a question: antiphon ask ls the files/,
  );
  expectOneLine(await place.run(["ls", "--limit", "many"]), 2, /--limit is "many"/);
  expectOneLine(await place.run(["chat"]), 2, /The chat needs a terminal/);
  expect(place.server.requests).toHaveLength(0);
});

test("more tokens than the model gives are refused with its most, and nothing is stored or changed", async () => {
  await using place = await openPlace();
  const most = /--max-tokens is 999999, and claude-sonnet-5-5 gives at most \d+ tokens in one reply\. Give \d+ or less\.$/m;
  expectOneLine(await place.run(["--max-tokens", "999999", "hi"]), 2, most);
  expect(existsSync(place.database)).toBe(false);
  expectOneLine(await place.run(["ls"]), 0, /no conversations yet/);
  place.server.script("ok", "still");
  await place.run(["--max-tokens", "100000", "hi"]);
  const over = await place.run(["-c", "--max-tokens", "999999", "again"]);
  expect(over).toMatchObject({ code: 2, stderr: expect.stringMatching(most) });
  const smaller = await place.run(["-c", "-m", "claude-haiku-4-5", "again"]);
  expect(smaller.code).toBe(2);
  expect(smaller.stderr).toMatch(
    /The conversation is set to 100000 tokens a reply, and claude-haiku-4-5 gives at most 64000 tokens in one reply\. Give it --max-tokens 64000 or less\./,
  );
  expect(lines((await place.run(["show", "--json"])).stdout)).toHaveLength(3);
  expect(await place.run(["-c", "-m", "claude-haiku-4-5", "--max-tokens", "64000", "again"])).toMatchObject({ code: 0, stdout: "still\n" });
  expect(place.bodies().at(-1)).toMatchObject({ model: "claude-haiku-4-5", max_tokens: 64_000 });
});

test("a conversation that cannot be reached is not said to be missing", { skip: process.platform === "win32" }, async () => {
  await using place = await openPlace();
  const env = { ANTIPHON_DB: join(place.home, "locked", "my.db") };
  place.server.script("ok");
  await place.run(["hi"], { env });
  chmodSync(place.home, 0o755);
  chmodSync(join(place.home, "locked"), 0o000);
  for (const args of [["ls"], ["show"], ["-c", "hi"], ["-r", "1", "hi"], ["hi"]]) {
    const ended = await place.run(args, { env: { ...env, ...asNobody("program") } });
    expectOneLine(ended, 1, /No permission to .*locked.*\. Check .*owner and mode.*ANTIPHON_DB/);
  }
  chmodSync(join(place.home, "locked"), 0o700);
  expectOneLine(await place.run(["ls"], { env: { ANTIPHON_DB: join(place.home, "locked", "my.db", "x") } }), 0, /no conversations yet/);
});

test("a database in memory keeps nothing, so it is none", async () => {
  await using place = await openPlace();
  for (const args of [["ls"], ["show"], ["-c", "hi"], ["hi"]])
    expectOneLine(
      await place.run(args, { env: { ANTIPHON_DB: ":memory:" } }),
      2,
      /ANTIPHON_DB is ":memory:", which keeps nothing\. Set it to the path of a file/,
    );
  expect(place.server.requests).toHaveLength(0);
});

test("to go on where nothing is makes no database", async () => {
  await using place = await openPlace();
  expectOneLine(await place.run(["-c", "hi"]), 1, /There are no conversations yet/);
  expectOneLine(await place.run(["-r", "aaaa", "hi"]), 1, /There are no conversations yet/);
  expect(existsSync(join(place.home, "data"))).toBe(false);
});

test("without any credentials it says what to set, exits with 4, and stores nothing", async () => {
  await using place = await openPlace();
  expectOneLine(await place.run(["hi"], { env: { ANTHROPIC_API_KEY: undefined } }), 4, /No key for the API\. Set ANTHROPIC_API_KEY/);
  expectOneLine(await place.run(["hi"], { env: { ANTHROPIC_API_KEY: "  " } }), 4, /No key for the API/);
  expectOneLine(
    await place.run(["hi"], { env: { ANTHROPIC_API_KEY: undefined, ANTHROPIC_PROFILE: "nobody" } }),
    4,
    /The credentials cannot be used: .*nobody/,
  );
  expectOneLine(await place.run(["ls"]), 0, /no conversations yet/);
});

test("the SDK's other way to a key works too", async () => {
  await using place = await openPlace();
  place.server.script("ok");
  expect(await place.run(["hi"], { env: { ANTHROPIC_API_KEY: undefined, ANTHROPIC_AUTH_TOKEN: "token" } })).toMatchObject({
    code: 0,
    stdout: "ok\n",
    stderr: "",
  });
  expect(place.server.requests[0]!.headers["authorization"]).toBe("Bearer token");
});

test("a key that the API does not take exits with 4; the question is kept", async () => {
  await using place = await openPlace({ apiKeys: ["another"] });
  expectOneLine(
    await place.run(["Are you there?"]),
    4,
    /does not take the key: invalid x-api-key\. Check ANTHROPIC_API_KEY\. Your message is kept in conversation [0-9a-f]{8}; go on: antiphon -r/,
  );
  expect((await place.run(["show"])).stdout).toContain("Are you there?");
});

test("a model that does not exist is named, with known ones near it, and nothing is stored or changed", async () => {
  await using place = await openPlace();
  expectOneLine(
    await place.run(["-m", "claude-sonet", "hi"]),
    1,
    /no model "claude-sonet"\. Near it are claude-sonnet-5-5, .* Choose one with --model/,
  );
  expectOneLine(await place.run(["ls"]), 0, /no conversations yet/);
  place.server.script("ok", "still");
  await place.run(["hi"]);
  expect((await place.run(["-c", "-m", "claude-sonet", "again"])).code).toBe(1);
  expect(await place.run(["-c", "again"])).toMatchObject({ code: 0, stdout: "still\n" });
  expect(place.bodies().at(-1)!.messages).toHaveLength(3);
});

test("a model that the API takes back later is named in the turn itself", async () => {
  await using place = await openPlace();
  place.server.script({ error: { status: 404, type: "not_found_error", message: "model: claude-haiku-4-5" } });
  expectOneLine(await place.run(["-m", "claude-haiku-4-5", "hi"]), 1, /no model "claude-haiku-4-5"\. Near it are .*Your message is kept/);
});

test("an id that fits no conversation, or several, changes nothing and says which there are", async () => {
  await using place = await openPlace();
  expectOneLine(await place.run(["-c", "hi"]), 1, /There are no conversations yet\. Start one/);
  expectOneLine(await place.run(["show"]), 1, /There are no conversations yet/);
  const ids = ["aaaa1111-0000-4000-8000-000000000001", "aaaa1111-0000-4000-8000-000000000002", "bbbb2222-0000-4000-8000-000000000003"];
  const store = await SqliteStore.open(place.database);
  for (const [at, id] of ids.entries()) await store.create({ id, branchId: `branch-${at}`, createdAt: at + 1, hashKey: "00" });
  await store.close();
  expectOneLine(await place.run(["-r", "zzz", "hi"]), 1, /No conversation's id starts with "zzz"\. See which there are: antiphon ls/);
  expectOneLine(
    await place.run(["-r", "aa", "hi"]),
    1,
    new RegExp(`"aa" fits several conversations: ${ids[1]}, ${ids[0]}\\. Give more of the id`),
  );
  expect((await place.run(["ls"])).stdout.split("\n").map((row) => row.split("\t")[0])).toEqual(["bbbb2222", ids[1], ids[0], ""]);
  expectOneLine(await place.run(["-r", "", "hi"]), 2, /The id is empty/);
  expectOneLine(await place.run(["show", "me"]), 1, /No conversation's id starts with "me"/);
});

test("a database that is not one is told from the first byte and left as it was", async () => {
  await using place = await openPlace();
  const path = join(place.home, "notes.txt");
  writeFileSync(path, "These are notes, not a database. ".repeat(20));
  const before = digest(path);
  const env = { ANTIPHON_DB: path };
  for (const args of [["hi"], ["-c", "hi"], ["ls"], ["show"]]) {
    expectOneLine(
      await place.run(args, { env }),
      1,
      /notes\.txt is not a database\. Nothing in it was changed\. Give another path\. The path is that of ANTIPHON_DB/,
    );
  }
  expect(digest(path)).toBe(before);
  expectOneLine(await place.run(["hi"], { env: { ANTIPHON_DB: place.home } }), 1, /is a folder/);
  expect(place.server.requests).toHaveLength(0);
});

test("a database of a newer version is told and left as it was", async () => {
  await using place = await openPlace();
  place.server.script("ok");
  await place.run(["hi"]);
  const database = new DatabaseSync(place.database);
  database.exec("PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE)");
  database.close();
  const before = digest(place.database);
  for (const args of [["-c", "hi"], ["ls"]])
    expectOneLine(await place.run(args), 1, /written by a newer version .*Here that means a newer antiphon/);
  expect(digest(place.database)).toBe(before);
});

test("a database that another process has locked is told after a while, and works when the lock is gone", async () => {
  await using place = await openPlace();
  place.server.script("ok", "fine");
  await place.run(["hi"]);
  const holder = new DatabaseSync(place.database);
  holder.exec("BEGIN EXCLUSIVE");
  const ended = await place.run(["-c", "hello"]);
  holder.exec("ROLLBACK");
  holder.close();
  expect(ended.code).toBe(1);
  expect(ended.stderr).toMatch(/was locked by another process for too long.*Try again/);
  expect(ended.stderr).not.toMatch(/^\s+at /m);
  expect(place.bodies()).toHaveLength(1);
  expect(await place.run(["-c", "hello"])).toMatchObject({ code: 0, stdout: "fine\n" });
});

test("a database that may not be written is told and left as it was", { skip: process.platform === "win32" }, async () => {
  await using place = await openPlace();
  place.server.script("ok");
  await place.run(["hi"]);
  chmodSync(place.database, 0o444);
  chmodSync(place.home, 0o755);
  chmodSync(join(place.home, "data"), 0o755);
  chmodSync(join(place.home, "data", "antiphon"), 0o755);
  const before = digest(place.database);
  expectOneLine(
    await place.run(["-c", "hello"], { env: asNobody("store") }),
    1,
    /No permission to write .*conversations\.db\. Check its owner and mode/,
  );
  expect(place.bodies()).toHaveLength(1);
  expect(digest(place.database)).toBe(before);
});

test("an address where nobody answers, or that is none, is named", async () => {
  await using place = await openPlace();
  const closed = createServer();
  const port = await new Promise<number>((resolve) =>
    closed.listen(0, "127.0.0.1", () => resolve((closed.address() as { port: number }).port)),
  );
  await new Promise((resolve) => closed.close(resolve));
  const nobody = await place.run(["hi"], { env: { ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}` } });
  expectOneLine(
    nobody,
    1,
    new RegExp(
      `Nobody answers at http://127\\.0\\.0\\.1:${port}: .*ECONNREFUSED.*Check the network and ANTHROPIC_BASE_URL\\. Your message is kept`,
    ),
  );
  expectOneLine(
    await place.run(["hi"], { env: { ANTHROPIC_BASE_URL: "localhost:8080" } }),
    2,
    /ANTHROPIC_BASE_URL is "localhost:8080", which is no http address/,
  );
});
