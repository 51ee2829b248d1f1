import type { Branch } from "../conversation/branch.ts";
import type { ConversationRecord, ConversationStore } from "../store/conversation-store.ts";
import { isInput, replyOf, rowOf, type UsageRow } from "./usage-row.ts";

/**
 * The requests of a conversation that left an entry, on all its branches: what `requestsOf` makes of the paths of all of them, though
 * each entry is read once. Memory: the rows, not the entries.
 */
export async function storedRequests(store: ConversationStore, { id, branches }: ConversationRecord): Promise<readonly UsageRow[]> {
  const read = new Map<string, OwnRequests>();
  for (const branch of branches) read.set(branch.id, await ownRequests(store, id, branch));
  return [...read.values()].flatMap(({ branch, rows, inherited }) => {
    const turnId = turnAt(read, branch.parentBranchId, branch.forkSeq);
    if (turnId === undefined) return rows;
    return rows.map((row, at) => (at < inherited ? { ...row, turnId } : row));
  });
}

interface OwnRequests {
  readonly branch: Branch;
  readonly inputs: readonly { readonly seq: number; readonly id: string }[];
  readonly rows: readonly UsageRow[];
  /** How many of the rows, from the first on, belong to the turn that the branch was forked in. */
  readonly inherited: number;
}

async function ownRequests(store: ConversationStore, conversationId: string, branch: Branch): Promise<OwnRequests> {
  const inputs: { readonly seq: number; readonly id: string }[] = [];
  const rows: UsageRow[] = [];
  let inherited = 0;
  for await (const entry of store.read({ conversationId, branchId: branch.id, afterSeq: branch.forkSeq })) {
    if (entry.kind === "message" && isInput(entry)) inputs.push({ seq: entry.seq, id: entry.id });
    const reply = replyOf(entry);
    // A copy was asked for in the conversation that it was copied from.
    if (reply === undefined || reply.copied === true) continue;
    rows.push(rowOf(conversationId, inputs.at(-1)?.id, entry, reply));
    if (inputs.length === 0) inherited += 1;
  }
  return { branch, inputs, rows, inherited };
}

/** The last input on the path of a branch, up to a place. */
function turnAt(read: ReadonlyMap<string, OwnRequests>, branchId: string | undefined, seq: number): string | undefined {
  let limit = seq;
  for (let at = branchId === undefined ? undefined : read.get(branchId); at !== undefined;) {
    const input = at.inputs.findLast((own) => own.seq <= limit);
    if (input !== undefined) return input.id;
    limit = Math.min(limit, at.branch.forkSeq);
    at = at.branch.parentBranchId === undefined ? undefined : read.get(at.branch.parentBranchId);
  }
  return undefined;
}
