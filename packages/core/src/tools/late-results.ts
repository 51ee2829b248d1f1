import { callRecord, isBetweenCalls } from "../conversation/call-record.ts";
import type { Entry, MessageEntry } from "../conversation/entry.ts";
import type { ToolCall } from "../messages/text.ts";
import type { ToolResult } from "../messages/tool-result.ts";
import type { ProjectOptions } from "../request/project.ts";
import type { BranchWriter } from "../store/branch-writer.ts";
import type { ConversationStore } from "../store/conversation-store.ts";
import { behindInstructions } from "../turn/behind-instructions.ts";
import type { EventChannel } from "../turn/event-channel.ts";
import { holdLease } from "../turn/hold-lease.ts";
import { resultBody } from "./result-body.ts";
import type { TurnContext } from "../turn/turn-context.ts";
import type { TurnEvent } from "../turn/turn-event.ts";

/** What tools returned behind their time on a branch, for as long as this process has a handle there. */
export function lateResults(writer: BranchWriter): LateResults {
  const late = ofWriter.get(writer) ?? new LateResults(writer);
  ofWriter.set(writer, late);
  return late;
}

const ofWriter = new WeakMap<BranchWriter, LateResults>();

/** A result that came when its call's time was over, or its turn. */
interface Late {
  /** Of its entry. */
  readonly id: string;
  readonly call: ToolCall;
  /** The reply that made the call. */
  readonly reply: MessageEntry;
  readonly result: ToolResult;
}

/**
 * Keeps late results until they can be stored: by the turn that runs, where a user's message may stand; else under a lease of its own
 * between two turns; else by the next turn. None is written without the lease, and none between a request and its reply, which would
 * then stand behind what it was not made from.
 */
class LateResults {
  readonly #writer: BranchWriter;
  #waiting: readonly Late[] = [];
  /** What was stored between two turns, for the next to tell. */
  readonly #untold: TurnEvent[] = [];

  constructor(writer: BranchWriter) {
    this.#writer = writer;
  }

  /** Takes a result up when it comes. */
  expect(turn: TurnContext, of: Pick<Late, "call" | "reply">, late: Promise<ToolResult | undefined>): void {
    void late.then(async (result) => {
      if (result === undefined) return;
      this.#waiting = [...this.#waiting, { ...of, result, id: turn.environment.orderedId() }];
      await this.#storeBetweenTurns(turn);
    });
  }

  /** Stores all that has come. Only for whoever holds the lease, and where a user's message may stand. */
  async storeAll(events: EventChannel, projecting: ProjectOptions): Promise<void> {
    await this.#store(this.#waiting, projecting);
    for (const event of this.#untold.splice(0)) await events.emit(event);
  }

  /** Stores what may stand at the end of the path, wherever that is. Only for whoever holds the lease. */
  async storeWhatMayStand(events: EventChannel, projecting: ProjectOptions): Promise<void> {
    await this.#store(this.#mayStand(), projecting);
    for (const event of this.#untold.splice(0)) await events.emit(event);
  }

  async #store(all: readonly Late[], projecting: ProjectOptions): Promise<void> {
    const writer = this.#writer;
    for (const late of all) {
      const { body, isError } = resultBody(writer, late.call, late.result);
      // A write of which the store did not say that it was done may have been.
      const isStored = writer.path.some(({ id }) => id === late.id);
      const entries = isStored ? [] : behindInstructions(writer, writer.draw(body, late.id), projecting);
      if (!isStored) await writer.append(...entries);
      this.#waiting = this.#waiting.filter((other) => other !== late);
      const movedIds = entries.flatMap(({ kind, id }) => (kind === "message" && id !== late.id ? [id] : []));
      this.#untold.push({
        type: "tool-late",
        toolUseId: late.call.id,
        isError,
        entryId: late.id,
        ...(movedIds.length > 0 && { movedIds }),
      });
    }
  }

  #mayStand(): readonly Late[] {
    const { path } = this.#writer;
    return isAtRest(path) ? this.#waiting : this.#waiting.filter((late) => isAwaited(path, late));
  }

  /** Behind the turns that have a place in the line. Where another has the branch, or has extended it, the next turn of this handle stores it. */
  async #storeBetweenTurns(turn: TurnContext): Promise<void> {
    const writer = this.#writer;
    while (!writer.isIdle) await writer.whenIdle();
    if (this.#mayStand().length === 0) return;
    const work = async (): Promise<void> => {
      if (!(await hasNews(turn.store, writer))) await this.#store(this.#mayStand(), turn);
    };
    const lease = { ...turn, writer, whenHeld: "fail", isAside: true, signal: new AbortController().signal } as const;
    await holdLease(lease, work).catch(() => undefined);
  }
}

/** Whether the call still has no answer, and nothing was said since it was made: then this is its answer. */
function isAwaited(path: readonly Entry[], { call, reply }: Late): boolean {
  const at = path.findIndex(({ id }) => id === reply.id);
  const behind = path.slice(at + 1);
  if (at === -1 || callRecord(behind, call.id).answered) return false;
  return behind.every((entry) => entry.kind !== "message" || isBetweenCalls(entry));
}

/** Whether the model has ended its turn at the end of the path: whatever comes next, a user's message may stand there. */
function isAtRest(path: readonly Entry[]): boolean {
  const last = path.findLast(
    (entry): entry is MessageEntry => entry.kind === "message" && entry.role !== "system" && !isBetweenCalls(entry),
  );
  return last?.reply?.whole === true && ENDED.has(last.reply.stopReason);
}

const ENDED: ReadonlySet<string | null> = new Set(["end_turn", "stop_sequence"]);

/** Only looked at: what others wrote is for the handle's holder to be told. */
async function hasNews(store: ConversationStore, writer: BranchWriter): Promise<boolean> {
  for await (const _ of store.read({ ...writer.key, afterSeq: writer.tipSeq })) return true;
  return false;
}
