import { isAntiphonError } from "../errors.ts";
import { ReplyFold, type StreamEvent } from "../messages/fold.ts";
import { type FoldedReply, fromMessage, type ReceivedMessage } from "../messages/reply.ts";
import type { ReplyChange } from "../messages/reply-change.ts";
import type { Projection, ReplyBinding } from "../request/project.ts";
import type { Outcome } from "../stop/outcome.ts";
import { DraftWriter } from "./draft-writer.ts";
import { abortedOutcome, failedOutcome, isPassing, isServerError } from "./failure.ts";
import { Joint } from "./joint.ts";
import { linkedSignal } from "./linked-signal.ts";
import { fetchMessage, openStream } from "./messages-client.ts";
import { wordsOf } from "../tools/runnable-tool.ts";
import { SilenceWatch } from "./silence-watch.ts";
import type { TurnContext } from "./turn-context.ts";

/** What came of one request: a reply, a part of one, or nothing. */
export interface Received {
  readonly entryId: string;
  readonly binding: ReplyBinding;
  readonly part?: FoldedReply;
  readonly requestId?: string;
  /** Absent where the reply is whole. */
  readonly outcome?: Outcome;
  /** Whether another try may help. */
  readonly again: boolean;
}

/** Sends one request and reads its answer to the end, whatever that end is. Throws nothing but errors of ours. */
export async function receiveReply(turn: TurnContext, projection: Projection): Promise<Received> {
  const base = { entryId: turn.environment.orderedId(), binding: projection.binding, again: false };
  const silence = new SilenceWatch(turn.environment, turn.limits.silenceMs);
  const { signal, unlink } = linkedSignal(turn.signal, silence.signal);
  const fold = new ReplyFold();
  const joint = turn.tally.joining === "overlapping" ? new Joint(turn.tally.text) : undefined;
  let draft: DraftWriter | undefined;
  let requestId: string | undefined;
  let contentType: string | undefined;
  const partly = (outcome: Outcome | undefined, again = false): Received => {
    const part = fold.state === "empty" ? undefined : fold.reply();
    return { ...base, again, ...(part && { part }), ...(requestId !== undefined && { requestId }), ...(outcome && { outcome }) };
  };
  try {
    const streaming = turn.streaming || needsStream(turn);
    const { conversationId } = turn.writer.key;
    const answer = await (streaming
      ? openStream(turn.client, projection.body, { signal, conversationId, onBytes: () => silence.heard() })
      : fetchMessage(turn.client, projection.body, { signal, conversationId }));
    ({ requestId, contentType } = answer);
    if (!streaming || !isAsyncIterable(answer.data)) return inOnePiece(answer.data);
    const head = { ...projection.binding, ...(requestId !== undefined && { requestId }) };
    const drafting = new DraftWriter({ writer: turn.writer, environment: turn.environment, draftId: base.entryId, head, fold });
    draft = drafting;
    await silence.over(answer.data, signal, (event) => {
      const change = fold.push(event as StreamEvent);
      const behind = drafting.add(event as StreamEvent, change);
      return behind === undefined ? show(turn, change, fold, joint) : behind.then(() => show(turn, change, fold, joint));
    });
  } catch (error) {
    return endedBy(error);
  } finally {
    silence.stop();
    const held = joint?.end() ?? "";
    if (held !== "") void turn.events.emit({ type: "text-delta", index: 0, text: held });
    await draft?.stop();
    unlink();
  }
  return endedBy(undefined);

  /** A server or a client that does not stream may give a message all the same. */
  function inOnePiece(data: unknown): Received {
    const part = wholeReply(data);
    if (part === undefined) return partly(notTheApi(kindOf(data)));
    const outcome = part.facts.whole ? undefined : interrupted("ended-early", "The reply came without a stop reason.");
    return { ...partly(outcome), part };
  }

  function endedBy(error: unknown): Received {
    if (turn.signal.aborted && !fold.reply().facts.whole) return partly(abortedOutcome(turn.signal));
    if (isAntiphonError(error, "bad_stream"))
      return partly(interrupted(error.details["error"] === undefined ? "bad-stream" : "server-error", error.message), true);
    // Cut behind its stop reason a reply is whole; the SDK ends its loop without a word on abort and at an early end.
    if (fold.reply().facts.whole) return partly(undefined);
    if (silence.signal.aborted) return partly(interrupted("silence", `No byte came for ${turn.limits.silenceMs} ms.`), true);
    if (error === undefined && fold.state === "empty" && contentType !== undefined && !contentType.includes("event-stream"))
      return partly(notTheApi(`${contentType}, not a stream of events`));
    if (error === undefined) return partly(interrupted("ended-early", "The stream ended before the reply did."), true);
    if (isAntiphonError(error) || draft === undefined) return partly(failedOutcome(error));
    const message = wordsOf(error);
    return partly(interrupted(isServerError(error) ? "server-error" : "connection", message), isPassing(error));
  }
}

/**
 * Whether core itself raised `max_tokens` beyond what the SDK's clients wait for in one piece: they expect 128,000 tokens an
 * hour and refuse, unsent, what would take more than ten minutes.
 */
function needsStream({ tally }: TurnContext): boolean {
  return tally.maxTokens !== undefined && tally.maxTokens > UNSTREAMED_TOKENS_MAX;
}

const UNSTREAMED_TOKENS_MAX = Math.floor(128_000 / 6);

/** The reply in an answer that was not streamed. Whatever else a server says with status 200 is no reply. */
function wholeReply(data: unknown): FoldedReply | undefined {
  try {
    return fromMessage(data as ReceivedMessage);
  } catch {
    return undefined;
  }
}

function isAsyncIterable(data: unknown): data is AsyncIterable<unknown> {
  return typeof (data as Partial<AsyncIterable<unknown>> | null | undefined)?.[Symbol.asyncIterator] === "function";
}

function kindOf(data: unknown): string {
  if (data === null || data === undefined) return "nothing";
  if (Array.isArray(data)) return "a list";
  if (typeof data === "object") return "an object that is no message";
  return typeof data === "string" ? "text" : `a ${typeof data}`;
}

/** A login page, a proxy, a wrong path: asking again would not help. */
function notTheApi(sent: string): Outcome {
  const message = `What answered does not speak the Messages API: it sent ${sent}. Check the base URL.`;
  return { type: "failed", failure: { code: "not_the_api", message, retryable: false } };
}

/** Tells readers what arrived. A continuation goes on where the text before it stopped, without what it repeats. */
function show(turn: TurnContext, change: ReplyChange, fold: ReplyFold, joint: Joint | undefined): Promise<void> | undefined {
  switch (change.type) {
    case "nothing":
    case "facts":
    case "block-delta":
      return undefined;
    case "text-delta": {
      if (joint === undefined) return change.text === "" ? undefined : turn.events.emit(change, fold);
      const text = joint.push(change.text);
      return text === "" ? undefined : turn.events.emit({ ...change, text });
    }
    case "block-stop": {
      const rest = joint?.end() ?? "";
      if (rest !== "") void turn.events.emit({ type: "text-delta", index: change.index, text: rest });
      return turn.events.emit(change);
    }
    case "thinking-delta":
    case "tool-input-delta":
      return turn.events.emit(change, fold);
    default:
      return turn.events.emit(change);
  }
}

export function interrupted(reason: Extract<Outcome, { type: "interrupted" }>["reason"], message: string): Outcome {
  return { type: "interrupted", reason, message };
}
