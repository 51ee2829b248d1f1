import { NO_BILL } from "./conversation/bill.ts";
import type { Entry, EntryBody, MessageEntry } from "./conversation/entry.ts";
import { AntiphonError } from "./errors.ts";
import type { Host } from "./host.ts";
import type { BranchWriter } from "./store/branch-writer.ts";
import type { ConversationRecord, ConversationStore } from "./store/conversation-store.ts";

export interface ForkOptions {
  readonly from: BranchWriter;
  /** The last seq that the new branch shares. */
  readonly seq: number;
  /** The record whose head moves to the new branch; none moves without. */
  readonly moveHeadOf?: ConversationRecord | undefined;
  /** Stored on the new branch before the head moves there. */
  readonly first?: EntryBody | undefined;
}

/** Starts a branch. Nothing is read: what it shares is known. */
export async function forkBranch(host: Host, fork: ForkOptions): Promise<BranchWriter> {
  const { store, environment } = host;
  const writer = await fork.from.fork(environment.randomId(), fork.seq);
  if (fork.first) await writer.append(writer.draw(fork.first));
  if (fork.moveHeadOf) await moveHeadTo(store, fork.moveHeadOf, writer.key.branchId);
  return writer;
}

/** What an undo leaves on its branch, so that it can be told from a fork: it names the message that it took back. */
export function undoMark(taken: MessageEntry): EntryBody {
  return { kind: "boundary", boundary: { type: "left-out", entryIds: [taken.id], reason: "undo" }, bill: NO_BILL };
}

/** Whether this branch was made by an undo, and nothing was said on it since. Settings may have changed. */
export function isUndone(path: readonly Entry[], branchId: string): boolean {
  const own = path.filter((entry) => entry.branchId === branchId);
  const [first] = own;
  const isMark = first?.kind === "boundary" && first.boundary.type === "left-out" && first.boundary.reason === "undo";
  return isMark && own.every((entry) => entry.kind !== "message" || entry.setting !== undefined);
}

export function moveHeadTo(store: ConversationStore, record: ConversationRecord, branchId: string): Promise<void> {
  return store.moveHead({ conversationId: record.id, from: record.headBranchId, to: branchId });
}

/** Where the last turn that has ended left the path: whoever goes on beside a running turn shares nothing of it. */
export function endOfLastTurn(path: readonly Entry[]): number {
  const tip = path.at(-1)?.seq ?? 0;
  const last = path.findLast((entry): entry is MessageEntry => entry.kind === "message" && entry.role !== "system");
  if (last?.reply?.whole === true && !GOES_ON.has(last.reply.stopReason)) return tip;
  const asked = path.findLast((entry) => entry.kind === "message" && entry.origin === "human");
  return asked === undefined ? tip : asked.seq - 1;
}

/** Stop reasons behind which a turn makes another request. */
const GOES_ON: ReadonlySet<string | null> = new Set(["tool_use", "pause_turn", "compaction"]);

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
