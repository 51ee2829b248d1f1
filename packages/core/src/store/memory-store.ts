import { pathSegments } from "../conversation/branch.ts";
import type { Branch } from "../conversation/branch.ts";
import type { Entry } from "../conversation/entry.ts";
import { frozenCopy } from "../conversation/frozen-copy.ts";
import { tombstoneOf } from "../conversation/tombstone.ts";
import type {
  Append,
  AppendResult,
  BranchKey,
  ConversationPage,
  ConversationRecord,
  ConversationStore,
  ConversationSummary,
  Draft,
  Erase,
  HeadMove,
  Lease,
  LeaseRequest,
  ListQuery,
  NewBranch,
  NewConversation,
  ReadQuery,
} from "./conversation-store.ts";
import { listCursorAfter, settleListQuery } from "./list-query.ts";
import { storeErrors } from "./store-errors.ts";

/** What a store in memory takes from outside. */
export interface MemoryStoreOptions {
  /** The clock of its leases, in milliseconds since 1970. */
  readonly now?: () => number;
}

interface StoredConversation {
  summary: ConversationSummary;
  readonly hashKey: string;
  readonly branches: Map<string, Branch>;
  readonly rows: Map<string, BranchRows>;
}

interface BranchRows {
  /** The branch's own entries: the one at index 0 has the seq `forkSeq + 1`. */
  entries: Entry[];
  draft?: { readonly draftId: string; readonly chunks: Map<number, string> } | undefined;
  /** The newest grant; it stays after its end, so that fences only rise. */
  lease?: Lease | undefined;
}

/**
 * Conversations in this process's memory: for tests, and the reference of the store contract. What it stores and gives
 * back is copied in wire form and frozen. Each method does its work in one go, which makes it atomic.
 */
export class MemoryStore implements ConversationStore {
  readonly #now: () => number;
  readonly #conversations = new Map<string, StoredConversation>();
  #closed = false;

  constructor({ now = Date.now }: MemoryStoreOptions = {}) {
    this.#now = now;
  }

  async create({ id, branchId, createdAt, hashKey, metadata = {}, entries = [] }: NewConversation): Promise<void> {
    this.#checkOpen();
    const placed = entries.map((entry, i) => stored({ ...entry, branchId, seq: 1 + i }));
    const there = this.#conversations.get(id);
    if (there !== undefined) {
      const root = there.branches.values().next().value;
      if (there.summary.createdAt === createdAt && there.hashKey === hashKey && root?.id === branchId) return;
      throw storeErrors.conversationTaken(id);
    }
    this.#conversations.set(id, {
      summary: frozenCopy({ id, createdAt, usedAt: createdAt, headBranchId: branchId, metadata }),
      hashKey,
      branches: new Map([[branchId, frozenCopy({ id: branchId, forkSeq: 0, tipSeq: placed.length, createdAt })]]),
      rows: new Map([[branchId, { entries: placed }]]),
    });
  }

  async open(conversationId: string): Promise<ConversationRecord | undefined> {
    this.#checkOpen();
    const found = this.#conversations.get(conversationId);
    return found && frozenCopy({ ...found.summary, hashKey: found.hashKey, branches: [...found.branches.values()] });
  }

  async append({ expectedTip, entries = [], draft, at, fence, ...key }: Append): Promise<AppendResult> {
    const { conversation, branch, rows } = this.#branch(key);
    const tipSeq = expectedTip + entries.length;
    const there = rows.entries.slice(Math.max(0, expectedTip - branch.forkSeq), Math.max(0, tipSeq - branch.forkSeq));
    if (entries.length > 0 && entries.every(({ id }, i) => there[i]?.id === id && there[i].seq === expectedTip + 1 + i)) return { tipSeq };
    if (fence !== undefined && rows.lease !== undefined && fence < rows.lease.fence)
      throw storeErrors.leaseLost(key, fence, rows.lease.fence);
    if (branch.tipSeq !== expectedTip) throw storeErrors.tipMoved(key, expectedTip, branch.tipSeq);

    // Everything that can fail is done before anything is changed.
    const placed = entries.map((entry, i) => stored({ ...entry, branchId: branch.id, seq: expectedTip + 1 + i }));
    rows.entries.push(...placed);
    if (placed.length > 0) {
      conversation.branches.set(branch.id, frozenCopy({ ...branch, tipSeq }));
      rows.draft = undefined;
    }
    if (draft !== undefined) {
      if (rows.draft?.draftId !== draft.draftId) rows.draft = { draftId: draft.draftId, chunks: new Map() };
      if (!rows.draft.chunks.has(draft.number)) rows.draft.chunks.set(draft.number, draft.text);
    }
    const usedAt = Math.max(conversation.summary.usedAt, at);
    if (usedAt !== conversation.summary.usedAt) conversation.summary = Object.freeze({ ...conversation.summary, usedAt });
    return { tipSeq };
  }

  async *read({ last = Number.POSITIVE_INFINITY, afterSeq = 0, ...key }: ReadQuery): AsyncIterable<Entry> {
    const { conversation, branch } = this.#branch(key);
    const behind = Math.max(afterSeq, branch.tipSeq - last);
    const path = pathSegments(conversation.branches, branch.id).flatMap(({ branchId, fromSeq, toSeq }) => {
      const entries = conversation.rows.get(branchId)?.entries ?? [];
      return entries.slice(Math.max(0, behind + 1 - fromSeq), Math.max(0, toSeq + 1 - fromSeq));
    });
    for (const entry of path) {
      this.#checkOpen();
      yield entry;
    }
  }

  async readDraft(key: BranchKey): Promise<Draft | undefined> {
    const { branch, rows } = this.#branch(key);
    if (rows.draft === undefined) return undefined;
    const chunks = [...rows.draft.chunks].toSorted(([a], [b]) => a - b).map(([, text]) => text);
    return frozenCopy({ draftId: rows.draft.draftId, afterSeq: branch.tipSeq, chunks });
  }

  async fork(fork: NewBranch): Promise<void> {
    const { conversationId, branchId: id, parentBranchId, forkSeq, createdAt } = fork;
    const { branches, rows } = this.#conversation(conversationId);
    const there = branches.get(id);
    if (there !== undefined) {
      if (there.parentBranchId === parentBranchId && there.forkSeq === forkSeq && there.createdAt === createdAt) return;
      throw storeErrors.branchTaken(fork);
    }
    const parent = branches.get(parentBranchId);
    if (parent === undefined) throw storeErrors.noBranch({ conversationId, branchId: parentBranchId });
    if (!(Number.isInteger(forkSeq) && forkSeq >= 0 && forkSeq <= parent.tipSeq)) throw storeErrors.noEntryToForkAt(fork, parent.tipSeq);
    branches.set(id, frozenCopy({ id, parentBranchId, forkSeq, tipSeq: forkSeq, createdAt }));
    rows.set(id, { entries: [] });
  }

  async moveHead({ conversationId, from, to }: HeadMove): Promise<void> {
    const { conversation } = this.#branch({ conversationId, branchId: to });
    if (conversation.summary.headBranchId !== from) throw storeErrors.headMoved(conversation.summary, from);
    conversation.summary = frozenCopy({ ...conversation.summary, headBranchId: to });
  }

  async annotate(conversationId: string, metadata: Readonly<Record<string, string | undefined>>): Promise<void> {
    const conversation = this.#conversation(conversationId);
    // The copy drops the fields that are `undefined`, which is how they are removed.
    conversation.summary = frozenCopy({
      ...conversation.summary,
      metadata: { ...conversation.summary.metadata, ...metadata },
    }) as ConversationSummary;
  }

  async list(query?: ListQuery): Promise<ConversationPage> {
    this.#checkOpen();
    const { limit, after, idPrefix, metadata } = settleListQuery(query);
    const found = [...this.#conversations.values()]
      .map(({ summary }) => summary)
      .filter((summary) => summary.id.startsWith(idPrefix) && metadata.every(([name, value]) => summary.metadata[name] === value))
      .filter((summary) => after === undefined || lastUsedFirst(after, summary) < 0)
      .toSorted(lastUsedFirst);
    const conversations = found.slice(0, limit);
    const end = conversations.at(-1);
    return end !== undefined && found.length > limit ? { conversations, cursor: listCursorAfter(end) } : { conversations };
  }

  async erase({ conversationId, entryIds }: Erase): Promise<void> {
    this.#checkOpen();
    if (entryIds === undefined) return void this.#conversations.delete(conversationId);
    const erased = new Set(entryIds);
    for (const rows of this.#conversations.get(conversationId)?.rows.values() ?? []) {
      rows.entries = rows.entries.map((entry) => (erased.has(entry.id) ? tombstone(entry) : entry));
      rows.draft = undefined;
    }
  }

  async acquireLease({ conversationId, branchId, holder, ttlMs }: LeaseRequest): Promise<Lease | undefined> {
    const { rows } = this.#branch({ conversationId, branchId });
    const now = this.#now();
    if (rows.lease !== undefined && rows.lease.holder !== holder && rows.lease.expiresAt > now) return undefined;
    rows.lease = frozenCopy({ conversationId, branchId, holder, fence: (rows.lease?.fence ?? 0) + 1, expiresAt: now + ttlMs });
    return rows.lease;
  }

  async renewLease(lease: Lease, ttlMs: number): Promise<Lease> {
    const rows = this.#leaseRows(lease);
    if (rows?.lease?.fence !== lease.fence || rows.lease.expiresAt === RELEASED)
      throw storeErrors.leaseLost(lease, lease.fence, rows?.lease?.fence);
    rows.lease = frozenCopy({ ...rows.lease, expiresAt: this.#now() + ttlMs });
    return rows.lease;
  }

  async releaseLease(lease: Lease): Promise<void> {
    const rows = this.#leaseRows(lease);
    if (rows?.lease?.fence === lease.fence) rows.lease = frozenCopy({ ...rows.lease, expiresAt: RELEASED });
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #checkOpen(): void {
    if (this.#closed) throw storeErrors.closed();
  }

  #conversation(conversationId: string): StoredConversation {
    this.#checkOpen();
    const conversation = this.#conversations.get(conversationId);
    if (conversation === undefined) throw storeErrors.noConversation(conversationId);
    return conversation;
  }

  #branch(key: BranchKey): { conversation: StoredConversation; branch: Branch; rows: BranchRows } {
    const conversation = this.#conversation(key.conversationId);
    const branch = conversation.branches.get(key.branchId);
    const rows = conversation.rows.get(key.branchId);
    if (branch === undefined || rows === undefined) throw storeErrors.noBranch(key);
    return { conversation, branch, rows };
  }

  #leaseRows({ conversationId, branchId }: Lease): BranchRows | undefined {
    this.#checkOpen();
    return this.#conversations.get(conversationId)?.rows.get(branchId);
  }
}

/** The expiry of a lease that was given back. */
const RELEASED = -1;

function lastUsedFirst(a: Pick<ConversationSummary, "usedAt" | "id">, b: Pick<ConversationSummary, "usedAt" | "id">): number {
  return b.usedAt - a.usedAt || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
}

function stored(entry: Entry): Entry {
  try {
    return frozenCopy(entry);
  } catch (error) {
    throw storeErrors.notJson(error);
  }
}

function tombstone(entry: Entry): Entry {
  const { id, createdAt, branchId, seq } = entry;
  return frozenCopy({ id, createdAt, branchId, seq, ...tombstoneOf(entry) });
}
