import type { Branch } from "../conversation/branch.ts";
import type { Entry, NewEntry } from "../conversation/entry.ts";

/**
 * Where conversations live. Every method is atomic, durable when its promise resolves, safe against any number of
 * other writers, and rejects with an `AntiphonError` and nothing else (`not_found`, `tip_moved`, `lease_lost`,
 * `already_exists`, `invalid_input`, or one of the `store_*` codes; `storeErrors` words them). A store never blocks the
 * event loop while it waits for a lock. Values are kept as JSON keeps them: key order stays, `undefined` fields go.
 * What callers do later to an object that they handed in or got back changes nothing that is stored.
 *
 * The contract is proven by the suite in `@antiphon/testing`: a store that passes it is a store.
 */
export interface ConversationStore {
  /**
   * Makes a conversation with one branch and its first entries: all of it or nothing. Repeating it with the same id, `branchId`, `createdAt` and `hashKey`
   * changes nothing. Errors: `already_exists` for an id taken by another. Cost: constant.
   */
  create(conversation: NewConversation): Promise<void>;

  /** The record with its branches, or `undefined`. Entries are not read. Cost: grows with the number of branches only. */
  open(conversationId: string): Promise<ConversationRecord | undefined>;

  /**
   * Extends a branch by entries, by draft text, or both, if its tip is where the writer believes it.
   * Entries get the seqs after `expectedTip` in order, and end the branch's draft; a draft chunk in the same call then begins
   * the next one. A call whose entries are all there already under the same ids, at these seqs, succeeds with the result it had and
   * changes nothing, whatever came after them (so a lost answer is safe to repeat). A call without entries and draft only checks.
   * Errors: `lease_lost` where `fence` is older than the branch's newest lease; else `tip_moved` (with `details.tipSeq`) where
   * another writer was first; `not_found`; `invalid_input` for an entry that JSON cannot carry. After an error nothing was written. Cost: constant in the length of the branch.
   */
  append(append: Append): Promise<AppendResult>;

  /**
   * The entries of a branch's path, oldest first. Which ones is settled at one instant after the call; an entry erased while
   * they are read may come as its tombstone, and `not_found` may end the reading of a conversation that is erased meanwhile.
   * `last` gives the newest N only; `afterSeq` those behind a seq; with both, the newest N of those behind it.
   * Errors: `not_found`. Cost: the entries yielded and the forks between them, whatever the path's length; memory is bounded.
   */
  read(query: ReadQuery): AsyncIterable<Entry>;

  /** The draft beside a branch's tip, chunks in order, or `undefined`. Errors: `not_found`. */
  readDraft(query: BranchKey): Promise<Draft | undefined>;

  /**
   * Starts a branch at an entry of another's path (0: before the first): one row, nothing copied, head and `usedAt` left alone.
   * Repeating it with the same values changes nothing.
   * Errors: `not_found` (also where `forkSeq` is no seq of the parent's path, nor 0), `already_exists`. Cost: constant.
   */
  fork(fork: NewBranch): Promise<void>;

  /** Moves the head by compare-and-set. Errors: `tip_moved` (with `details.headBranchId`) where it is not at `from`; `not_found`. */
  moveHead(move: HeadMove): Promise<void>;

  /** Sets or (with `undefined`) removes fields of the conversation's metadata; absent fields stay. Errors: `not_found`. */
  annotate(conversationId: string, metadata: Readonly<Record<string, string | undefined>>): Promise<void>;

  /**
   * A page of conversations, last used first ("used": created or appended to), those used at one instant by id, greatest first.
   * `cursor` comes from the page before: none comes twice, and one that is used between two pages moves ahead of the later ones.
   * Errors: `invalid_input` for a limit or a cursor that cannot be. Cost: the page; with `metadata`, the conversations that carry it.
   */
  list(query?: ListQuery): Promise<ConversationPage>;

  /**
   * Erases content for good. Without `entryIds`: the conversation with all that belongs to it. With them: each named
   * entry becomes a tombstone that keeps its place (`tombstoneOf`), and every draft of the conversation goes. Unknown ids, of
   * conversations too, are ignored, so that it can be repeated.
   */
  erase(erase: Erase): Promise<void>;

  /**
   * The right to run a turn on a branch until `ttlMs` from now by the store's clock. `undefined` where another holder has it.
   * Each grant has a higher `fence` than any before on that branch. The same holder asking again gets a new grant. A store
   * that can tell that a holder's process is dead need not wait for the expiry. Errors: `not_found`.
   */
  acquireLease(request: LeaseRequest): Promise<Lease | undefined>;

  /** Extends a lease, from now, by the store's clock. Errors: `lease_lost` where another grant followed it, it was released, or its conversation erased. */
  renewLease(lease: Lease, ttlMs: number): Promise<Lease>;

  /** Gives a lease back. Does nothing where it is no longer held. */
  releaseLease(lease: Lease): Promise<void>;

  /**
   * Finishes the writes that were asked for, then gives back files, connections and timers. Later calls reject with
   * `store_closed`, and so does the next entry of a reading. Repeating it does nothing.
   */
  close(): Promise<void>;
}

/** Which branch of which conversation. */
export interface BranchKey {
  readonly conversationId: string;
  readonly branchId: string;
}

/** What `create` stores. Ids are made by the caller. */
export interface NewConversation {
  readonly id: string;
  /** The id of its first branch, which is its head. */
  readonly branchId: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Random bytes in hex that key this conversation's prefix hashes; erased with it. */
  readonly hashKey: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** The first entries of its branch: there with the conversation, or not at all. */
  readonly entries?: readonly NewEntry[];
}

/** What `open` gives of a conversation: everything but its entries. Times are milliseconds since 1970. */
export interface ConversationRecord {
  readonly id: string;
  readonly createdAt: number;
  /** When it was created or last appended to. */
  readonly usedAt: number;
  readonly hashKey: string;
  readonly headBranchId: string;
  /** Small labels of the front end: a name, a channel id. Strings only. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly branches: readonly Branch[];
}

/** One write at the end of a branch. */
export interface Append extends BranchKey {
  /** The seq of the branch's last entry as the writer knows it. */
  readonly expectedTip: number;
  readonly entries?: readonly NewEntry[];
  /** The next piece of the draft of the entry that will follow `expectedTip`, or the last of `entries` where there are some. */
  readonly draft?: DraftChunk;
  /** `usedAt` of the conversation afterwards. Milliseconds since 1970, by the writer's clock; never moves back. */
  readonly at: number;
  /** The fencing token of the turn's lease, where the writer holds one. */
  readonly fence?: number;
}

/** Where a branch ends behind a write: the seq of its last entry. */
export interface AppendResult {
  readonly tipSeq: number;
}

/** One piece of the draft of a reply. */
export interface DraftChunk {
  /** The id that the finished entry will have. A chunk of another draft replaces all chunks of the one before. */
  readonly draftId: string;
  /** Counts from 0, and orders the chunks. A number that is there already is left as it is, so that a lost answer is safe to repeat. */
  readonly number: number;
  /** Opaque to stores. */
  readonly text: string;
}

/** A draft as it is stored, its chunks in order. */
export interface Draft {
  readonly draftId: string;
  /** The tip that the draft stands beside. */
  readonly afterSeq: number;
  readonly chunks: readonly string[];
}

/** Which entries of a path are read; all of them unless told. */
export interface ReadQuery extends BranchKey {
  /** The newest so many. */
  readonly last?: number;
  /** Only those behind this seq. */
  readonly afterSeq?: number;
}

/** What `fork` stores: a branch that goes on behind `forkSeq` of its parent's path, 0 being before the first. `createdAt` in milliseconds since 1970. */
export interface NewBranch extends BranchKey {
  readonly parentBranchId: string;
  readonly forkSeq: number;
  readonly createdAt: number;
}

/** From which branch to which the head moves, by their ids. */
export interface HeadMove {
  readonly conversationId: string;
  readonly from: string;
  readonly to: string;
}

/** Which conversations are listed, and how many on a page. */
export interface ListQuery {
  /** At most this many; 1 to 1000, 50 unless told. */
  readonly limit?: number;
  /** From the page before; the first page unless told. */
  readonly cursor?: string;
  /** Only ids that start with this. */
  readonly idPrefix?: string;
  /** Only conversations whose metadata has all these values. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** One page of a list. */
export interface ConversationPage {
  readonly conversations: readonly ConversationSummary[];
  /** Present where more follow. */
  readonly cursor?: string;
}

/** What a list says of a conversation. Times are milliseconds since 1970. */
export interface ConversationSummary {
  readonly id: string;
  readonly createdAt: number;
  readonly usedAt: number;
  readonly headBranchId: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What is erased: the conversation, or the entries that are named. */
export interface Erase {
  readonly conversationId: string;
  readonly entryIds?: readonly string[];
}

/** Who wants a lease of which branch, and for how many milliseconds. */
export interface LeaseRequest extends BranchKey {
  /** Names the holder for people: a process, a bot's shard. */
  readonly holder: string;
  readonly ttlMs: number;
}

/** A lease that was granted. Its `fence` goes along with every write of the turn. */
export interface Lease extends BranchKey {
  readonly holder: string;
  readonly fence: number;
  /** Milliseconds since 1970, by the store's clock. */
  readonly expiresAt: number;
}
