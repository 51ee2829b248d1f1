import type { Entry, MessageEntry } from "../conversation/entry.ts";
import { type ToolCall, toolResultIds } from "../messages/text.ts";
import type { ToolResult } from "../messages/tool-result.ts";
import type { ProjectOptions } from "../request/project.ts";
import type { BranchWriter } from "../store/branch-writer.ts";
import type { ConversationStore } from "../store/conversation-store.ts";
import { behindInstructions } from "./behind-instructions.ts";
import type { EventChannel } from "./event-channel.ts";
import { holdLease } from "./hold-lease.ts";
import { resultBody } from "./result-body.ts";
import type { TurnContext } from "./turn-context.ts";
import type { TurnEvent } from "./turn-event.ts";

/** What tools returned behind their time on a branch, for as long as this process has a handle there. */
export function lateResults(writer: BranchWriter): LateResults {
  const late = ofWriter.get(writer) ?? new LateResults(writer);
  ofWriter.set(writer, late);
  return late;
}

const ofWriter = new WeakMap<BranchWriter, LateResults>();

/**
 * Keeps late results until they can be stored: by the turn that runs, where a user's message may stand; else under a lease of its own
 * between two turns; else by the next turn. None is written without the lease, and none between a request and its reply, which would
 * then stand behind what it was not made from.
 */
class LateResults {
  readonly #writer: BranchWriter;
  readonly #waiting: { readonly id: string; readonly call: ToolCall; readonly result: ToolResult }[] = [];
  /** What was stored between two turns, for the next to tell. */
  readonly #untold: TurnEvent[] = [];

  constructor(writer: BranchWriter) {
    this.#writer = writer;
  }

  /** Takes a result up when it comes. */
  expect(turn: TurnContext, call: ToolCall, late: Promise<ToolResult | undefined>): void {
    void late.then(async (result) => {
      if (result === undefined) return;
      this.#waiting.push({ id: turn.environment.orderedId(), call, result });
      if (this.#writer.isIdle) await this.#storeAlone(turn);
    });
  }

  /** Tells the readers of a turn what was stored since the one before. */
  async announce(events: EventChannel): Promise<void> {
    for (const event of this.#untold.splice(0)) await events.emit(event);
  }

  /** Stores all that has come. Only for whoever holds the lease, and where a user's message may stand. */
  async store(events: EventChannel, projecting: ProjectOptions): Promise<void> {
    await this.#storeAll(projecting);
    await this.announce(events);
  }

  async #storeAll(projecting: ProjectOptions): Promise<void> {
    const writer = this.#writer;
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const { id, call, result } = next;
      const { body, isError } = resultBody(writer, call, result);
      // A write of which the store did not say that it was done may have been.
      const isStored = writer.path.some((entry) => entry.id === id);
      if (!isStored) await writer.append(...behindInstructions(writer, writer.draw(body, id), projecting));
      this.#waiting.shift();
      this.#untold.push({ type: "tool-late", toolUseId: call.id, isError, entryId: id });
    }
  }

  /** Behind a turn that has ended. Where another has the branch, or has extended it, the next turn of this handle stores it. */
  async #storeAlone(turn: TurnContext): Promise<void> {
    const writer = this.#writer;
    const work = async (): Promise<void> => {
      if (isAtRest(writer.path) && !(await hasNews(turn.store, writer))) await this.#storeAll(turn);
    };
    const lease = { ...turn, writer, whenHeld: "fail", isAside: true, signal: new AbortController().signal } as const;
    await holdLease(lease, work).catch(() => undefined);
  }
}

/** Whether the model has ended its turn at the end of the path: whatever comes next, a user's message may stand there. */
export function isAtRest(path: readonly Entry[]): boolean {
  const last = path.findLast(
    (entry): entry is MessageEntry => entry.kind === "message" && entry.role !== "system" && !holdsOnlyResults(entry),
  );
  return last?.reply?.whole === true && ENDED.has(last.reply.stopReason);
}

const ENDED: ReadonlySet<string | null> = new Set(["end_turn", "stop_sequence"]);

function holdsOnlyResults({ role, content }: MessageEntry): boolean {
  return role === "user" && content.length > 0 && toolResultIds(content).length === content.length;
}

/** Only looked at: what others wrote is for the handle's holder to be told. */
async function hasNews(store: ConversationStore, writer: BranchWriter): Promise<boolean> {
  for await (const _ of store.read({ ...writer.key, afterSeq: writer.tipSeq })) return true;
  return false;
}
