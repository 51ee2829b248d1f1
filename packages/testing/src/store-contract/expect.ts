import assert from "node:assert/strict";
import { isAntiphonError } from "@antiphon/core";
import type { AntiphonError, BranchKey, ConversationStore, Entry, ErrorCode, ReadQuery } from "@antiphon/core";

/** Compares as JSON does: a field that is `undefined` equals one that is absent. */
export function same(actual: unknown, expected: unknown, what: string): void {
  assert.deepStrictEqual(plain(actual), plain(expected), what);
}

/** The error that a call rejects with, which must be ours and of that code. */
export async function refused(call: Promise<unknown>, code: ErrorCode, what: string): Promise<AntiphonError> {
  const error = await call.then(
    () => assert.fail(`${what}: it succeeded, ${code} was due`),
    (reason: unknown) => reason,
  );
  if (error instanceof assert.AssertionError) throw error;
  assert.ok(isAntiphonError(error, code), `${what}: ${code} was due, not ${String(error)}`);
  assert.ok(!error.message.includes("\n"), `${what}: the message must be one line`);
  return error;
}

/** All entries of a read, in the order in which they came. */
export async function collect(store: ConversationStore, query: ReadQuery): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of store.read(query)) entries.push(entry);
  return entries;
}

/** The ids on a path, root first. */
export async function idsOf(store: ConversationStore, query: ReadQuery): Promise<string[]> {
  return (await collect(store, query)).map(({ id }) => id);
}

/** The tip of a branch as its record says it. */
export async function tipOf(store: ConversationStore, { conversationId, branchId }: BranchKey): Promise<number | undefined> {
  const record = await store.open(conversationId);
  return record?.branches.find(({ id }) => id === branchId)?.tipSeq;
}

function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
