import type { Entry, MessageEntry } from "./conversation/entry.ts";
import { AntiphonError } from "./errors.ts";
import type { Host } from "./host.ts";
import { BranchWriter } from "./store/branch-writer.ts";
import type { BranchKey, ConversationRecord, ConversationStore } from "./store/conversation-store.ts";

export interface ForkOptions {
  readonly from: BranchKey;
  /** The last seq that the new branch shares. */
  readonly seq: number;
  /** The record whose head moves to the new branch; none moves without. */
  readonly moveHeadOf?: ConversationRecord | undefined;
}

/** Starts a branch and loads it. */
export async function forkBranch(host: Host, fork: ForkOptions): Promise<BranchWriter> {
  const { store, environment } = host;
  const key = { conversationId: fork.from.conversationId, branchId: environment.randomId() };
  await store.fork({ ...key, parentBranchId: fork.from.branchId, forkSeq: fork.seq, createdAt: environment.now() });
  if (fork.moveHeadOf) await moveHeadTo(store, fork.moveHeadOf, key.branchId);
  return BranchWriter.load(key, store, environment);
}

export function moveHeadTo(store: ConversationStore, record: ConversationRecord, branchId: string): Promise<void> {
  return store.moveHead({ conversationId: record.id, from: record.headBranchId, to: branchId });
}

/** The last message that a person said. Errors: `not_found`. */
export function lastHumanMessage(path: readonly Entry[]): MessageEntry {
  return findLast(path, (entry) => entry.origin === "human", "message of a person");
}

/** The first of the replies since the last thing that the model was told. Errors: `not_found`. */
export function lastReply(path: readonly Entry[]): MessageEntry {
  const human = path.findLastIndex((entry) => entry.kind === "message" && entry.origin === "human");
  const reply = path.slice(human + 1).find((entry) => entry.kind === "message" && entry.role === "assistant");
  if (reply === undefined) throw new AntiphonError("not_found", "There is no reply at the end of this path that could be made again.");
  return reply as MessageEntry;
}

function findLast(path: readonly Entry[], matches: (entry: MessageEntry) => boolean, what: string): MessageEntry {
  const entry = path.findLast((candidate): candidate is MessageEntry => candidate.kind === "message" && matches(candidate));
  if (entry === undefined) throw new AntiphonError("not_found", `There is no ${what} on this path.`);
  return entry;
}
