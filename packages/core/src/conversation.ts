import type Anthropic from "@anthropic-ai/sdk";
import { endOfLastTurn, forkBranch, isUndone, lastHumanMessage, lastReply, moveHeadTo, undoMark } from "./branching.ts";
import type { Bill } from "./conversation/bill.ts";
import type { Branch } from "./conversation/branch.ts";
import type { Entry, EntryBody, MessageBody, MessageEntry, Origin } from "./conversation/entry.ts";
import type { Settings } from "./conversation/settings.ts";
import { AntiphonError } from "./errors.ts";
import type { Host } from "./host.ts";
import type { ContentBlock, ContentParam, MessageParam } from "./messages/content-block.ts";
import { ownContent, ownRole } from "./messages/own-content.ts";
import type { ReceivedMessage } from "./messages/reply.ts";
import { type Projection, project, type ProjectOptions } from "./request/project.ts";
import { ProjectionMemory } from "./request/projection-memory.ts";
import { requireSendable, requireStorable } from "./request/require-sendable.ts";
import { settingsAsTold } from "./request/instructions.ts";
import type { Plan } from "./stop/plan.ts";
import { BranchWriter } from "./store/branch-writer.ts";
import type { ConversationRecord } from "./store/conversation-store.ts";
import { behindInstructions } from "./turn/behind-instructions.ts";
import { recordReply } from "./turn/record-reply.ts";
import { startTurn, type TurnOptions } from "./turn/start-turn.ts";
import type { Turn } from "./turn/turn.ts";
import { underLease } from "./turn/under-lease.ts";
import { changeSettings, type SettingsChange, type UpdateOptions } from "./turn/change-settings.ts";

export interface SendOptions extends TurnOptions {
  /**
   * What to do while another turn runs on this branch: by default the turn fails with `busy` and nothing is stored; `queue` waits for
   * it; `fork` goes on beside it, on a branch of its own from the end of the turn before.
   */
  readonly whenBusy?: "queue" | "fork";
  /** The speaker, where a channel has several. */
  readonly author?: string;
  /** The front end's own id of this message. */
  readonly externalId?: string;
}

/** Who may have made an appended message: what the model said is recorded instead. */
export type AppendedOrigin = Exclude<Origin, "model">;

/** A capability that the design names and this version does not have. Undefined at run time. */
export interface ComingLater<What extends string> {
  readonly comingLater: What;
}

/** A projection whose body the SDK's `beta.messages.create` takes as it is. */
export interface ConversationRequest extends Omit<Projection, "body"> {
  readonly body: Anthropic.Beta.MessageCreateParamsNonStreaming;
}

/**
 * A handle on one branch of a stored conversation: the branch that was its head when it was opened, or the one that the
 * last `edit`, `regenerate`, `undo` or `redo` led to. Any number of handles may exist, in any number of processes; each
 * sees what others wrote when it next writes, and is told so.
 */
export class Conversation {
  readonly #host: Host;
  readonly #record: ConversationRecord;
  readonly #memory = new ProjectionMemory();
  #writer: BranchWriter;

  private constructor(host: Host, record: ConversationRecord, writer: BranchWriter) {
    this.#host = host;
    this.#record = record;
    this.#writer = writer;
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

  /** Sends a message of a person. Starts at once; see {@link Turn} for what can be awaited. */
  send(content: ContentParam, options: SendOptions = {}): Turn {
    const { author, externalId } = options;
    const about = { ...(author !== undefined && { author }), ...(externalId !== undefined && { externalId }) };
    return this.#start(options, inputOf(content, about));
  }

  /** Goes on from where the path stands, with nothing added: after a crash, an abort, or results for calls that waited. */
  resume(options: TurnOptions = {}): Turn {
    return this.#start(options, undefined);
  }

  /** Stores a reply of the caller's own loop as what it is, and says what may come next. The message of the SDK will do as it came. */
  record(message: ReceivedMessage): Promise<Plan> {
    return underLease(this.#host, this.#writer, () => recordReply(this.#writer, this.#projecting, message));
  }

  /**
   * Stores a message that nobody said just now: synthetic unless told, and marked so wherever it is listed. A reply of the model is
   * for `record`. Errors: `invalid_input` for what is no message, `invalid_request` for what no request could carry.
   */
  async append(message: MessageParam, options: { readonly origin?: AppendedOrigin } = {}): Promise<MessageEntry> {
    const role = ownRole(message.role);
    const content = ownContent(message.content, role);
    const writer = this.#writer;
    const drawn = writer.draw({ kind: "message", role, content, origin: ownOrigin(options.origin ?? originOf(content)) });
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
  update(change: SettingsChange, options: UpdateOptions = {}): Promise<Bill> {
    return underLease(this.#host, this.#writer, () => changeSettings(this.#writer, change, { ...options, ...this.#projecting }));
  }

  /** Exactly what would be sent now, and what each step did on the way there. Stores nothing. */
  async request(): Promise<ConversationRequest> {
    const projection = project(this.#writer.path, this.#projecting);
    // Readonly all the way down here, mutable in the SDK's types, and the same on the wire.
    return { ...projection, body: projection.body as unknown as ConversationRequest["body"] };
  }

  /** The branches of the conversation, as stored now. */
  async branches(): Promise<readonly Branch[]> {
    return (await this.#stored()).branches;
  }

  /** A handle on a new branch that shares the path up to and with an entry, and is the head from now on. Nothing is copied. */
  async fork(entryId: string): Promise<Conversation> {
    return new Conversation(this.#host, this.#record, await this.#forkAt(this.#entryOf(entryId).seq));
  }

  /** Asks something else in place of an earlier message: a new branch before it, and a turn there. The old branch stays. */
  async edit(entryId: string, content: ContentParam, options: SendOptions = {}): Promise<Turn> {
    const { path } = this.#writer;
    const entry = this.#entryOf(entryId);
    if (entry.kind !== "message" || entry.role !== "user") {
      throw new AntiphonError(
        "invalid_input",
        `Entry ${entryId} is no message to the model, so nothing can be asked in its place. Name a message of role \`user\`.`,
      );
    }
    // What cannot be sent is refused while the head still stands where it stood.
    const body = { kind: "message", role: "user", content: ownContent(content), origin: "human" } as const;
    requireSendable(path.slice(0, path.indexOf(entry)), this.#writer.draw(body), this.#projecting);
    this.#writer = await this.#forkAt(entry.seq - 1);
    return this.send(body.content, options);
  }

  /** Asks for the last reply once more, on a new branch that ends before it. The old reply stays on its branch. */
  async regenerate(options: TurnOptions = {}): Promise<Turn> {
    this.#writer = await this.#forkAt(lastReply(this.#writer.path).seq - 1);
    return this.resume(options);
  }

  /** Takes back the last message of a person and all that followed it. Nothing is deleted: `redo` brings it back. */
  async undo(): Promise<void> {
    const taken = lastHumanMessage(this.#writer.path);
    this.#writer = await this.#forkAt(taken.seq - 1, { moveHead: true, first: undoMark(taken) });
  }

  /** Brings back what the last `undo` took, with the settings that were in force there, as long as nothing was said since. */
  async redo(): Promise<void> {
    const branches = await this.branches();
    const branch = branches.find(({ id }) => id === this.branchId);
    const parent = branches.find(({ id }) => id === branch?.parentBranchId);
    if (parent === undefined || branch?.tipSeq !== this.#writer.tipSeq || !isUndone(this.#writer.path, this.branchId)) {
      throw new AntiphonError("invalid_input", "There is nothing to bring back here: the last step on this branch was not an undo.");
    }
    const record = await this.#stored();
    await moveHeadTo(this.#host.store, record, parent.id);
    this.#writer = await BranchWriter.load({ conversationId: this.id, branchId: parent.id }, this.#host.store, this.#host.environment);
  }

  /** Makes room by sending only the newest turns. Not there yet: calling it is a type error. */
  declare readonly window: ComingLater<"window by turns or tokens">;
  /** Makes room by sending old tool results as placeholders. Not there yet: calling it is a type error. */
  declare readonly clear: ComingLater<"clearing of old tool results">;
  /** Makes room by sending a summary in place of what it tells. Not there yet: calling it is a type error. */
  declare readonly summarise: ComingLater<"summarising">;

  #start(options: SendOptions, input: MessageBody | AntiphonError | undefined): Turn {
    const { whenBusy } = options;
    const start = {
      ...options,
      ...this.#projecting,
      host: this.#host,
      input,
      whenHeld: whenBusy === "queue" ? "wait" : "fail",
    } as const;
    if (whenBusy !== "fork") return startTurn({ ...start, writer: this.#writer });
    return startTurn({ ...start, writer: this.#writer, onBusy: () => this.#forkAt(endOfLastTurn(this.#writer.path), { moveHead: false }) });
  }

  async #forkAt(
    seq: number,
    { moveHead, first }: { readonly moveHead: boolean; readonly first?: EntryBody } = { moveHead: true },
  ): Promise<BranchWriter> {
    const moveHeadOf = moveHead ? await this.#stored() : undefined;
    return forkBranch(this.#host, { from: this.#writer, seq, moveHeadOf, first });
  }

  get #projecting(): Required<ProjectOptions> {
    const { caching, models } = this.#host;
    return { hashKey: this.#record.hashKey, caching, models, memory: this.#memory };
  }

  #entryOf(entryId: string): Entry {
    const entry = this.#writer.path.find(({ id }) => id === entryId);
    if (entry === undefined) throw new AntiphonError("not_found", `There is no entry ${entryId} on the path of branch ${this.branchId}.`);
    return entry;
  }

  async #stored(): Promise<ConversationRecord> {
    const record = await this.#host.store.open(this.id);
    if (record === undefined) throw new AntiphonError("not_found", `Conversation ${this.id} is not in the store any more. It was erased.`);
    return record;
  }
}

const APPENDED_ORIGINS: readonly AppendedOrigin[] = ["human", "tool", "synthetic", "imported"];

function ownOrigin(origin: AppendedOrigin): AppendedOrigin {
  if (APPENDED_ORIGINS.includes(origin)) return origin;
  throw new AntiphonError(
    "invalid_input",
    `The origin ${JSON.stringify(origin)} cannot be given to a message that is appended. Use one of ${APPENDED_ORIGINS.join(", ")}; a reply of the model is stored with \`record\`.`,
  );
}

/** Tool results come from tools, whoever ran them; everything else that is appended was made up. */
function originOf(content: readonly ContentBlock[]): AppendedOrigin {
  return content.every((block) => block.type === "tool_result") ? "tool" : "synthetic";
}

/** The message of a person, as it is at this instant; or what is wrong with it, for the turn to tell. */
function inputOf(content: ContentParam, about: Pick<MessageBody, "author" | "externalId">): MessageBody | AntiphonError {
  try {
    return { kind: "message", role: "user", content: ownContent(content), origin: "human", ...about };
  } catch (error) {
    if (error instanceof AntiphonError) return error;
    throw error;
  }
}
