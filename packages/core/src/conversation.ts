import type Anthropic from "@anthropic-ai/sdk";
import {
  branchBeforeUndo,
  branchOf,
  endOfLastQuestion,
  endOfLastTurn,
  entryOn,
  forkBranch,
  type ForkOptions,
  keepSettings,
  lastHumanMessage,
  messageToModel,
  moveHeadTo,
  pathBackTo,
  saidOn,
  undoMark,
} from "./branches/branching.ts";
import type { Bill } from "./conversation/bill.ts";
import type { Branch } from "./conversation/branch.ts";
import { type AppendedOrigin, originOf, ownOrigin } from "./conversation/appended-origin.ts";
import type { Entry, EntryOf, MessageBody, MessageEntry } from "./conversation/entry.ts";
import type { Settings } from "./conversation/settings.ts";
import { copyPath, type CopyOptions } from "./branches/copying.ts";
import { AntiphonError } from "./errors.ts";
import type { Host } from "./host.ts";
import type { ContentParam, MessageParam } from "./messages/content-block.ts";
import { ownContent, ownRole } from "./messages/own-content.ts";
import type { OutputFormat } from "./messages/output-format.ts";
import type { ReceivedMessage } from "./messages/reply.ts";
import { type Projection, project, type OwnProjectOptions } from "./request/project.ts";
import { ProjectionMemory } from "./request/projection-memory.ts";
import { requireSendable, requireStorable } from "./request/require-sendable.ts";
import { settingsAsTold } from "./request/instructions.ts";
import type { AcceptOptions } from "./rewriting/accept-bill.ts";
import { clear, clearBoundary, type ClearCut } from "./rewriting/clear.ts";
import { type TokenCount, TokenCounter } from "./rewriting/count-tokens.ts";
import { restore } from "./rewriting/restore.ts";
import { NOTHING_DONE, type Rewriting } from "./rewriting/rewrite.ts";
import { summarise, type SummariseOptions, type SummaryCut } from "./rewriting/summarise.ts";
import { cutWindow, type WindowCut, windowStart } from "./rewriting/window.ts";
import { type Sibling, siblingsOf } from "./branches/siblings.ts";
import type { Plan } from "./stop/plan.ts";
import { BranchWriter } from "./store/branch-writer.ts";
import type { ConversationRecord } from "./store/conversation-store.ts";
import { behindInstructions } from "./turn/behind-instructions.ts";
import { type Decision, decideCall } from "./tools/decide-call.ts";
import { recordReply } from "./turn/record-reply.ts";
import { requireNothingRecovered } from "./turn/require-same-tip.ts";
import { type ResumeOptions, startTurn, type TurnOptions } from "./turn/start-turn.ts";
import type { Turn } from "./turn/turn.ts";
import { withLimits } from "./turn/turn-context.ts";
import { type ConversationUsage, conversationUsage, type UsageOptions } from "./usage/conversation-usage.ts";
import { storedRequests } from "./usage/stored-requests.ts";
import { requestsOf } from "./usage/usage-row.ts";
import { type InputOptions, ownInput } from "./turn/own-input.ts";
import { underLease } from "./turn/under-lease.ts";
import { changeSettings, type SettingsChange, type UpdateOptions } from "./rewriting/change-settings.ts";
import { orError, ownCut, ownFields, ownOptions } from "./own-options.ts";

/** What goes with one message of a person: options of its turn, facts about the message, and the form of its answer. */
export interface SendOptions<T = unknown> extends TurnOptions, InputOptions {
  /**
   * What to do while another turn runs on this branch: by default the turn fails with `busy` and nothing is stored; `queue` waits for
   * it; `fork` goes on beside it, on a branch of its own from the end of the turn before.
   */
  readonly whenBusy?: "queue" | "fork";
  /** The form that the answer is asked for in. Only this message's answer. */
  readonly format?: OutputFormat<T>;
}

/** A branch as `branches()` lists it. */
export interface ListedBranch extends Branch {
  /** Whether the conversation opens on it. */
  readonly isHead: boolean;
}

/** A projection whose body the SDK's `beta.messages.create` takes as it is. */
export interface ConversationRequest extends Omit<Projection, "body"> {
  readonly body: Anthropic.Beta.MessageCreateParamsNonStreaming;
}

/**
 * A handle on one branch of a stored conversation: the branch that was its head when it was opened, or the one that the
 * last `edit`, `regenerate`, `undo`, `redo` or `switchTo` led to. Any number of handles may exist, in any number of processes; each
 * sees what others wrote when it next writes, and is told so.
 */
export class Conversation {
  readonly #host: Host;
  readonly #record: ConversationRecord;
  readonly #memory = new ProjectionMemory();
  readonly #counter: TokenCounter;
  #writer: BranchWriter;

  private constructor(host: Host, record: ConversationRecord, writer: BranchWriter) {
    this.#host = host;
    this.#record = record;
    this.#writer = writer;
    this.#counter = new TokenCounter(host.client, this.#rewriting.projecting);
  }

  /** Reads a branch; its head unless told. Opening only reads, also while a turn runs there. */
  static async load(host: Host, record: ConversationRecord, branchId = record.headBranchId): Promise<Conversation> {
    const writer = await BranchWriter.load({ conversationId: record.id, branchId }, host.store, host.environment);
    return new Conversation(host, record, writer);
  }

  get id(): string {
    return this.#record.id;
  }

  get branchId(): string {
    return this.#writer.key.branchId;
  }

  /** The entries of the path as this handle knows them, oldest first. */
  get entries(): readonly Entry[] {
    return this.#writer.path;
  }

  /** The settings in force. `system` is what the model was told last, also where that was in a message. */
  get settings(): Settings {
    return settingsAsTold(this.#writer.path)!;
  }

  /**
   * Sends a message of a person. Starts at once; see {@link Turn} for what can be awaited. With a `format` the result has an `output`,
   * of the type that its `parse` gives.
   */
  send<T = unknown>(content: ContentParam, options: SendOptions<T> = {}): Turn<T> {
    return this.#startOwn("send", options, (own) => ownInput(content, own));
  }

  /** Goes on from where the path stands, with nothing added: after a crash, an abort, or results for calls that waited. */
  resume(options: ResumeOptions = {}): Turn {
    return this.#startOwn("resume", options, () => []);
  }

  /**
   * Lets a call run that waits for approval, once, when the conversation is resumed. Waits for a turn that runs on this branch to end.
   * The same word twice is one. Errors: `not_found` for a call that is not on the path, `invalid_input` for one that does not wait
   * for a word: answered, decided otherwise, gone on without.
   */
  async approve(toolUseId: string, options: { readonly reason?: string } = {}): Promise<EntryOf<"approval">> {
    return this.#decide({ ...ownOptions(options, "approve"), toolUseId, verdict: "allow" });
  }

  /** Answers a call that waits for approval with an error that says so, reason included, when the conversation is resumed. As `approve` in all else. */
  async deny(toolUseId: string, options: { readonly reason?: string } = {}): Promise<EntryOf<"approval">> {
    return this.#decide({ ...ownOptions(options, "deny"), toolUseId, verdict: "deny" });
  }

  /**
   * Stores a reply of the caller's own loop as what it is, and says what may come next. The message of the SDK will do as it came.
   * Errors: `tip_moved` where others wrote here, or a dead turn had left a part of a reply: look, make the request again and record
   * what comes; `invalid_input` for what is no message, `invalid_request` for one that no request could send back.
   */
  record(message: ReceivedMessage): Promise<Plan> {
    return underLease(this.#host, this.#writer, async (recoveredId) => {
      requireNothingRecovered(this.#writer, recoveredId);
      return recordReply(this.#writer, this.#projecting, message);
    });
  }

  /**
   * Stores a message that nobody said just now: synthetic unless told, and marked so wherever it is listed. A reply of the model is
   * for `record`. Errors: `invalid_input` for what is no message, `invalid_request` for what no request could carry.
   */
  async append(message: MessageParam, options: { readonly origin?: AppendedOrigin } = {}): Promise<MessageEntry> {
    const given = ownFields(message, "The message of `append` is", "Give it { role, content }.");
    const { origin } = ownOptions(options, "append");
    const role = ownRole(given.role);
    const content = ownContent(given.content, role);
    const writer = this.#writer;
    const drawn = writer.draw({ kind: "message", role, content, origin: ownOrigin(origin ?? originOf(content)) });
    return underLease(this.#host, writer, async () => {
      requireStorable(writer.path, drawn, this.#projecting);
      const stored = await writer.append(...behindInstructions(writer, drawn, this.#projecting));
      return stored.find(({ id }) => id === drawn.id) as MessageEntry;
    });
  }

  /**
   * Changes settings from here on, and returns what that costs. Fields set to `undefined` are removed. A changed `system` is told
   * in a message where the model takes that, which costs nothing; `swap` forbids it. A change that costs something is only
   * made with `accept: true`. Errors: `bill_not_accepted`, with the bill in `details.bill`.
   */
  async update(change: SettingsChange, options: UpdateOptions = {}): Promise<Bill> {
    const own = ownFields(change, "The change of `update` is", "Give it an object with the settings to change.");
    const given = ownOptions(options, "update");
    return underLease(this.#host, this.#writer, () => changeSettings(this.#writer, own, { ...given, ...this.#projecting }));
  }

  /**
   * What the conversation used and what that costs: of every reply that was ever stored in it, and, where there is a ledger, of the
   * requests that left none. Reads every entry. Errors: `not_found`; those of the store and the ledger.
   */
  async usage(options: UsageOptions = {}): Promise<ConversationUsage> {
    const stored = await storedRequests(this.#host.store, await this.#stored());
    // Where a request has an entry, that is the truth.
    const all = [...(await this.#host.recorder.rowsOf(this.id)), ...stored];
    return conversationUsage({ all, path: requestsOf(this.id, this.#writer.path) }, ownOptions(options, "usage"));
  }

  /** Exactly what would be sent now, and what each step did on the way there. Stores nothing. */
  async request(): Promise<ConversationRequest> {
    const projection = project(this.#writer.path, this.#projecting);
    // Readonly all the way down here, mutable in the SDK's types, and the same on the wire.
    return { ...projection, body: projection.body as unknown as ConversationRequest["body"] };
  }

  /** The branches of the conversation, as stored now. Errors: `not_found`. */
  async branches(): Promise<readonly ListedBranch[]> {
    const { branches, headBranchId } = await this.#stored();
    return branches.map((branch) => ({ ...branch, isHead: branch.id === headBranchId }));
  }

  /** A handle on a new branch that shares the path up to and with an entry, and is the head from now on. Nothing is copied. Errors: `not_found`, `tip_moved`. */
  async fork(entryId: string): Promise<Conversation> {
    return new Conversation(this.#host, this.#record, await this.#forkAt(entryOn(this.#writer, entryId).seq));
  }

  /**
   * Asks something else in place of an earlier message, or the same again: a new branch before it, with the settings in force here,
   * and a turn there. The old branch stays. So an input that was refused, which `outcome.leftOut` names, is taken back up. Errors:
   * `not_found`, `invalid_input`, `invalid_request`, `unsupported_by_model`, `tip_moved`; then the head stays where it stood.
   */
  async edit<T = unknown>(entryId: string, content: ContentParam, options: SendOptions<T> = {}): Promise<Turn<T>> {
    const own = ownOptions(options, "edit");
    const { seq } = messageToModel(this.#writer, entryId);
    // What cannot be sent is refused while the head still stands where it stood.
    const input = ownInput(content, own);
    if (input instanceof AntiphonError) throw input;
    const [said, ...prefill] = input.map((body) => this.#writer.draw(body));
    requireSendable(pathBackTo(this.#writer, seq - 1), [said!, ...prefill], this.#projecting);
    this.#writer = await this.#forkKeepingSettings(seq - 1, own);
    return this.#start(own, input);
  }

  /**
   * Asks for the last reply once more, with the settings in force here, on a new branch that ends before it. The old reply stays
   * on its branch. Of an input that the API refused (`outcome.leftOut`) it is the first reply that is asked for. Errors: `not_found`, `tip_moved`.
   */
  async regenerate(options: TurnOptions = {}): Promise<Turn> {
    const own = ownOptions(options, "regenerate");
    this.#writer = await this.#forkKeepingSettings(endOfLastQuestion(this.#writer.path), own);
    return this.#start(own, []);
  }

  /** Takes back the last message of a person and all that followed it. Nothing is deleted: `redo` brings it back. Errors: `not_found` where there is none, `tip_moved`. */
  async undo(): Promise<void> {
    const taken = lastHumanMessage(this.#writer.path);
    this.#writer = await this.#forkAt(taken.seq - 1, { prepare: (writer) => writer.append(writer.draw(undoMark(taken))) });
  }

  /** Brings back what the last `undo` took, with the settings that were in force there, as long as nothing was said since. Errors: `invalid_input` where there is nothing to bring back, `tip_moved`. */
  async redo(): Promise<void> {
    const record = await this.#stored();
    await this.#goTo(branchBeforeUndo(this.#writer, record), record);
  }

  /**
   * What was said in place of a message of this path, on any branch: its alternatives by `edit`, `regenerate`, `undo` and `fork`,
   * itself included, in the order in which they were made. Of a reply that was made again the first of its turn's replies stands
   * there. Errors: `not_found`, `invalid_input` for an entry that is no message. Cost: the number of branches, and of what is
   * stored a few entries for each alternative and each branch behind one.
   */
  async siblings(entryId: string): Promise<readonly Sibling[]> {
    const entry = saidOn(this.#writer, entryId);
    return siblingsOf(this.#host.store, await this.#stored(), { path: this.#writer.path, branchId: this.branchId, entry });
  }

  /** Goes to another branch of this conversation, with the head. Nothing is stored. Errors: `not_found`; `tip_moved` where another moved the head just now. */
  async switchTo(branchId: string): Promise<void> {
    const record = await this.#stored();
    await this.#goTo(branchOf(record, branchId).id, record);
  }

  /**
   * A new conversation that says what this path says, up to its end or an entry, with ids and a key of its own. Its replies are
   * marked as copied: their usage counts where they were made, and calls of theirs that are open are not run again. What
   * was valid thinking here is there. Costs the length of the path; a branch of the same conversation (`fork`) costs nothing.
   */
  async copy(options: CopyOptions = {}): Promise<Conversation> {
    const { throughEntryId, metadata } = ownOptions(options, "copy");
    const { path } = this.#writer;
    const end = throughEntryId === undefined ? path.length : entryOn(this.#writer, throughEntryId).seq;
    const id = await copyPath(this.#host, path.slice(0, end), { ...this.#projecting, ...(metadata !== undefined && { metadata }) });
    return Conversation.load(this.#host, await this.#stored(id));
  }

  /**
   * Makes room by sending only the newest turns, and returns what that costs. Nothing is cut, and nothing stored, until more than `over`
   * is sent: call it before each turn, and the cache breaks once in many. Cuts where a person's turn begins, nowhere else. Errors:
   * `bill_not_accepted`, `turn_open`, `busy`, `tip_moved`, `invalid_input`.
   */
  async window(cut: WindowCut, options: AcceptOptions = {}): Promise<Bill> {
    const [own, given] = [ownCut(cut, "window"), ownOptions(options, "window")];
    const start = () => windowStart(this.#rewriting, own, this.#counter);
    if ((await start()) === undefined) return NOTHING_DONE;
    return this.#rewrite(async (rewriting) => cutWindow(rewriting, await start(), given));
  }

  /**
   * Makes room by sending all but the newest `keep` tool results as placeholders, and returns what that costs. Does nothing until there
   * are more than `over`. Errors: those of `window`.
   */
  async clear(cut: ClearCut, options: AcceptOptions = {}): Promise<Bill> {
    const [own, given] = [ownCut(cut, "clear"), ownOptions(options, "clear")];
    if (clearBoundary(this.#writer.path, own) === undefined) return NOTHING_DONE;
    return this.#rewrite((rewriting) => clear(rewriting, own, given));
  }

  /**
   * Makes room by sending a summary in place of what it tells, written by a function of the caller's or by the API. Returns what that
   * costs, and asks for no summary before that is accepted. Errors: `summary_failed`, and then nothing is changed; those of `window`.
   */
  async summarise(cut: SummaryCut, options: SummariseOptions = {}): Promise<Bill> {
    const [own, given] = [ownCut(cut, "summarise"), ownOptions(options, "summarise")];
    return this.#rewrite((rewriting) => summarise(rewriting, this.#host, own, given));
  }

  /**
   * Takes back an earlier boundary (a window, a clearing, a summary, entries that were left out or superseded), and returns what that
   * costs. Errors: `invalid_input` for changes of settings, erasures and undos; `not_found`; those of `window`.
   */
  async restore(boundaryEntryId: string, options: AcceptOptions = {}): Promise<Bill> {
    return this.#rewrite((rewriting) => restore(rewriting, boundaryEntryId, ownOptions(options, "restore")));
  }

  /** How many input tokens the next request has: the API's count, or an estimate where it gives none. */
  async countTokens(options: { readonly signal?: AbortSignal } = {}): Promise<TokenCount> {
    return this.#counter.count(this.#writer.path, ownOptions(options, "countTokens").signal);
  }

  #rewrite(work: (rewriting: Rewriting) => Promise<Bill>): Promise<Bill> {
    return underLease(this.#host, this.#writer, () => work(this.#rewriting));
  }

  get #rewriting(): Rewriting {
    // Without the memory of what is sent: these look at paths that may never be.
    const { memory: _memory, ...projecting } = this.#projecting;
    return { writer: this.#writer, projecting };
  }

  #decide(decision: Omit<Decision, "charsMax">): Promise<EntryOf<"approval">> {
    const charsMax = this.#host.limits.toolResultChars;
    return underLease(this.#host, this.#writer, () => decideCall(this.#writer, { ...decision, charsMax }), "wait");
  }

  #startOwn<T>(call: string, options: SendOptions<T>, inputOf: (own: SendOptions<T>) => ReturnType<typeof ownInput>): Turn<T> {
    const own = orError(() => ownOptions(options, call));
    return own instanceof AntiphonError ? this.#start<T>({}, own) : this.#start(own, inputOf(own));
  }

  #start<T>(options: SendOptions<T> & ResumeOptions, input: readonly MessageBody[] | AntiphonError): Turn<T> {
    const { whenBusy, format }: SendOptions<T> = input instanceof AntiphonError ? {} : options;
    const start = {
      ...options,
      ...this.#projecting,
      host: this.#host,
      input,
      ...(format?.parse && { parse: (text: string) => format.parse!(text) }),
      whenHeld: whenBusy === "queue" ? "wait" : "fail",
    } as const;
    if (whenBusy !== "fork") return startTurn({ ...start, writer: this.#writer });
    return startTurn({ ...start, writer: this.#writer, onBusy: () => this.#forkAt(endOfLastTurn(this.#writer.path), { moveHead: false }) });
  }

  async #forkAt(
    seq: number,
    { moveHead = true, prepare }: { readonly moveHead?: boolean; readonly prepare?: ForkOptions["prepare"] } = {},
  ): Promise<BranchWriter> {
    const moveHeadOf = moveHead ? await this.#stored() : undefined;
    return forkBranch(this.#host, { from: this.#writer, seq, moveHeadOf, prepare });
  }

  #forkKeepingSettings(seq: number, { limits }: TurnOptions): Promise<BranchWriter> {
    withLimits(this.#host.limits, limits);
    return this.#forkAt(seq, { prepare: keepSettings(this.#writer.path, seq, this.#projecting) });
  }

  async #goTo(branchId: string, record: ConversationRecord): Promise<void> {
    const { store, environment } = this.#host;
    const writer = await BranchWriter.load({ conversationId: this.id, branchId }, store, environment);
    await moveHeadTo(store, record, branchId);
    this.#writer = writer;
  }

  get #projecting(): OwnProjectOptions {
    const { account, caching, models } = this.#host;
    return { hashKey: this.#record.hashKey, account, caching, models, memory: this.#memory };
  }

  async #stored(id = this.id): Promise<ConversationRecord> {
    const record = await this.#host.store.open(id);
    if (record === undefined) throw new AntiphonError("not_found", `Conversation ${id} is not in the store any more. It was erased.`);
    return record;
  }
}
