import type { Branch } from "../conversation/branch.ts";
import type { Entry, MessageEntry } from "../conversation/entry.ts";
import type { ConversationRecord, ConversationStore } from "../store/conversation-store.ts";

/** One of the messages that were said behind the same message, each on a branch of its own. */
export interface Sibling {
  readonly entry: MessageEntry;
  /** Where it is read on: of the branches that hold it the one that was written to last; the handle's own where it is on its path. */
  readonly branchId: string;
  /** Whether it is the one on the handle's path. */
  readonly isCurrent: boolean;
}

/** Reads what was said in place of a message, on any branch, itself included, in the order of making. */
export async function siblingsOf(
  store: ConversationStore,
  record: ConversationRecord,
  at: { readonly path: readonly Entry[]; readonly branchId: string; readonly entry: MessageEntry },
): Promise<readonly Sibling[]> {
  const tree = treeOf(record.branches);
  const siblings: Sibling[] = [];
  for (const entry of await saidBehind(store, record.id, placeBefore(at, tree))) {
    const isCurrent = entry.id === at.entry.id;
    const branchId = isCurrent ? at.branchId : await lastWritten(store, record.id, holdersOf(entry, tree));
    siblings.push({ entry, branchId, isCurrent });
  }
  return siblings.toSorted((a, b) => a.entry.createdAt - b.entry.createdAt || (a.entry.id < b.entry.id ? -1 : 1));
}

/** A branch with those that leave it at one of its own entries, or before the first where it is the root. */
interface Node {
  readonly branch: Branch;
  readonly children: Node[];
}

/** Branches by id. A branch stands under the one that holds the entry it forks at, which need not be the one it was forked from. */
type Tree = ReadonlyMap<string, Node>;

function treeOf(branches: readonly Branch[]): Tree {
  const tree: ReadonlyMap<string, Node> = new Map(branches.map((branch) => [branch.id, { branch, children: [] }]));
  for (const node of tree.values()) {
    let parent = parentOf(node.branch, tree);
    while (parent?.branch.parentBranchId !== undefined && node.branch.forkSeq <= parent.branch.forkSeq)
      parent = parentOf(parent.branch, tree);
    parent?.children.push(node);
  }
  return tree;
}

function parentOf({ parentBranchId }: Branch, tree: Tree): Node | undefined {
  return parentBranchId === undefined ? undefined : tree.get(parentBranchId);
}

/** A place of the tree: behind an entry of a branch, 0 being before the first. */
interface Place {
  readonly node: Node;
  readonly seq: number;
}

/** Whether somebody says something to somebody there. An instruction goes along with what is said, as settings and boundaries do. */
export function isSaid(entry: Entry): entry is MessageEntry {
  return entry.kind === "message" && entry.role !== "system";
}

/** The place behind the message that stands before this one. */
function placeBefore({ path, entry }: { readonly path: readonly Entry[]; readonly entry: MessageEntry }, tree: Tree): Place {
  const before = path.slice(0, path.indexOf(entry)).findLast(isSaid);
  if (before !== undefined) return { node: tree.get(before.branchId)!, seq: before.seq };
  return { node: [...tree.values()].find(({ branch }) => branch.parentBranchId === undefined)!, seq: 0 };
}

/** The first message behind a place on each branch that goes through it; one that several share comes once. */
async function saidBehind(store: ConversationStore, conversationId: string, place: Place): Promise<MessageEntry[]> {
  const said: MessageEntry[] = [];
  const open = [place.node];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const { id: branchId, forkSeq } = node.branch;
    const first = await firstMessage(store, { conversationId, branchId, afterSeq: Math.max(forkSeq, place.seq) });
    if (first !== undefined) said.push(first);
    const end = first?.seq ?? Number.POSITIVE_INFINITY;
    // Whoever leaves behind that message shares it, and says nothing else in its place.
    open.push(...node.children.filter(({ branch }) => branch.forkSeq >= place.seq && branch.forkSeq < end));
  }
  return said;
}

async function firstMessage(
  store: ConversationStore,
  behind: { readonly conversationId: string; readonly branchId: string; readonly afterSeq: number },
): Promise<MessageEntry | undefined> {
  for await (const entry of store.read(behind)) if (isSaid(entry)) return entry;
  return undefined;
}

/** The branches on whose path an entry is. Those without an entry of their own lead nowhere. */
function holdersOf(entry: Entry, tree: Tree): readonly Branch[] {
  const home = tree.get(entry.branchId)!;
  const holders = [home.branch];
  const open = home.children.filter(({ branch }) => branch.forkSeq >= entry.seq);
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.branch.tipSeq > node.branch.forkSeq) holders.push(node.branch);
    open.push(...node.children);
  }
  return holders;
}

async function lastWritten(store: ConversationStore, conversationId: string, branches: readonly Branch[]): Promise<string> {
  let latest = { branchId: branches[0]!.id, at: Number.NEGATIVE_INFINITY };
  for (const { id: branchId } of branches.length > 1 ? branches : []) {
    for await (const tip of store.read({ conversationId, branchId, last: 1 })) {
      if (tip.createdAt >= latest.at) latest = { branchId, at: tip.createdAt };
    }
  }
  return latest.branchId;
}
