import { ReplyFold, type StreamEvent } from "./fold.ts";
import { GrowingText } from "./growing-text.ts";
import type { FoldedReply } from "./reply.ts";
import type { ReplyChange } from "./reply-change.ts";

/**
 * The part of a streaming reply that is not stored yet, as a log of raw events. Neighbouring pieces of one string on one
 * block become one event, so the log is about as long as the reply however small its deltas are.
 *
 * Give it each event with what the fold said of it: `log.add(event, fold.push(event))`. Chunks of `take()`, in order and
 * together, replay to the reply as the fold had it at the last of them.
 */
export class DraftLog {
  readonly #lines: string[] = [];
  #run: Run | undefined;
  #pendingBytes = 0;

  /** How much there is to take, in bytes of UTF-8, escapes and the frame of merged events not counted. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  add(event: StreamEvent, change: ReplyChange): void {
    switch (change.type) {
      case "nothing":
        return;
      case "text-delta":
        return this.#goOn("text_delta", "text", change.index, change.text);
      case "thinking-delta":
        return this.#goOn("thinking_delta", "thinking", change.index, change.thinking);
      case "tool-input-delta":
        return this.#goOn("input_json_delta", "partial_json", change.index, change.json);
      default: {
        this.#endRun();
        const line = JSON.stringify(event);
        this.#lines.push(line);
        this.#pendingBytes += utf8Bytes(line);
      }
    }
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

  #goOn(type: string, field: string, index: number, text: string): void {
    this.#pendingBytes += utf8Bytes(text);
    if (this.#run?.type === type && this.#run.index === index) return this.#run.text.add(text);
    this.#endRun();
    this.#run = { type, index, field, text: new GrowingText(text) };
  }

  #endRun(): void {
    if (this.#run === undefined) return;
    const { type, index, field, text } = this.#run;
    this.#lines.push(JSON.stringify({ type: "content_block_delta", index, delta: { type, [field]: text.toString() } }));
    this.#run = undefined;
  }
}

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

/** A growing piece of one string of one block, in wire words. */
interface Run {
  readonly type: string;
  readonly index: number;
  readonly field: string;
  readonly text: GrowingText;
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
