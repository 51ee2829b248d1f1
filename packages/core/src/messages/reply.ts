import type { ReplyFacts } from "../conversation/entry.ts";
import { AntiphonError } from "../errors.ts";
import type { ContentBlock } from "./content-block.ts";

/** What the API said beside the content. What the reply is bound to is the writer's to add. */
export type FoldedFacts = Omit<ReplyFacts, "prefixHash" | "madeFor">;

/** A reply, streamed or not, whole or as far as it came. */
export interface FoldedReply {
  /** All blocks, the last ones perhaps in part. */
  readonly content: readonly ContentBlock[];
  readonly facts: FoldedFacts;
  /** How many blocks from the start on are known to have ended. Of use where the reply is not whole. */
  readonly completeBlocks: number;
  /**
   * By block index the JSON text of tool inputs that is no JSON value, since it was cut or since the model wrote it so. The
   * `input` of such a block is what it began with, usually `{}`: such a call must not run.
   */
  readonly partialInputs?: Readonly<Record<number, string>>;
  /** By block index the deltas that nobody knows what to do with, raw and in order. The block is as it would be without them. */
  readonly rawDeltas?: Readonly<Record<number, readonly unknown[]>>;
}

/** A message as the API answers it without streaming, or as the SDK's stream helper builds it. */
export interface ReceivedMessage {
  readonly model: string;
  readonly content: readonly { readonly type: string }[];
  readonly stop_reason: string | null;
}

/**
 * The reply in a message that came in one piece. What the SDK adds to it is left out; the request id is taken from there.
 * Blocks are shared with the message. Throws `invalid_input` for something that is not a message.
 */
export function fromMessage(message: ReceivedMessage): FoldedReply {
  if (!isMessage(message)) {
    throw new AntiphonError(
      "invalid_input",
      "This is not a message of the Messages API: it has no `content` list. Pass the response as it came.",
    );
  }
  const content = message.content as readonly ContentBlock[];
  return { content, facts: factsOf(message), completeBlocks: content.length };
}

/** The facts in a message's top-level fields. A field that has no place of its own comes along as `extra`. */
export function factsOf(message: object): FoldedFacts {
  // The SDK hides the `request-id` header in a property that is not enumerable.
  const { id, model, stop_reason, usage, _request_id: requestId } = message as WireMessage;
  const stopReason = typeof stop_reason === "string" ? stop_reason : null;
  const extra = without(MESSAGE_FIELDS, message);
  return {
    model: typeof model === "string" ? model : "",
    stopReason,
    ...stopFacts(message),
    ...(isRecord(usage) && { usage }),
    ...(typeof id === "string" && { responseId: id }),
    ...(typeof requestId === "string" && { requestId }),
    whole: stopReason !== null,
    ...(Object.keys(extra).length > 0 && { extra }),
  };
}

/**
 * The facts after a `message_delta`. Counters are totals of the whole message: they replace, and are never added. `null`
 * says nothing, except of the stop.
 * Source: the SDK's accumulator, and "token counts shown in the usage field of message_delta are cumulative" (streaming documentation).
 */
export function withDelta(facts: FoldedFacts, event: object): FoldedFacts {
  const { delta, usage } = event as { readonly delta?: unknown; readonly usage?: unknown };
  const stop = (isRecord(delta) ? delta : {}) as WireMessage;
  const stopReason = typeof stop.stop_reason === "string" ? stop.stop_reason : facts.stopReason;
  const extra = { ...facts.extra, ...said(without(STOP_FIELDS, stop)), ...said(without(DELTA_FIELDS, event)) };
  return {
    ...facts,
    stopReason,
    ...stopFacts(stop),
    ...(isRecord(usage) && { usage: { ...facts.usage, ...said(usage) } }),
    whole: stopReason !== null,
    ...(Object.keys(extra).length > 0 && { extra }),
  };
}

const STOP_FIELDS = ["stop_reason", "stop_sequence", "stop_details"];
const DELTA_FIELDS = ["type", "delta", "usage"];
// `parsed_output` is the SDK's own, made from the text.
const MESSAGE_FIELDS = [...STOP_FIELDS, "id", "type", "role", "content", "model", "usage", "parsed_output"];

function stopFacts({ stop_sequence, stop_details }: WireMessage): Pick<FoldedFacts, "stopSequence" | "stopDetails"> {
  return {
    ...(stop_sequence !== undefined && { stopSequence: stop_sequence }),
    ...(stop_details !== undefined && { stopDetails: stop_details }),
  };
}

interface WireMessage {
  readonly id?: unknown;
  readonly model?: unknown;
  readonly stop_reason?: unknown;
  readonly stop_sequence?: string | null;
  readonly stop_details?: unknown;
  readonly usage?: unknown;
  readonly _request_id?: unknown;
}

function without(names: readonly string[], fields: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

function said(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isMessage(value: unknown): boolean {
  return (
    isRecord(value) && Array.isArray(value.content) && value.content.every((block) => isRecord(block) && typeof block.type === "string")
  );
}
