import { storeErrors } from "@antiphon/core";
import type {
  Append,
  AppendResult,
  BranchKey,
  ConversationPage,
  ConversationRecord,
  ConversationStore,
  Draft,
  Entry,
  Erase,
  HeadMove,
  Lease,
  LeaseRequest,
  ListQuery,
  NewBranch,
  NewConversation,
  ReadQuery,
} from "@antiphon/core";
import { prepareAppend } from "./append.ts";
import { findBranch, needBranch, needConversation } from "./branches.ts";
import { findConversation, findSummary, insertBranch, insertConversation, listConversations, setMetadata } from "./conversations.ts";
import { Database } from "./database.ts";
import { eraseConversation, eraseEntries } from "./erasure.ts";
import * as leases from "./leases.ts";
import { openFile } from "./open-file.ts";
import { readPath } from "./path-reader.ts";
import { ownIdentity } from "./process-identity.ts";

/** How a file is opened. */
export interface SqliteStoreOptions {
  /** The clock of its leases, in milliseconds since 1970. */
  readonly now?: () => number;
  /** How long an operation waits for a lock of another process before it fails with `store_locked`. 5,000 unless told; 0 never waits. */
  readonly busyTimeoutMs?: number;
  /** Refuses to write, to create the file, and to change its format. The file may be where nothing can be written. */
  readonly readOnly?: boolean;
}

const BUSY_TIMEOUT_MS = 5000;
const CHUNKS = "SELECT draft_id, text FROM drafts WHERE conversation_id = ? AND branch_id = ? ORDER BY number";
const MOVE_HEAD = "UPDATE conversations SET head_branch_id = ? WHERE id = ?";

/**
 * Conversations in one SQLite file, for any number of processes of one machine. A write is on the disk when its promise
 * resolves. The file is readable with the plain `sqlite3` program (`select * from transcripts`).
 */
export class SqliteStore implements ConversationStore {
  readonly #database: Database;
  readonly #now: () => number;

  private constructor(database: Database, now: () => number) {
    this.#database = database;
    this.#now = now;
  }

  /**
   * Opens the file, which is made where there is none (mode 0600, folders 0700); one that is there keeps its mode. Nothing
   * that was stored is touched where it fails. Errors: `not_a_store`, `store_too_new`, `store_read_only`, `store_locked`,
   * `store_full`, `store_failed`; `invalid_input` for a path that cannot be a file.
   */
  static async open(
    path: string,
    { now = Date.now, busyTimeoutMs = BUSY_TIMEOUT_MS, readOnly = false }: SqliteStoreOptions = {},
  ): Promise<SqliteStore> {
    const file = await openFile(path, { busyTimeoutMs, readOnly });
    return new SqliteStore(new Database({ ...file, busyTimeoutMs }), now);
  }

  // Arguments are copied before a write waits for its turn: what callers do to them meanwhile must not be stored.
  async create(conversation: NewConversation): Promise<void> {
    const made = { ...conversation, metadata: { ...conversation.metadata } };
    const { id: conversationId, branchId, createdAt: at, entries = [] } = made;
    const appendFirst = prepareAppend({ conversationId, branchId, expectedTip: 0, entries, at });
    await this.#database.write(() => {
      if (insertConversation(this.#database, made)) appendFirst(this.#database);
    });
  }

  open(conversationId: string): Promise<ConversationRecord | undefined> {
    return this.#database.read(() => findConversation(this.#database, conversationId));
  }

  async append(append: Append): Promise<AppendResult> {
    const write = prepareAppend(append);
    return this.#database.write(() => write(this.#database));
  }

  read(query: ReadQuery): AsyncIterable<Entry> {
    return readPath(this.#database, query);
  }

  readDraft(key: BranchKey): Promise<Draft | undefined> {
    return this.#database.read(() => {
      const { tipSeq } = needBranch(this.#database, key);
      const rows = this.#database.all(CHUNKS, key.conversationId, key.branchId);
      if (rows[0] === undefined) return undefined;
      return {
        draftId: rows[0]["draft_id"] as string,
        afterSeq: tipSeq,
        chunks: rows.map(({ text }) => JSON.parse(text as string) as string),
      };
    });
  }

  fork(made: NewBranch): Promise<void> {
    const fork = { ...made };
    const { conversationId, branchId: id, parentBranchId, forkSeq, createdAt } = fork;
    return this.#database.write(() => {
      const there = findBranch(this.#database, fork);
      if (there !== undefined) {
        if (there.parentBranchId === parentBranchId && there.forkSeq === forkSeq && there.createdAt === createdAt) return;
        throw storeErrors.branchTaken(fork);
      }
      const parent = needBranch(this.#database, { conversationId, branchId: parentBranchId });
      if (!(Number.isInteger(forkSeq) && forkSeq >= 0 && forkSeq <= parent.tipSeq)) throw storeErrors.noEntryToForkAt(fork, parent.tipSeq);
      insertBranch(this.#database, { conversationId, id, parentBranchId, forkSeq, createdAt });
    });
  }

  moveHead({ conversationId, from, to }: HeadMove): Promise<void> {
    return this.#database.write(() => {
      needBranch(this.#database, { conversationId, branchId: to });
      const summary = findSummary(this.#database, conversationId);
      if (summary.headBranchId !== from) throw storeErrors.headMoved(summary, from);
      this.#database.run(MOVE_HEAD, to, conversationId);
    });
  }

  annotate(conversationId: string, metadata: Readonly<Record<string, string | undefined>>): Promise<void> {
    const fields = { ...metadata };
    return this.#database.write(() => {
      needConversation(this.#database, conversationId);
      setMetadata(this.#database, conversationId, fields);
    });
  }

  list(query?: ListQuery): Promise<ConversationPage> {
    return this.#database.read(() => listConversations(this.#database, query));
  }

  async erase({ conversationId, entryIds }: Erase): Promise<void> {
    const ids = entryIds && [...entryIds];
    await this.#database.write(() => {
      if (ids === undefined) eraseConversation(this.#database, conversationId);
      else eraseEntries(this.#database, conversationId, ids);
    });
    // The log still has what was erased, until it is written over. Where others read right now, a later checkpoint does it.
    this.#database.emptyLog();
  }

  acquireLease(asked: LeaseRequest): Promise<Lease | undefined> {
    const request = { ...asked };
    return this.#database.write(() => leases.acquire(this.#database, request, { now: this.#now(), owner: ownIdentity() }));
  }

  renewLease(held: Lease, ttlMs: number): Promise<Lease> {
    const lease = { ...held };
    return this.#database.write(() => leases.renew(this.#database, lease, this.#now() + ttlMs));
  }

  releaseLease(held: Lease): Promise<void> {
    const lease = { ...held };
    return this.#database.write(() => leases.release(this.#database, lease));
  }

  /** Finishes the writes that were asked for and closes the file. The last process to close it leaves one file, without a log. */
  close(): Promise<void> {
    return this.#database.close();
  }
}
