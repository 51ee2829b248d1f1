import type { MessageEntry } from "../conversation/entry.ts";
import { AntiphonError } from "../errors.ts";
import { ReplyFold, type StreamEvent } from "../messages/fold.ts";
import { type FoldedReply, fromMessage, type ReceivedMessage } from "../messages/reply.ts";
import { type Projection, project } from "../request/project.ts";
import type { Outcome } from "../stop/outcome.ts";
import { addUsage } from "../usage/usage-totals.ts";
import { DraftWriter } from "./draft-writer.ts";
import { failedOutcome, isPassing, isServerError } from "./failure.ts";
import { fetchMessage, openStream } from "./messages-client.ts";
import { SilenceWatch } from "./silence-watch.ts";
import type { TurnContext } from "./turn-context.ts";

/** A whole reply that is stored, or how the turn ends without one. */
export type Requested = { readonly entry: MessageEntry; readonly projection: Projection } | { readonly outcome: Outcome };

/**
 * Sends the path's request and stores the reply, or the part of it that came. A request whose stream died before it
 * showed anything is made again, within bounds; one that failed before its headers is not, since the SDK has done that.
 */
export async function requestReply(turn: TurnContext): Promise<Requested> {
  const projection = await prepare(turn);
  for (let attempt = 1; ; attempt += 1) {
    turn.tally.requests += 1;
    await turn.events.emit({ type: "request-start", request: turn.tally.requests });
    const received = await receive(turn, projection);
    if (received.part?.facts.whole || (received.part && received.part.content.length > 0)) {
      const entry = await storeReply(turn, received);
      return received.outcome ? { outcome: received.outcome } : { entry, projection };
    }
    const outcome = received.outcome ?? interrupted("ended-early", "The stream ended before it said anything.");
    if (!received.again || attempt > turn.limits.retries || turn.signal.aborted) return { outcome };
    const delayMs = 500 * 2 ** (attempt - 1);
    await turn.events.emit({ type: "request-retry", attempt, delayMs, reason: outcome.type });
    await pause(turn, delayMs);
  }
}

/** The projection, with what repair had to make up stored first, so that it stays. Errors: `invalid_request`. */
async function prepare(turn: TurnContext): Promise<Projection> {
  const { writer, hashKey, caching, tally } = turn;
  let projection = project(writer.path, { hashKey, caching });
  if (projection.repairs.length > 0) {
    const [entry] = await writer.append(writer.draw({ kind: "message", role: "user", content: projection.repairs, origin: "synthetic" }));
    await turn.events.emit({ type: "repair-stored", entryId: entry!.id, toolUseIds: projection.explain.repaired });
    projection = project(writer.path, { hashKey, caching });
  }
  const broken = projection.explain.violations.filter((violation) => violation.severity === "error");
  if (broken.length > 0) {
    throw new AntiphonError("invalid_request", `The request was not sent, since the API would refuse it. ${broken[0]!.message}`, { details: { violations: broken } });
  }
  return tally.maxTokens === undefined ? projection : { ...projection, body: { ...projection.body, max_tokens: tally.maxTokens } };
}

interface Received {
  readonly entryId: string;
  readonly prefixHash: string;
  readonly part?: FoldedReply;
  readonly requestId?: string;
  /** Absent where the reply is whole. */
  readonly outcome?: Outcome;
  /** Whether another try may help. */
  readonly again: boolean;
}

async function receive(turn: TurnContext, projection: Projection): Promise<Received> {
  const base = { entryId: turn.environment.orderedId(), prefixHash: projection.prefixHash, again: false };
  const silence = new SilenceWatch(turn.environment, turn.limits.silenceMs);
  const signal = AbortSignal.any([turn.signal, silence.signal]);
  const fold = new ReplyFold();
  let draft: DraftWriter | undefined;
  let requestId: string | undefined;
  const partly = (outcome: Outcome | undefined, again = false): Received => {
    const part = fold.state === "empty" ? undefined : fold.reply();
    return { ...base, again, ...(part && { part }), ...(requestId !== undefined && { requestId }), ...(outcome && { outcome }) };
  };
  try {
    if (!turn.streaming) {
      const { message, requestId: id } = await fetchMessage(turn.client, projection.body, { signal, onBytes: () => undefined });
      return { ...base, part: fromMessage(message as ReceivedMessage), ...(id !== undefined && { requestId: id }) };
    }
    const opened = await openStream(turn.client, projection.body, { signal, onBytes: () => silence.heard() });
    requestId = opened.requestId;
    const head = { prefixHash: projection.prefixHash, ...(requestId !== undefined && { requestId }) };
    draft = new DraftWriter({ writer: turn.writer, environment: turn.environment, draftId: base.entryId, head });
    for await (const event of silence.over(opened.events, signal)) {
      const change = fold.push(event as StreamEvent);
      const behind = draft.add(event as StreamEvent, change);
      if (behind) await behind;
      if (change.type === "nothing" || change.type === "facts" || change.type === "block-delta") continue;
      const full = turn.events.emit(change);
      if (full) await full;
    }
  } catch (error) {
    return endedBy(error);
  } finally {
    silence.stop();
    await draft?.stop();
  }
  return endedBy(undefined);

  function endedBy(error: unknown): Received {
    if (turn.signal.aborted && !fold.reply().facts.whole) return partly(turn.signal.reason instanceof AntiphonError ? failedOutcome(turn.signal.reason) : { type: "aborted" });
    // Cut behind its stop reason a reply is whole; the SDK ends its loop without a word on abort and at an early end.
    if (fold.reply().facts.whole) return partly(undefined);
    if (silence.signal.aborted) return partly(interrupted("silence", `No byte came for ${turn.limits.silenceMs} ms.`), true);
    if (error === undefined) return partly(interrupted("ended-early", "The stream ended before the reply did."), true);
    if (error instanceof AntiphonError) return partly(error.code === "bad_stream" ? interrupted("bad-stream", error.message) : failedOutcome(error), error.code === "bad_stream");
    if (draft === undefined) return partly(failedOutcome(error));
    const message = error instanceof Error ? error.message : String(error);
    return partly(interrupted(isServerError(error) ? "server-error" : "connection", message), isPassing(error));
  }
}

async function storeReply(turn: TurnContext, received: Received): Promise<MessageEntry> {
  const { part, prefixHash, requestId } = received;
  const { content, facts, partialInputs, rawDeltas } = part!;
  const reply = { ...facts, ...(partialInputs && { partialInputs }), ...(rawDeltas && { rawDeltas }), prefixHash, ...(requestId !== undefined && { requestId }) };
  const [entry] = await turn.writer.append(turn.writer.draw({ kind: "message", role: "assistant", content, origin: "model", reply }, received.entryId));
  turn.tally.usage = addUsage(turn.tally.usage, facts.usage);
  await turn.events.emit({ type: "reply-stored", entryId: entry!.id, stopReason: facts.stopReason, whole: facts.whole, usage: facts.usage });
  return entry as MessageEntry;
}

function interrupted(reason: Extract<Outcome, { type: "interrupted" }>["reason"], message: string): Outcome {
  return { type: "interrupted", reason, message };
}

function pause(turn: TurnContext, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const callOff = turn.environment.after(ms, done);
    turn.signal.addEventListener("abort", done, { once: true });
    function done(): void {
      callOff();
      turn.signal.removeEventListener("abort", done);
      resolve();
    }
  });
}
