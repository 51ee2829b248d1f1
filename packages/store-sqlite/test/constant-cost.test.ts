import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { SqliteStore } from "@antiphon/store-sqlite";
import { expect, test, vi } from "vitest";
import { KEY, message, NEW_CONVERSATION, testFolder } from "./test-file.ts";

/** Every statement that the hot operations of a conversation run: none of them may walk what grows. */
async function hotStatements(path: string): Promise<readonly string[]> {
  const store = await SqliteStore.open(path);
  const prepare = vi.spyOn(DatabaseSync.prototype, "prepare");
  try {
    await store.create({ ...NEW_CONVERSATION, entries: [message(1)] });
    const lease = await store.acquireLease({ ...KEY, holder: "test", ttlMs: 1000 });
    await store.append({ ...KEY, expectedTip: 1, draft: { draftId: "d", number: 0, text: "so far" }, at: 2, fence: lease!.fence });
    await store.append({ ...KEY, expectedTip: 1, entries: [message(2)], at: 2, fence: lease!.fence });
    await store.append({ ...KEY, expectedTip: 1, entries: [message(2)], at: 2 });
    await store.renewLease(lease!, 1000);
    await store.releaseLease(lease!);
    await store.fork({ conversationId: "c", branchId: "b2", parentBranchId: "b", forkSeq: 1, createdAt: 3 });
    await store.moveHead({ conversationId: "c", from: "b", to: "b2" });
    await store.readDraft(KEY);
    await store.open("c");
    await Array.fromAsync(store.read({ ...KEY, last: 50 }));
    await store.list({ limit: 10 });
    return [...new Set(prepare.mock.calls.map(([sql]) => sql))].filter((sql) => /^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)/i.test(sql));
  } finally {
    prepare.mockRestore();
    await store.close();
  }
}

/** By its key, or (the list) in the order of an index of which a page is read. Branches of one conversation may be sorted. */
const FOUND = /\((conversation_)?id=\?|USING INDEX conversations_by_use/;

test("Law 9. Constant cost: appending, forking, leasing and reading the last 50 find their rows by an index, whatever is stored", async () => {
  const path = join(testFolder(), "chats.db");
  const statements = await hotStatements(path);
  expect(statements.length).toBeGreaterThan(10);
  const database = new DatabaseSync(path);
  const walks = statements.flatMap((sql) => {
    const parameters = Array.from({ length: sql.match(/\?/g)?.length ?? 0 }, () => 1);
    const steps = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters) as { detail: string }[];
    return steps.filter(({ detail }) => /^(SCAN|SEARCH) /.test(detail) && !FOUND.test(detail)).map(({ detail }) => `${detail}: ${sql}`);
  });
  database.close();
  expect(walks).toEqual([]);
});
