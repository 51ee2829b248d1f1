import { blockRow } from "./block-table.ts";
import type { ContentBlock } from "./content-block.ts";
import type { ReplyChange } from "./reply-change.ts";

/** The part of a block that one delta brings, in wire form. */
export interface BlockDelta {
  readonly type: string;
  readonly [field: string]: unknown;
}

/**
 * One content block while it arrives. A delta of a known type changes the block as the API documents, strings by appending
 * in place, so that the cost of a block is linear in its length however small the deltas are; any other delta is kept raw.
 */
export class BlockFold {
  readonly index: number;
  readonly #block: Record<string, unknown> & { readonly type: string };
  #json: string | undefined;
  #raw: BlockDelta[] | undefined;
  // A list of this fold's own making: the one that the block began with belongs to the event.
  #citations: unknown[] | undefined;
  #open = true;

  constructor(index: number, start: ContentBlock) {
    this.index = index;
    this.#block = { ...start };
  }

  get open(): boolean {
    return this.#open;
  }

  /** The JSON text of a tool input that is not, or not yet, a whole value; the block's `input` is then still what it began with. */
  get partialInput(): string | undefined {
    return this.#json === "" ? undefined : this.#json;
  }

  /** Deltas that changed nothing in the block, in order. */
  get rawDeltas(): readonly BlockDelta[] | undefined {
    return this.#raw;
  }

  add(delta: BlockDelta): ReplyChange {
    const block = this.#block;
    const index = this.index;
    switch (isFor(block, delta) ? delta.type : undefined) {
      case "text_delta":
        block.text = joined(block.text, delta.text);
        return { type: "text-delta", index, text: delta.text as string };
      case "thinking_delta":
        block.thinking = joined(block.thinking, delta.thinking);
        return { type: "thinking-delta", index, thinking: delta.thinking as string };
      case "input_json_delta":
        this.#json = joined(this.#json, delta.partial_json);
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

  /** Ends the block. A tool input is parsed here, once; one that came without any text is `{}`. */
  close(): void {
    this.#open = false;
    if (this.#json === undefined) return;
    const input = this.#json === "" ? { value: {} } : parsed(this.#json);
    if (input === undefined) return;
    this.#block.input = input.value;
    this.#json = undefined;
  }

  /** The block as far as it came: once it ended always the same object, before that a copy. */
  value(): ContentBlock {
    if (!this.#open) return this.#block;
    const { citations } = this.#block;
    return Array.isArray(citations) ? { ...this.#block, citations: [...citations] } : { ...this.#block };
  }

  #cite(citation: unknown): void {
    if (this.#citations === undefined) {
      const { citations } = this.#block;
      this.#block.citations = this.#citations = Array.isArray(citations) ? [...citations] : [];
    }
    this.#citations.push(citation);
  }
}

type Takes = { readonly types: readonly string[]; readonly field: string; readonly brings: string };

const TAKES: Readonly<Record<string, Takes>> = {
  text_delta: { types: ["text"], field: "text", brings: "text" },
  thinking_delta: { types: ["thinking"], field: "thinking", brings: "thinking" },
  input_json_delta: { types: ["tool_use", "server_tool_use", "mcp_tool_use"], field: "input", brings: "partial_json" },
  citations_delta: { types: ["text"], field: "citations", brings: "citation" },
  signature_delta: { types: ["thinking"], field: "signature", brings: "signature" },
  compaction_delta: { types: ["compaction"], field: "content", brings: "content" },
};

/**
 * Whether a delta changes this block. On a block of an unknown type a delta of a known type does what it does elsewhere,
 * provided the block has that field: the nearest to what the API would have sent without streaming.
 */
function isFor(block: { readonly type: string; readonly [field: string]: unknown }, delta: BlockDelta): boolean {
  const takes = Object.hasOwn(TAKES, delta.type) ? TAKES[delta.type] : undefined;
  if (takes === undefined || !isSound(delta, takes)) return false;
  if (takes.types.includes(block.type)) return true;
  return blockRow(block.type) === undefined && Object.hasOwn(block, takes.field);
}

function isSound(delta: BlockDelta, takes: Takes): boolean {
  const brought = delta[takes.brings];
  if (delta.type === "citations_delta" || delta.type === "compaction_delta") return brought !== undefined;
  return typeof brought === "string";
}

function joined(before: unknown, more: unknown): string {
  return (typeof before === "string" ? before : "") + (more as string);
}

function parsed(json: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(json) };
  } catch {
    return undefined;
  }
}
