import { frozenJson } from "../conversation/frozen-copy.ts";
import { blockRow } from "./block-table.ts";
import type { ContentBlock } from "./content-block.ts";
import { GrowingText } from "./growing-text.ts";
import type { GrowingDelta, ReplyChange } from "./reply-change.ts";

/** The part of a block that one delta brings, in wire form. */
export interface BlockDelta {
  readonly type: string;
  readonly [field: string]: unknown;
}

/**
 * One content block while it arrives. A delta of a known type changes the block as the API documents, strings by growing,
 * so that the cost of a block is linear in its length however small the deltas are; any other delta is kept raw.
 */
export class BlockFold {
  readonly index: number;
  readonly #block: Record<string, unknown> & { readonly type: string };
  /** The block's strings that have grown and are not yet put into it, by field. */
  readonly #grown = new Map<string, GrowingText>();
  #json: GrowingText | undefined;
  #raw: BlockDelta[] | undefined;
  // A list of this fold's own making: the one that the block began with belongs to the event.
  #citations: unknown[] | undefined;
  #open = true;
  // Where the last delta of this type changed the block, the next one does, if it is sound.
  #taken: Takes | undefined;

  constructor(index: number, start: ContentBlock) {
    this.index = index;
    this.#block = { ...start };
  }

  get open(): boolean {
    return this.#open;
  }

  /** The JSON text of a tool input that is not, or not yet, a whole value; the block's `input` is then still what it began with. */
  get partialInput(): string | undefined {
    const json = this.#json?.toString();
    return json === "" ? undefined : json;
  }

  /** The text that deltas of this kind have made grow; `undefined` before the first. */
  grown(kind: GrowingDelta["type"]): GrowingText | undefined {
    if (kind === "tool-input-delta") return this.#json;
    return this.#grown.get(kind === "text-delta" ? "text" : "thinking");
  }

  /** Deltas that changed nothing in the block, in order. */
  get rawDeltas(): readonly BlockDelta[] | undefined {
    return this.#raw;
  }

  add(delta: BlockDelta): ReplyChange {
    const block = this.#block;
    const index = this.index;
    switch (this.#takes(delta) ? delta.type : undefined) {
      case "text_delta":
        this.#grow("text", delta.text as string);
        return { type: "text-delta", index, text: delta.text as string };
      case "thinking_delta":
        this.#grow("thinking", delta.thinking as string);
        return { type: "thinking-delta", index, thinking: delta.thinking as string };
      case "input_json_delta":
        (this.#json ??= new GrowingText()).add(delta.partial_json as string);
        return { type: "tool-input-delta", index, json: delta.partial_json as string };
      case "citations_delta":
        this.#cite(delta.citation);
        return { type: "citation-delta", index, citation: delta.citation };
      case "signature_delta":
        block.signature = delta.signature;
        return { type: "block-delta", index };
      case "compaction_delta":
        Object.assign(block, { ...delta, type: block.type });
        return { type: "block-delta", index };
      default:
        (this.#raw ??= []).push(delta);
        return { type: "block-delta", index };
    }
  }

  /** Ends the block. A tool input is parsed here, once, and frozen; one that came without any text is `{}`. */
  close(): void {
    this.#open = false;
    this.#settle();
    if (this.#json === undefined) return;
    const json = this.#json.toString();
    const input = json === "" ? { value: {} } : parsed(json);
    if (input === undefined) return;
    this.#block.input = input.value;
    this.#json = undefined;
  }

  /** The block as far as it came: once it ended always the same object, before that a copy. */
  value(): ContentBlock {
    if (!this.#open) return this.#block;
    this.#settle();
    const { citations } = this.#block;
    return Array.isArray(citations) ? { ...this.#block, citations: [...citations] } : { ...this.#block };
  }

  /**
   * Whether a delta changes this block. On a block of an unknown type a delta of a known type does what it does elsewhere,
   * provided the block has that field: the nearest to what the API would have sent without streaming.
   */
  #takes(delta: BlockDelta): boolean {
    if (this.#taken?.type === delta.type) return isSound(delta, this.#taken);
    const takes = TAKES.get(delta.type);
    if (takes === undefined || !isSound(delta, takes)) return false;
    const { type } = this.#block;
    if (!takes.on.includes(type) && !(blockRow(type) === undefined && Object.hasOwn(this.#block, takes.field))) return false;
    this.#taken = takes;
    return true;
  }

  #grow(field: string, more: string): void {
    const grown = this.#grown.get(field);
    if (grown !== undefined) return grown.add(more);
    const before = this.#block[field];
    const text = new GrowingText(typeof before === "string" ? before : "");
    text.add(more);
    this.#grown.set(field, text);
  }

  #settle(): void {
    for (const [field, text] of this.#grown) this.#block[field] = text.toString();
  }

  #cite(citation: unknown): void {
    if (this.#citations === undefined) {
      const { citations } = this.#block;
      this.#block.citations = this.#citations = Array.isArray(citations) ? [...citations] : [];
    }
    this.#citations.push(citation);
  }
}

interface Takes {
  readonly type: string;
  readonly on: readonly string[];
  readonly field: string;
  readonly brings: string;
}

const TAKES: ReadonlyMap<string, Takes> = new Map(
  [
    { type: "text_delta", on: ["text"], field: "text", brings: "text" },
    { type: "thinking_delta", on: ["thinking"], field: "thinking", brings: "thinking" },
    { type: "input_json_delta", on: ["tool_use", "server_tool_use", "mcp_tool_use"], field: "input", brings: "partial_json" },
    { type: "citations_delta", on: ["text"], field: "citations", brings: "citation" },
    { type: "signature_delta", on: ["thinking"], field: "signature", brings: "signature" },
    { type: "compaction_delta", on: ["compaction"], field: "content", brings: "content" },
  ].map((takes) => [takes.type, takes]),
);

function isSound(delta: BlockDelta, takes: Takes): boolean {
  const brought = delta[takes.brings];
  if (delta.type === "citations_delta" || delta.type === "compaction_delta") return brought !== undefined;
  return typeof brought === "string";
}

function parsed(json: string): { readonly value: unknown } | undefined {
  try {
    return { value: frozenJson(JSON.parse(json)) };
  } catch {
    return undefined;
  }
}
