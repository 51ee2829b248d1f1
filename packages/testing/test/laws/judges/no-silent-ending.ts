import type { Entry, MessageEntry, Outcome } from "@antiphon/core";
import type { Block } from "@antiphon/testing/messages-server";
import type { Delivered, Exchange, TurnTrace } from "../trace.ts";
import type { Judge } from "./judge.ts";
import { endOfReply, firstWrong, stopReasonAt } from "./whole-reply.ts";

/**
 * Law 7. How a turn ends is what became of its last request, as the API saw it: from what was delivered, and not from what core made
 * of it. A turn that asked for nothing ends as the reply that stands at its end.
 */
export const noSilentEnding: Judge = ({ turns }) =>
  turns.flatMap((turn) => {
    if (turn.step === "by-hand") return [];
    if (turn.outcome === undefined) return [`${turn.step} never ended`];
    if (turn.disturbed && DISTURBED.has(turn.outcome.type)) return [];
    const expected = expectedEndings(turn);
    const isExpected = expected.some((ending) => matches(turn.outcome!, ending));
    return isExpected
      ? []
      : [`${turn.step} ended as ${shown(turn.outcome)}, not as ${expected.map((ending) => JSON.stringify(ending)).join(" or ")}`];
  });

/** How a turn may end that was aborted, held up, or whose store died. */
const DISTURBED: ReadonlySet<string> = new Set(["aborted", "failed"]);

type Ending = { readonly type: Outcome["type"] } & Readonly<Record<string, unknown>>;

function expectedEndings(turn: TurnTrace): readonly Ending[] {
  const last = turn.exchanges.at(-1);
  if (last === undefined) return withoutRequest(turn);
  // Told apart by what is delivered, which is not seen over HTTP.
  if (last.spec?.is === "error") return [ofError(last.spec.what)];
  if (last.delivered !== undefined) return ofStream(last.delivered, turn);
  return last.spec === undefined ? [{ type: "failed" }] : ofReply(last, turn);
}

/** Errors of ours, before anything was sent; or how the path ends. */
function withoutRequest(turn: TurnTrace): readonly Ending[] {
  const { outcome, began } = turn;
  if (outcome?.type === "failed") return outcome.failure.status === undefined ? [{ type: "failed" }] : [];
  const reply = began.findLast((entry): entry is MessageEntry => entry.kind === "message" && entry.reply !== undefined);
  const taken = turn.stored.find((entry): entry is MessageEntry => entry.kind === "message" && entry.reply !== undefined);
  const stands = taken ?? reply;
  if (stands === undefined) return [];
  return stands.reply!.whole ? ofStop(stands.reply!.stopReason, stands.content, turn) : [{ type: "interrupted" }];
}

function ofError(what: number | string): Ending {
  if (what === "too-long") return { type: "context-full" };
  return { type: "failed", status: what, retryable: what === 429 || what === 529 };
}

function ofStream(delivered: Delivered, turn: TurnTrace): readonly Ending[] {
  const { events, ending } = delivered;
  const end = endOfReply(delivered);
  const whole = end === -1 ? [] : ofWhole(delivered, end, turn);
  // What breaks the protocol is an error, also behind a reply that is whole.
  const wrong = events[firstWrong(delivered)];
  if (wrong !== undefined && wrong.type !== "error") return [...whole, { type: "interrupted", reason: "bad-stream" }];
  if (whole.length > 0) return whole;
  // Where the break fell into the name of an event, the error comes under a name that nobody knows.
  if (events.some(({ type }) => type === "error"))
    return ["server-error", "bad-stream"].map((why) => ({ type: "interrupted", reason: why }));
  if (ending === "garbled") return [{ type: "interrupted" }];
  return [{ type: "interrupted", reason: ending === "cut" ? "connection" : "ended-early" }];
}

function ofWhole(delivered: Delivered, end: number, turn: TurnTrace): readonly Ending[] {
  const opened = delivered.events.slice(0, end).filter(({ type }) => type === "content_block_start");
  const reason = stopReasonAt(delivered, end);
  return reason === null
    ? [{ type: "interrupted" }]
    : ofStop(
        reason,
        opened.map(({ content_block }) => content_block as Block),
        turn,
      );
}

/** A reply in one piece: its fault, if it had one, left nothing of it. */
function ofReply({ spec, requestId }: Exchange, turn: TurnTrace): readonly Ending[] {
  const isItself = (entry: Entry): entry is MessageEntry => entry.kind === "message" && entry.reply?.requestId === requestId;
  const stored = turn.stored.find(isItself);
  const broken: readonly Ending[] = [{ type: "failed" }, { type: "interrupted" }];
  if (spec?.is !== "reply" || stored === undefined) return broken;
  const whole = stored.reply!.stopReason === null ? [] : ofStop(stored.reply!.stopReason, stored.content, turn);
  return spec.fault === undefined && whole.length > 0 ? whole : [...broken, ...whole];
}

/** How a turn may end behind a whole reply. What makes a turn go on may also be what it ends for, at one of its limits. */
function ofStop(
  reason: string | null,
  content: readonly { readonly type: string; readonly name?: unknown; readonly id?: unknown }[],
  turn: TurnTrace,
): readonly Ending[] {
  switch (reason) {
    case "end_turn":
      return [{ type: "completed" }];
    case "stop_sequence":
      return [{ type: "stopped" }];
    case "tool_use": {
      const calls = content.filter(({ type }) => type === "tool_use");
      if (calls.length === 0) return [{ type: "unknown", stopReason: "tool_use" }];
      // What is answered by nobody waits for somebody, but not what had started before a crash: the next request answers it as interrupted.
      const stored = [...turn.began, ...turn.stored];
      const open = calls.map(({ id }) => String(id)).filter((id) => !isAnswered(id, stored) && !isStarted(id, turn.began));
      return open.length > 0 ? [{ type: "waiting", toolUseIds: open }, ROUNDS] : [ROUNDS];
    }
    case "pause_turn":
    case "compaction":
      return [{ type: "limit", limit: "resumes" }];
    case "max_tokens":
      return [{ type: "truncated" }];
    case "refusal":
      return [{ type: "refused", category: "cyber" }];
    case "model_context_window_exceeded":
      return [{ type: "context-full" }];
    default:
      return [{ type: "unknown", stopReason: reason }];
  }
}

const ROUNDS: Ending = { type: "limit", limit: "rounds" };

function isAnswered(id: string, path: readonly Entry[]): boolean {
  return path.some((entry) => entry.kind === "message" && entry.content.some(({ tool_use_id }) => tool_use_id === id));
}

function matches(outcome: Outcome, { type, ...fields }: Ending): boolean {
  const told: Record<string, unknown> = outcome.type === "failed" ? { ...outcome.failure } : { ...outcome };
  return outcome.type === type && Object.entries(fields).every(([name, value]) => JSON.stringify(told[name]) === JSON.stringify(value));
}

function shown(outcome: Outcome): string {
  return outcome.type === "failed" ? `failed: ${outcome.failure.code}, ${outcome.failure.message}` : JSON.stringify(outcome);
}

function isStarted(id: string, path: readonly Entry[]): boolean {
  return path.some((entry) => entry.kind === "tool-start" && entry.toolUseId === id);
}
