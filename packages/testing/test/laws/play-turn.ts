import type { Conversation, Outcome, Turn } from "@antiphon/core";
import type { AnswerSpec } from "./answers.ts";
import type { TurnTrace } from "./trace.ts";
import { LEASE_MS, type Process, type World } from "./world.ts";

/** The store of a process dies behind so many writes, the last of them done or not. */
export interface Crash {
  readonly writes: number;
  readonly lastIsDone: boolean;
}

export interface Play {
  readonly step: string;
  readonly process: Process;
  readonly conversation: Conversation;
  readonly begin: (signal: AbortSignal) => Turn | Promise<Turn>;
  readonly answers: readonly AnswerSpec[];
  /** What a person says with it; absent where nobody says anything. */
  readonly says?: string;
  readonly streaming?: boolean;
  /** Aborts when a reader has seen so many events. */
  readonly abortAt?: number | undefined;
  readonly crashAt?: Crash | undefined;
  /** Told of each piece of text that a reader sees. */
  readonly onText?: (text: string) => void;
  /** Whether something else may happen to it on the way. */
  readonly disturbed?: boolean;
}

/** Begins a turn, and resolves to its trace when it has ended. What it throws by beginning is thrown. */
export async function playTurn(world: World, play: Play): Promise<TurnTrace> {
  const { process, says } = play;
  const turn = traceOf(play);
  world.begun.push(turn);
  if (play.crashAt) process.store.breakAfter(play.crashAt.writes, play.crashAt.lastIsDone);
  await world.current.run(turn, async () => {
    const abort = new AbortController();
    const begun = await play.begin(abort.signal);
    world.trace.turns.push(turn);
    await read(begun, abort, play);
    const { outcome, branchId } = await begun.result;
    await begun.accepted.then(
      ({ entryId }) => entryId !== undefined && world.trace.accepted.set(entryId, says!),
      () => undefined,
    );
    await close(world, turn, { outcome, branchId });
  });
  if (play.crashAt) await replace(world, process);
  return turn;
}

/** The process is dead: another one opens what it left, on that branch, when its lease has run out. */
export async function replace(world: World, process: Process, branchId = process.conversation.branchId): Promise<Process> {
  process.store.breakAfter(-1);
  for (const { turn } of world.held.filter((held) => held.process === process)) turn.crashed = true;
  const next = await world.newProcess(process.conversation, branchId);
  next.environment.pass(LEASE_MS + 1);
  const at = world.processes.indexOf(process);
  if (at !== -1) world.processes[at] = next;
  return next;
}

function traceOf({ disturbed, step, says, streaming, abortAt, crashAt, conversation, answers }: Play): TurnTrace {
  return {
    step,
    says: says !== undefined,
    streaming: streaming ?? true,
    disturbed: disturbed === true || abortAt !== undefined || crashAt !== undefined,
    aborted: abortAt !== undefined,
    crashed: crashAt !== undefined,
    began: [...conversation.entries],
    answers: [...answers],
    exchanges: [],
    stored: [],
  };
}

async function read(turn: Turn, abort: AbortController, { abortAt, onText }: Play): Promise<void> {
  if (abortAt === undefined && onText === undefined) return;
  let events = 0;
  for await (const event of turn) {
    if (event.type === "text-delta") onText?.(event.text);
    events += 1;
    if (abortAt !== undefined && events > abortAt) abort.abort();
  }
}

async function close(world: World, turn: TurnTrace, { outcome, branchId }: { outcome: Outcome; branchId: string }): Promise<void> {
  const before = new Set(turn.began.map(({ id }) => id));
  const path = await world.path(branchId);
  for (const exchange of turn.exchanges) exchange.path = path.filter(({ id }) => world.store.wasThere(id, exchange.madeAt));
  Object.assign(turn, { outcome, branchId, stored: path.filter(({ id }) => !before.has(id)) });
  if (outcome.type !== "failed" || !["tip_moved", "lease_lost", "busy"].includes(outcome.failure.code)) return;
  const { details } = (outcome.failure.cause ?? {}) as { details?: { keptOnBranchId?: string } };
  world.trace.told.push({ code: outcome.failure.code, keptOnBranchId: details?.keptOnBranchId });
}
