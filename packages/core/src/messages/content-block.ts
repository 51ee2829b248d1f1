import type Anthropic from "@anthropic-ai/sdk";

/** Who speaks. `system` inside `messages` is taken by some models only; elsewhere it is the top-level `system`. */
export type Role = "user" | "assistant" | "system";

/**
 * A content block in wire form, as the API sent it or as it will be sent: `type` and whatever fields belong to it.
 * Open on purpose: a type that did not exist when this was written travels like any other.
 */
export interface ContentBlock {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** What callers may pass as a block: the SDK's own types, or any other object with a `type`. */
export type ContentBlockParam = Anthropic.Beta.BetaContentBlockParam | ContentBlock;

/** What callers may pass as content. A string is shorthand for one text block. */
export type ContentParam = string | readonly ContentBlockParam[];

/** A message in wire form, content always a list. */
export interface Message {
  readonly role: Role;
  readonly content: readonly ContentBlock[];
}

/** What callers may pass as a message. */
export interface MessageParam {
  readonly role: Role;
  readonly content: ContentParam;
}

type KnownBlock = Anthropic.Beta.BetaContentBlock | Anthropic.Beta.BetaContentBlockParam;

/** Narrows an open block to the SDK's type of that name. It trusts the name: fields are not checked. */
export function isBlock<T extends KnownBlock["type"]>(
  block: ContentBlock,
  type: T,
): block is ContentBlock & Extract<Anthropic.Beta.BetaContentBlockParam, { type: T }> {
  return block.type === type;
}

/** The list form of content: a string becomes one text block, an empty string none. */
export function toBlocks(content: ContentParam): readonly ContentBlock[] {
  if (typeof content !== "string") return content as readonly ContentBlock[];
  return content === "" ? [] : [{ type: "text", text: content }];
}
