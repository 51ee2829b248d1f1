import type { Fault } from "./faults.ts";
import type { ReceivedRequest } from "./received.ts";
import type { Block, Usage } from "./wire.ts";

/**
 * What the server answers next. A string is a text reply. A function is asked when the request has come.
 * Requests that break a rule of the API get their 400 and take nothing from the script.
 */
export type Reply = string | ScriptedMessage | ScriptedError | RawReply | ((request: ReceivedRequest) => Reply | Promise<Reply>);

/** What any reply can say about its way to the client. */
export interface Delivery {
  /** More response headers; they win over the server's own. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What goes wrong on the way, each applied to what the one before left. */
  readonly faults?: readonly Fault[];
}

/** A reply of the model. What is left out is filled in: ids, signatures of thinking, usage, `stop_reason`. */
export interface ScriptedMessage extends Delivery {
  readonly content: string | readonly (Block | StreamedBlock)[];
  /** Default: `tool_use` when there is a client tool call, else `end_turn`. Any value, known or not. */
  readonly stop_reason?: string | null;
  readonly stop_sequence?: string | null;
  readonly stop_details?: unknown;
  /** Laid over what the server counted. */
  readonly usage?: Partial<Usage>;
  readonly id?: string;
  readonly model?: string;
  /** Cuts the content off behind so many output tokens, as `max_tokens` does, also in the middle of a tool call. */
  readonly cutAtTokens?: number;
  /** The `stop_reason` of a reply that was cut off so. Default `max_tokens`. */
  readonly cutReason?: string;
  /** More fields of the message: `container`, `context_management`, … */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** A block whose stream events are given: `block` opens it, `deltas` follow. For types and deltas that do not exist yet. */
export interface StreamedBlock {
  readonly block: Block;
  readonly deltas: readonly Block[];
}

/** An HTTP error. `{ error: { status: 429 }, headers: { "retry-after": "2" } }` */
export interface ScriptedError extends Delivery {
  readonly error: {
    readonly status: number;
    readonly type?: string;
    readonly message?: string;
    readonly details?: Readonly<Record<string, unknown>>;
  };
}

/** Bytes as they are: a recorded stream, a recorded message, a page of HTML. */
export interface RawReply extends Delivery {
  readonly raw: string | Uint8Array;
  /** Default `text/event-stream; charset=utf-8`. */
  readonly contentType?: string;
  /** Default 200. */
  readonly status?: number;
}

export type SettledReply = ScriptedMessage | ScriptedError | RawReply;

/** The queue of scripted replies, first in, first out. */
export class Script {
  readonly #replies: Reply[] = [];

  get length(): number {
    return this.#replies.length;
  }

  add(replies: readonly Reply[]): void {
    this.#replies.push(...replies);
  }

  /** The next reply, or `undefined` when the script is at its end. */
  async next(request: ReceivedRequest): Promise<SettledReply | undefined> {
    let reply = this.#replies.shift();
    while (typeof reply === "function") reply = await reply(request);
    return typeof reply === "string" ? { content: reply } : reply;
  }
}

/** A tool call for a script. The id is made up unless given. */
export function toolUse(name: string, input: Readonly<Record<string, unknown>>, id?: string): Block {
  return { type: "tool_use", ...(id !== undefined && { id }), name, input };
}
