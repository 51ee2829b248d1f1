import { ReplyFold, type StreamEvent } from "./fold.ts";
import { GrowingPart } from "./growing-text.ts";
import type { FoldedReply } from "./reply.ts";
import { type GrowingDelta, isGrowingDelta, pieceOf, type ReplyChange } from "./reply-change.ts";

/**
 * The part of a streaming reply that is not stored yet, as a log of raw events. Neighbouring pieces of one string on one
 * block become one event, so the log is about as long as the reply however small its deltas are.
 *
 * Give it each event with what its fold said of it: `log.add(event, fold.push(event))`. Chunks of `take()`, in order and
 * together, replay to the reply as the fold had it at the last of them.
 */
export class DraftLog {
  readonly #fold: ReplyFold;
  readonly #lines: string[] = [];
  #run: { readonly first: GrowingDelta; readonly part: GrowingPart } | undefined;
  #pendingBytes = 0;

  constructor(fold: ReplyFold) {
    this.#fold = fold;
  }

  /** How much there is to take, in bytes of UTF-8, escapes and the frame of merged events not counted. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  add(event: StreamEvent, change: ReplyChange): void {
    if (isGrowingDelta(change)) return this.#goOn(change);
    if (change.type === "nothing") return;
    this.#endRun();
    const line = JSON.stringify(event);
    this.#lines.push(line);
    this.#pendingBytes += utf8Bytes(line);
  }

  /** The pending events as a chunk of NDJSON, which are then no longer pending; `undefined` where there are none. */
  take(): string | undefined {
    this.#endRun();
    if (this.#lines.length === 0) return undefined;
    const chunk = `${this.#lines.join("\n")}\n`;
    this.#lines.length = 0;
    this.#pendingBytes = 0;
    return chunk;
  }

  #goOn(delta: GrowingDelta): void {
    const piece = pieceOf(delta);
    this.#pendingBytes += utf8Bytes(piece);
    if (this.#run?.first.type === delta.type && this.#run.first.index === delta.index) return this.#run.part.add(piece);
    this.#endRun();
    this.#run = { first: delta, part: new GrowingPart(this.#fold.grown(delta), piece) };
  }

  #endRun(): void {
    if (this.#run === undefined) return;
    const { first, part } = this.#run;
    const [type, field] = ON_THE_WIRE[first.type];
    this.#lines.push(JSON.stringify({ type: "content_block_delta", index: first.index, delta: { type, [field]: part.toString() } }));
    this.#run = undefined;
  }
}

const ON_THE_WIRE: Readonly<Record<GrowingDelta["type"], readonly [type: string, field: string]>> = {
  "text-delta": ["text_delta", "text"],
  "thinking-delta": ["thinking_delta", "thinking"],
  "tool-input-delta": ["input_json_delta", "partial_json"],
};

/**
 * The reply in the chunks of a draft log; `undefined` where not even the start of one is there. Reads up to the first line
 * that is torn or cannot follow: what stands before it is what is known.
 */
export function replayDraft(chunks: readonly string[]): FoldedReply | undefined {
  const fold = new ReplyFold();
  try {
    for (const line of chunks.join("").split("\n")) if (line !== "") fold.push(JSON.parse(line) as StreamEvent);
  } catch {
    // A kill tears the last line; the events before it stand.
  }
  return fold.state === "empty" ? undefined : fold.reply();
}

/** Half of a surrogate pair counts two, so that a pair counts four wherever a delta cuts it. */
function utf8Bytes(text: string): number {
  let bytes = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff)) bytes += 2;
    else bytes += 3;
  }
  return bytes;
}
