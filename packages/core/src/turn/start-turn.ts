import type { MessageBody } from "../conversation/entry.ts";
import { AntiphonError, isAntiphonError } from "../errors.ts";
import type { Host } from "../host.ts";
import type { OwnProjectOptions } from "../request/project.ts";
import { requireSendable } from "../request/require-sendable.ts";
import type { OutputFormat } from "../messages/output-format.ts";
import type { Outcome } from "../stop/outcome.ts";
import type { BranchWriter } from "../store/branch-writer.ts";
import { accountForReply } from "./account.ts";
import { EventChannel } from "./event-channel.ts";
import { failedOutcome } from "./failure.ts";
import { holdLease, type WhenHeld } from "./hold-lease.ts";
import { behindInstructions } from "./behind-instructions.ts";
import { linkedSignal } from "./linked-signal.ts";
import { lateResults } from "../tools/late-results.ts";
import { leaveOutRejected } from "./leave-out-rejected.ts";
import { readOutput } from "./read-output.ts";
import { recoverDraft } from "./recover-draft.ts";
import { requireSameTip } from "./require-same-tip.ts";
import { resumeTurn, runTurn } from "./run-turn.ts";
import { stopTurn } from "./stop-turn.ts";
import { type Accepted, Turn, type TurnResult } from "./turn.ts";
import type { TurnEvent } from "./turn-event.ts";
import { type TurnContext, type TurnLimits, type TurnTally, withLimits } from "./turn-context.ts";
import { quoted } from "../quoted.ts";

/** What holds for one turn. */
export interface TurnOptions {
  /** Stops the turn: what has come is kept, and the outcome is `aborted`. */
  readonly signal?: AbortSignal;
  /** Over the bounds given to `antiphon()`. `continuations` is how a caller opts in to more after `max_tokens`. */
  readonly limits?: Partial<TurnLimits>;
  /** False asks for each reply in one piece. True unless told. */
  readonly streaming?: boolean;
}

/** What holds for a turn that takes a path up. */
export interface ResumeOptions extends TurnOptions {
  /**
   * What becomes of a turn that was cut off. `continue` unless told: it goes on. `stop`: nothing is run or sent; calls that may have
   * started are answered as interrupted, and the outcome is how the turn ended, or else `interrupted` with the reason `cut-off`.
   */
  readonly recovery?: "continue" | "stop";
}

export interface NewTurn<T = unknown> extends ResumeOptions, OwnProjectOptions {
  readonly host: Host;
  readonly writer: BranchWriter;
  /** The message of a person, and a prefill where there is one; none to go on. An error where the caller's input is none: the turn then fails with it. */
  readonly input: readonly MessageBody[] | AntiphonError;
  /** Makes a value of a reply whose form was asked for. */
  readonly parse?: OutputFormat<T>["parse"];
  readonly whenHeld: WhenHeld;
  /** Gives a branch of its own to a turn that finds its own branch busy. */
  readonly onBusy?: () => Promise<BranchWriter>;
}

/** Begins a turn at once and hands out its handle. */
export function startTurn<T>(start: NewTurn<T>): Turn<T> {
  const events = new EventChannel();
  const accepted = Promise.withResolvers<Accepted>();
  const tally: TurnTally = {
    requests: 0,
    continuations: 0,
    toolRounds: 0,
    resumes: 0,
    maxTokens: undefined,
    text: "",
    joining: undefined,
    usage: {},
  };
  const face = { events, tally, accepted: accepted.resolve };
  let { writer } = start;
  const run = async () => {
    try {
      return await runUnderLease(start, writer, face);
    } catch (error) {
      if (start.onBusy === undefined || !isAntiphonError(error, "busy")) throw error;
      writer = await start.onBusy();
      await events.emit({ type: "branch-forked", branchId: writer.key.branchId });
      return await runUnderLease(start, writer, face);
    }
  };
  const finish = async (): Promise<TurnResult<T>> => {
    const ending = await run().catch((error: unknown) => {
      accepted.reject(error);
      // Whatever the reason that the caller gave: its own signal is no failure.
      return start.signal?.aborted && error === start.signal.reason ? ({ type: "aborted" } as const) : failedOutcome(error);
    });
    const read = readOutput<T>(writer.path, ending, tally.text, start.parse);
    events.stopWaiting();
    await events.emit({ type: "turn-end", outcome: read.outcome });
    return { ...read, text: tally.text, usage: tally.usage, ...writer.key };
  };
  return new Turn({ accepted: accepted.promise, result: finish(), events });
}

interface TurnFace {
  readonly events: EventChannel;
  readonly tally: TurnTally;
  readonly accepted: (value: Accepted) => void;
}

async function runUnderLease(start: NewTurn, writer: BranchWriter, face: TurnFace): Promise<Outcome> {
  const { host, input } = start;
  if (input instanceof AntiphonError) throw input;
  const limits = withLimits(host.limits, start.limits);
  const steps = stepsOf(start);
  const aborted = start.signal ?? new AbortController().signal;
  return holdLease({ ...host, writer, whenHeld: start.whenHeld, signal: aborted }, async ({ lost, hasWaited }) => {
    const { signal, unlink } = linkedSignal(aborted, lost);
    signal.addEventListener("abort", () => face.events.stopWaiting(), { once: true });
    try {
      // Who queues means to speak behind what is said meanwhile.
      await (hasWaited ? writer.catchUp() : requireSameTip(writer));
      const recovered = await recoverDraft(host.store, writer);
      if (recovered !== undefined) await face.events.emit({ type: "draft-recovered", entryId: recovered });
      await accountForReply({ ...host, writer, events: face.events });
      const late = lateResults(writer);
      await (input.length > 0 ? late.storeAll(face.events, start) : late.storeWhatMayStand(face.events, start));
      const stored = await storeInput(start, writer, input);
      face.accepted({ entryId: stored.entryId });
      await face.events.emit({ type: "input-stored", ...stored });
      const context: TurnContext = {
        ...host,
        writer,
        hashKey: start.hashKey,
        memory: start.memory,
        events: face.events,
        tally: face.tally,
        limits,
        streaming: start.streaming ?? true,
        signal,
      };
      const outcome = await leaveOutRejected(writer, await steps(context));
      // A store that fails now fails nothing that was asked for: the next turn stores them.
      if (!lost.aborted) await late.storeWhatMayStand(face.events, start).catch(() => undefined);
      return outcome;
    } finally {
      unlink();
    }
  });
}

function stepsOf({ input, recovery = "continue" }: NewTurn): (context: TurnContext) => Promise<Outcome> {
  if (input instanceof AntiphonError || input.length > 0) return runTurn;
  if (recovery === "continue") return resumeTurn;
  if (recovery === "stop") return stopTurn;
  throw new AntiphonError("invalid_input", `\`recovery\` is ${quoted(recovery)}. Say "continue" or "stop".`);
}

type StoredInput = Omit<Extract<TurnEvent, { type: "input-stored" }>, "type">;

/** Stores the input if a request with it would be valid; an input that cannot be sent is refused while nothing has happened. */
async function storeInput(start: NewTurn, writer: BranchWriter, input: readonly MessageBody[]): Promise<StoredInput> {
  const [said, ...prefill] = input.map((body) => writer.draw(body));
  if (said === undefined) return { entryId: undefined };
  requireSendable(writer.path, [said, ...prefill], start);
  const entries = behindInstructions(writer, said, start);
  await writer.append(...entries, ...prefill);
  const moved = entries.filter((entry) => entry.kind === "message" && entry !== said);
  return { entryId: said.id, ...(moved.length > 0 && { movedIds: moved.map(({ id }) => id) }) };
}
