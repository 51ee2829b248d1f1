import { AntiphonError } from "../errors.ts";
import { type BlockDelta, BlockFold } from "./block-fold.ts";
import type { ContentBlock } from "./content-block.ts";
import { factsOf, type FoldedFacts, type FoldedReply, isRecord, withDelta } from "./reply.ts";
import type { GrowingText } from "./growing-text.ts";
import type { GrowingDelta, ReplyChange } from "./reply-change.ts";

/** A raw event of `messages.create({ stream: true })`, GA or beta. Open on purpose: names nobody knows yet are no error. */
export interface StreamEvent {
  readonly type: string;
}

/** How far a stream came. `delta`: a stop reason is known, so the reply is whole even if nothing more arrives. */
export type FoldState = "empty" | "open" | "delta" | "stopped";

const NOTHING: ReplyChange = Object.freeze({ type: "nothing" });
const FACTS: ReplyChange = Object.freeze({ type: "facts" });
const BEFORE_START: FoldedFacts = Object.freeze({ model: "", stopReason: null, whole: false });

/**
 * Folds the raw events of one stream into a reply, without losing what is unknown: blocks, deltas, fields and stop reasons
 * of tomorrow are kept as they come. One event costs what it brings. Events are read and never changed.
 *
 * A stream that breaks the protocol throws `bad_stream`; what came before stays readable in `reply()`.
 * Source: the streaming documentation, and the SDK's accumulator, against which this is held on recorded streams.
 */
export class ReplyFold {
  readonly #blocks: BlockFold[] = [];
  #facts = BEFORE_START;
  #state: FoldState = "empty";
  #completeBlocks = 0;

  get state(): FoldState {
    return this.#state;
  }

  /** Takes one event and says what it added. */
  push(event: StreamEvent): ReplyChange {
    const fields = event as EventFields;
    switch (event.type) {
      // First, since nearly all events are.
      case "content_block_delta":
        return this.#addDelta(fields);
      case "message_start":
        return this.#start(fields.message);
      case "content_block_start":
        return this.#startBlock(fields);
      case "content_block_stop":
        return this.#stopBlock(fields);
      case "message_delta":
        this.#expectOpen(event.type);
        this.#facts = withDelta(this.#facts, event);
        if (this.#facts.stopReason !== null) this.#state = "delta";
        return FACTS;
      case "message_stop":
        this.#expectOpen(event.type);
        for (const block of this.#blocks) if (block.open) block.close();
        this.#state = "stopped";
        return FACTS;
      case "error":
        // Behind its stop reason a reply is whole, and what goes wrong then changes nothing of it.
        if (this.#facts.whole) return NOTHING;
        // The SDK throws these before anybody sees them; a client that does not must not end a turn in silence.
        throw badStream(`it reported ${JSON.stringify(fields.error ?? "an error")}`, { error: fields.error });
      default:
        return NOTHING;
    }
  }

  /** The reply as far as it came. Costs one step per block, and copies only blocks that are still open. */
  reply(): FoldedReply {
    const partial = this.#blocks.filter((block) => block.partialInput !== undefined);
    const raw = this.#blocks.filter((block) => block.rawDeltas !== undefined);
    return {
      content: this.#blocks.map((block) => block.value()),
      facts: this.#facts,
      completeBlocks: this.#completeBlocks,
      ...(partial.length > 0 && { partialInputs: Object.fromEntries(partial.map((block) => [block.index, block.partialInput!])) }),
      ...(raw.length > 0 && { rawDeltas: Object.fromEntries(raw.map((block) => [block.index, [...block.rawDeltas!]])) }),
    };
  }

  /** The text that a delta which was pushed just now has made grow. Who keeps parts of it need not keep its pieces. */
  grown({ index, type }: GrowingDelta): GrowingText {
    return this.#blocks[index]!.grown(type)!;
  }

  #start(message: unknown): ReplyChange {
    if (this.#state !== "empty") throw badStream("a second message_start came, so two replies are in one stream");
    if (!isRecord(message)) throw badStream("message_start came without a message");
    this.#facts = factsOf(message);
    this.#state = "open";
    // Empty in every stream on record; blocks that stand here came whole.
    for (const block of Array.isArray(message.content) ? message.content : []) {
      this.#open(block).close();
      this.#completeBlocks += 1;
    }
    return FACTS;
  }

  #startBlock({ index, content_block: start }: EventFields): ReplyChange {
    this.#expectOpen("content_block_start");
    const due = this.#blocks.length;
    if (index !== due) throw badStream(`block ${String(index)} started where block ${due} was due`);
    return { type: "block-start", index, block: this.#open(start).value() };
  }

  #open(start: unknown): BlockFold {
    if (!isRecord(start) || typeof start.type !== "string") throw badStream(`block ${this.#blocks.length} started without a type`);
    const block = new BlockFold(this.#blocks.length, start as ContentBlock);
    this.#blocks.push(block);
    // From here on another model speaks. Without streaming the API puts that model's name on the message.
    const { to } = start;
    if (start.type === "fallback" && isRecord(to) && typeof to.model === "string") this.#facts = { ...this.#facts, model: to.model };
    return block;
  }

  #addDelta({ index, delta }: EventFields): ReplyChange {
    this.#expectOpen("content_block_delta");
    const block = this.#blockAt(index);
    if (block?.open !== true) throw badStream(`a delta came for block ${String(index)}, which is not open`);
    if (!isRecord(delta) || typeof delta.type !== "string") throw badStream(`a delta without a type came for block ${block.index}`);
    return block.add(delta as BlockDelta);
  }

  #stopBlock({ index }: EventFields): ReplyChange {
    this.#expectOpen("content_block_stop");
    const block = this.#blockAt(index);
    if (block?.open !== true) throw badStream(`block ${String(index)} stopped, which is not open`);
    block.close();
    while (this.#blocks[this.#completeBlocks]?.open === false) this.#completeBlocks += 1;
    return { type: "block-stop", index: block.index, block: block.value() };
  }

  #blockAt(index: unknown): BlockFold | undefined {
    return typeof index === "number" ? this.#blocks[index] : undefined;
  }

  #expectOpen(name: string): void {
    if (this.#state === "empty") throw badStream(`${name} came before message_start`);
    if (this.#state === "stopped") throw badStream(`${name} came after message_stop`);
  }
}

interface EventFields {
  readonly type: string;
  readonly index?: unknown;
  readonly message?: unknown;
  readonly content_block?: unknown;
  readonly delta?: unknown;
  readonly error?: unknown;
}

function badStream(what: string, details: Readonly<Record<string, unknown>> = {}): AntiphonError {
  return new AntiphonError("bad_stream", `The stream broke the protocol: ${what}. Send the request again.`, { details });
}
