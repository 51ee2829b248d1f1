import type { Entry, EntryBody, NewEntry } from "../conversation/entry.ts";
import { frozenCopy } from "../conversation/frozen-copy.ts";
import { AntiphonError, isAntiphonError } from "../errors.ts";
import type { Environment } from "../environment.ts";
import type { BranchKey, ConversationStore, DraftChunk, Lease } from "./conversation-store.ts";

/**
 * The path of one branch in memory, and the only way by which this process extends it: one write after the other, each
 * at the tip that the one before left. Entries are in `path` when, and only when, the store has them.
 */
export class BranchWriter {
  #key: BranchKey;
  readonly #store: ConversationStore;
  readonly #environment: Environment;
  readonly #path: Entry[];
  #tipSeq: number;
  #queue: Promise<unknown> = Promise.resolve();
  #fence: number | undefined;
  #turns = 0;
  #asides = 0;
  #lastTurn: Promise<void> | undefined;

  constructor(options: { key: BranchKey; store: ConversationStore; environment: Environment; path: Entry[]; tipSeq: number }) {
    this.#key = options.key;
    this.#store = options.store;
    this.#environment = options.environment;
    this.#path = options.path;
    this.#tipSeq = options.tipSeq;
  }

  /** Loads the whole path of a branch. */
  static async load(key: BranchKey, store: ConversationStore, environment: Environment): Promise<BranchWriter> {
    const path = await collect(store.read(key));
    return new BranchWriter({ key, store, environment, path, tipSeq: path.at(-1)?.seq ?? 0 });
  }

  get key(): BranchKey {
    return this.#key;
  }

  get path(): readonly Entry[] {
    return this.#path;
  }

  get tipSeq(): number {
    return this.#tipSeq;
  }

  /** Starts a branch that shares the path up to and with a seq, and gives its writer. One row is stored; the entries are shared in memory too. */
  async fork(branchId: string, seq: number): Promise<BranchWriter> {
    const key = { conversationId: this.key.conversationId, branchId };
    const path = this.#path.slice(0, seq);
    await this.#store.fork({ ...key, parentBranchId: this.key.branchId, forkSeq: seq, createdAt: this.#environment.now() });
    return new BranchWriter({ key, store: this.#store, environment: this.#environment, path, tipSeq: seq });
  }

  /** Whether nobody has a place in the line. */
  get isIdle(): boolean {
    return this.#turns === 0;
  }

  /** Settles when those who have a place in the line now have left. */
  async whenIdle(): Promise<void> {
    await this.#lastTurn;
  }

  /**
   * Takes a place in the line of turns on this writer: `before` settles when those ahead have left, and is absent where there are none.
   * `isBehindTurn` is false where those are asides, short writes that no caller knows of.
   */
  enter({ isAside = false } = {}): { readonly before: Promise<void> | undefined; readonly isBehindTurn: boolean; leave(): void } {
    const before = this.#turns > 0 ? this.#lastTurn : undefined;
    const isBehindTurn = this.#turns > this.#asides;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#turns += 1;
    if (isAside) this.#asides += 1;
    this.#lastTurn = Promise.all([before, promise]).then(() => undefined);
    const leave = (): void => {
      this.#turns -= 1;
      if (isAside) this.#asides -= 1;
      resolve();
    };
    return { before, isBehindTurn, leave };
  }

  /** From here on writes carry the lease's fencing token; `undefined` ends that. */
  hold(lease: Lease | undefined): void {
    this.#fence = lease?.fence;
  }

  /** An entry of that body with an id, not yet stored. */
  draw(body: EntryBody, id = this.#environment.orderedId()): NewEntry {
    return { id, createdAt: this.#environment.now(), ...body };
  }

  /**
   * Stores entries behind the tip, all or none. Errors: those of `ConversationStore.append`. Where another writer has taken
   * the branch over (`lease_lost`, `tip_moved`), the entries are kept on a branch of their own before the error is thrown,
   * and this writer goes on there: it is told, and nothing it wrote is lost.
   */
  async append(...given: readonly NewEntry[]): Promise<readonly Entry[]> {
    // A copy, frozen: what is in `path` is what the store has, whatever becomes of the objects that were handed in.
    const entries = frozenCopy(given);
    return this.#inTurn(async () => {
      try {
        await this.#store.append({ ...this.#at(), entries });
      } catch (error) {
        if (!isAntiphonError(error, "lease_lost") && !isAntiphonError(error, "tip_moved")) throw error;
        throw await this.#keepApart(entries, error);
      }
      return this.#place(entries);
    });
  }

  /** Adds to the draft of the entry that will come next. */
  writeDraft(draft: DraftChunk): Promise<void> {
    return this.#inTurn(async () => {
      await this.#store.append({ ...this.#at(), draft });
    });
  }

  /** Entries that other writers have put behind our tip; they are in `path` afterwards. */
  catchUp(): Promise<readonly Entry[]> {
    return this.#inTurn(async () => {
      const news = await collect(this.#store.read({ ...this.key, afterSeq: this.#tipSeq }));
      this.#path.push(...news);
      this.#tipSeq += news.length;
      return news;
    });
  }

  #place(entries: readonly NewEntry[]): readonly Entry[] {
    const placed = entries.map(
      (entry, index) => Object.freeze({ ...entry, branchId: this.key.branchId, seq: this.#tipSeq + 1 + index }) as Entry,
    );
    this.#path.push(...placed);
    this.#tipSeq += entries.length;
    return placed;
  }

  /** Forks at the tip that this writer knows, stores the entries there, and says so in the error that it returns. */
  async #keepApart(entries: readonly NewEntry[], cause: AntiphonError): Promise<AntiphonError> {
    const key = { conversationId: this.key.conversationId, branchId: this.#environment.randomId() };
    const createdAt = this.#environment.now();
    await this.#store.fork({ ...key, parentBranchId: this.key.branchId, forkSeq: this.#tipSeq, createdAt });
    await this.#store.append({ ...key, expectedTip: this.#tipSeq, at: createdAt, entries });
    const overtaken = this.#key.branchId;
    this.#key = key;
    this.#fence = undefined;
    this.#place(entries);
    const message = `Another writer has taken branch ${overtaken} over. What was written here is kept on branch ${key.branchId}, and this handle goes on there.`;
    return new AntiphonError(cause.code, message, { cause, details: { ...cause.details, keptOnBranchId: key.branchId } });
  }

  #at() {
    return {
      ...this.key,
      expectedTip: this.#tipSeq,
      at: this.#environment.now(),
      ...(this.#fence !== undefined && { fence: this.#fence }),
    };
  }

  #inTurn<T>(write: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(write);
    this.#queue = done.catch(() => undefined);
    return done;
  }
}

async function collect(entries: AsyncIterable<Entry>): Promise<Entry[]> {
  const collected: Entry[] = [];
  for await (const entry of entries) collected.push(entry);
  return collected;
}
