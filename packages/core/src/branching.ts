import { NO_BILL } from "./conversation/bill.ts";
import type { Entry, EntryBody, MessageEntry } from "./conversation/entry.ts";
import type { Settings } from "./conversation/settings.ts";
import { AntiphonError } from "./errors.ts";
import type { Host } from "./host.ts";
import { settingsAsTold } from "./request/instructions.ts";
import type { BranchWriter } from "./store/branch-writer.ts";
import type { ConversationRecord, ConversationStore } from "./store/conversation-store.ts";
import type { SettingsChange } from "./turn/change-settings.ts";

export interface ForkOptions {
  readonly from: BranchWriter;
  /** The last seq that the new branch shares. */
  readonly seq: number;
  /** The record whose head moves to the new branch; none moves without. */
  readonly moveHeadOf?: ConversationRecord | undefined;
  /** Writes to the new branch before the head moves there. */
  readonly prepare?: ((writer: BranchWriter) => Promise<unknown>) | undefined;
}

/** Starts a branch. Nothing is read: what it shares is known. */
export async function forkBranch(host: Host, fork: ForkOptions): Promise<BranchWriter> {
  const { store, environment } = host;
  const writer = await fork.from.fork(environment.randomId(), fork.seq);
  await fork.prepare?.(writer);
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

/**
 * The seq behind which the last reply began: the end of what was asked. Where the API refused to take that, it is the end of what
 * was asked all the same, in front of the boundary that leaves it out. Errors: `not_found`.
 */
export function endOfLastQuestion(path: readonly Entry[]): number {
  const human = path.findLastIndex((entry) => entry.kind === "message" && entry.origin === "human");
  const asked = path[human];
  const since = path.slice(human + 1);
  // What a reply went on from is a part of what was asked.
  const end =
    since.find((entry) => (entry.kind === "message" && entry.reply !== undefined) || (asked !== undefined && leavesOut(entry, asked.id))) ??
    since.find((entry) => entry.kind === "message" && entry.role === "assistant");
  if (end === undefined) throw new AntiphonError("not_found", "There is no reply at the end of this path that could be made again.");
  return end.seq - 1;
}

function leavesOut(entry: Entry, id: string): boolean {
  return entry.kind === "boundary" && entry.boundary.type === "left-out" && entry.boundary.entryIds.includes(id);
}

/** The settings at the end of a path, where they were others at an earlier seq of it: a person who goes back does not take them back. */
export function changedSince(path: readonly Entry[], seq: number): Settings | undefined {
  const now = settingsAsTold(path);
  const then = settingsAsTold(path.slice(0, seq));
  return JSON.stringify(now) === JSON.stringify(then) ? undefined : now;
}

/** The change that makes these settings of those, fields that are gone included. */
export function changeTo(settings: Settings, from: Settings): SettingsChange {
  return { ...Object.fromEntries(Object.keys(from).map((field) => [field, undefined])), ...settings };
}

function findLast(path: readonly Entry[], matches: (entry: MessageEntry) => boolean, what: string): MessageEntry {
  const entry = path.findLast((candidate): candidate is MessageEntry => candidate.kind === "message" && matches(candidate));
  if (entry === undefined) throw new AntiphonError("not_found", `There is no ${what} on this path.`);
  return entry;
}
