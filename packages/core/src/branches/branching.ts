import { NO_BILL } from "../conversation/bill.ts";
import type { Branch } from "../conversation/branch.ts";
import type { Entry, EntryBody, MessageEntry } from "../conversation/entry.ts";
import type { Settings } from "../conversation/settings.ts";
import { AntiphonError } from "../errors.ts";
import type { Host } from "../host.ts";
import { settingsAsTold } from "../request/instructions.ts";
import type { ProjectOptions } from "../request/project.ts";
import { isSaid } from "./siblings.ts";
import type { BranchWriter } from "../store/branch-writer.ts";
import type { ConversationRecord, ConversationStore } from "../store/conversation-store.ts";
import { changeSettings } from "../rewriting/change-settings.ts";
import { ownId } from "../own-options.ts";

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

/** The branch from which the last undo took, where it is the last step on this one. Errors: `invalid_input` where it is not. */
export function branchBeforeUndo({ path, key, tipSeq }: BranchWriter, record: ConversationRecord): string {
  const branch = record.branches.find(({ id }) => id === key.branchId);
  const parent = branch?.parentBranchId;
  if (parent !== undefined && branch?.tipSeq === tipSeq && isUndone(path, key.branchId)) return parent;
  throw new AntiphonError("invalid_input", "There is nothing to bring back here: the last step on this branch was not an undo.");
}

/** Whether this branch was made by an undo, and nothing was said on it since. Settings may have changed. */
function isUndone(path: readonly Entry[], branchId: string): boolean {
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

/** The path that a branch from an earlier place of this one would have, with the settings of here. */
export function pathBackTo(writer: BranchWriter, seq: number): readonly Entry[] {
  const settings = changedSince(writer.path, seq);
  const shared = writer.path.slice(0, seq);
  if (settings === undefined) return shared;
  return [...shared, { ...writer.draw({ kind: "settings", settings }), branchId: writer.key.branchId, seq: seq + 1 }];
}

/**
 * Writes the settings of a path's end to a branch from an earlier place of it, where they were others there: a person who goes back
 * does not take them back. Their bill was accepted when they were changed, and is no higher there.
 */
export function keepSettings(path: readonly Entry[], seq: number, projecting: ProjectOptions): ForkOptions["prepare"] {
  const settings = changedSince(path, seq);
  if (settings === undefined) return undefined;
  return (writer) => {
    const gone = Object.fromEntries(Object.keys(settingsAsTold(writer.path)!).map((field) => [field, undefined]));
    return changeSettings(writer, { ...gone, ...settings }, { ...projecting, accept: true });
  };
}

function changedSince(path: readonly Entry[], seq: number): Settings | undefined {
  const now = settingsAsTold(path);
  return JSON.stringify(now) === JSON.stringify(settingsAsTold(path.slice(0, seq))) ? undefined : now;
}

/** An entry of a path, by its id. Errors: `not_found`. */
export function entryOn({ path, key }: BranchWriter, entryId: string): Entry {
  ownId(entryId, "entry");
  // From the end: what is worked on lies there more often than not.
  const entry = path.findLast(({ id }) => id === entryId);
  if (entry === undefined) throw new AntiphonError("not_found", `There is no entry ${entryId} on the path of branch ${key.branchId}.`);
  return entry;
}

/** The same, of an entry at which somebody says something. Errors: `invalid_input` too. */
export function saidOn(writer: BranchWriter, entryId: string): MessageEntry {
  const entry = entryOn(writer, entryId);
  if (isSaid(entry)) return entry;
  throw new AntiphonError("invalid_input", `Entry ${entryId} is no message of a person, a tool or the model. Name one that is.`);
}

/** The same, of one that was said to the model. Errors: `invalid_input` too. */
export function messageToModel(writer: BranchWriter, entryId: string): MessageEntry {
  const entry = saidOn(writer, entryId);
  if (entry.role === "user") return entry;
  throw new AntiphonError(
    "invalid_input",
    `Entry ${entryId} is no message to the model, so nothing can be asked in its place. Name a message of role \`user\`.`,
  );
}

/** A branch of a conversation, by its id. Errors: `not_found`. */
export function branchOf({ id, branches }: ConversationRecord, branchId: string): Branch {
  ownId(branchId, "branch");
  const branch = branches.find((candidate) => candidate.id === branchId);
  if (branch !== undefined) return branch;
  throw new AntiphonError("not_found", `Conversation ${id} has no branch ${branchId}. \`branches()\` lists those it has.`);
}

function findLast(path: readonly Entry[], matches: (entry: MessageEntry) => boolean, what: string): MessageEntry {
  const entry = path.findLast((candidate): candidate is MessageEntry => candidate.kind === "message" && matches(candidate));
  if (entry === undefined) throw new AntiphonError("not_found", `There is no ${what} on this path.`);
  return entry;
}
