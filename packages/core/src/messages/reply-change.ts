import type { ContentBlock } from "./content-block.ts";

/**
 * What one event of a stream added to a reply. `index` is the block's place in the content; text and JSON are the new part
 * alone. Whoever shows or stores a reply while it arrives needs no second look at the raw event.
 */
export type ReplyChange =
  /** Nothing: a ping, or an event of a name that this version does not know. */
  | { readonly type: "nothing" }
  /** The model, usage, stop reason or state changed: `message_start`, `message_delta`, `message_stop`. */
  | { readonly type: "facts" }
  /** A block began; `block` is as it came. */
  | { readonly type: "block-start"; readonly index: number; readonly block: ContentBlock }
  | { readonly type: "text-delta"; readonly index: number; readonly text: string }
  | { readonly type: "thinking-delta"; readonly index: number; readonly thinking: string }
  /** The next piece of a tool input's JSON text; it parses only when all pieces are joined. */
  | { readonly type: "tool-input-delta"; readonly index: number; readonly json: string }
  | { readonly type: "citation-delta"; readonly index: number; readonly citation: unknown }
  /** Anything else that a block got: a signature, a compaction, or a delta of an unknown type, which is kept raw. */
  | { readonly type: "block-delta"; readonly index: number }
  /** A block ended; `block` is final and the same object that `reply()` gives. */
  | { readonly type: "block-stop"; readonly index: number; readonly block: ContentBlock };

/** A change that makes one string of a block grow by a piece. */
export type GrowingDelta = Extract<ReplyChange, { type: `${"text" | "thinking" | "tool-input"}-delta` }>;

export function isGrowingDelta(change: { readonly type: string }): change is GrowingDelta {
  const { type } = change;
  return type === "text-delta" || type === "thinking-delta" || type === "tool-input-delta";
}

/** The piece that a string grows by. */
export function pieceOf(delta: GrowingDelta): string {
  switch (delta.type) {
    case "text-delta":
      return delta.text;
    case "thinking-delta":
      return delta.thinking;
    case "tool-input-delta":
      return delta.json;
    default:
      return delta satisfies never;
  }
}
