import { blockRow } from "../messages/block-table.ts";
import type { ContentBlock } from "../messages/content-block.ts";
import type { RequestMessage } from "./request-body.ts";

/** How long cached prefixes live: five minutes, an hour, or no marks at all. */
export type Caching = "5m" | "1h" | "off";

/** The API's limit of blocks with `cache_control` in one request. */
const MARKS_MAX = 4;

export interface Marked {
  readonly messages: readonly RequestMessage[];
  /** Paths of the blocks that carry a mark of ours, e.g. `messages.4.content.0`. */
  readonly marks: readonly string[];
}

export interface MarkOptions {
  readonly caching: Caching;
  /** The other parts of the request that can carry marks: system and tools. */
  readonly elsewhere: readonly unknown[];
  /** How many blocks of these messages the last request sent. */
  readonly sentBefore: number;
}

/**
 * Marks the last block, so that this request is written to the cache, and the block where the last request ended, so that
 * what it wrote is read back however many blocks have come since (the API looks back 20 blocks from a mark).
 * Marks that the caller set in content, system or tools stay and count towards the four.
 */
export function markForCache(messages: readonly RequestMessage[], { caching, elsewhere, sentBefore }: MarkOptions): Marked {
  const theirs = [...elsewhere, messages].flatMap(marksIn);
  if (caching === "off") return { messages, marks: [] };
  const spots = [lastMarkable(messages, Number.POSITIVE_INFINITY), lastMarkable(messages, sentBefore)];
  const chosen = new Map<string, Spot>();
  for (const spot of spots) {
    if (spot !== undefined && !hasMark(messages[spot.message]!.content[spot.block]!) && theirs.length + chosen.size < MARKS_MAX)
      chosen.set(pathOf(spot), spot);
  }
  // A mark of an hour may not stand behind one of five minutes.
  const mark = { type: "ephemeral", ...(caching === "1h" && theirs.every(({ ttl }) => ttl === "1h") && { ttl: "1h" }) };
  const marked = [...messages];
  for (const spot of chosen.values()) {
    const message = marked[spot.message]!;
    marked[spot.message] = {
      ...message,
      content: message.content.with(spot.block, { ...message.content[spot.block]!, cache_control: mark }),
    };
  }
  return { messages: marked, marks: [...chosen.keys()].toReversed() };
}

/** The marks in any part of a request, nested ones included. */
export function marksIn(value: unknown): readonly { readonly ttl?: unknown }[] {
  if (Array.isArray(value)) return value.flatMap(marksIn);
  if (typeof value !== "object" || value === null) return [];
  const { cache_control: mark, content } = value as { cache_control?: unknown; content?: unknown };
  return [...(typeof mark === "object" && mark !== null ? [mark] : []), ...marksIn(content)];
}

interface Spot {
  readonly message: number;
  readonly block: number;
}

function pathOf(spot: Spot): string {
  return `messages.${spot.message}.content.${spot.block}`;
}

/** The last among the first `count` blocks that can carry a mark, whether it has one or not. */
function lastMarkable(messages: readonly RequestMessage[], count: number): Spot | undefined {
  let last: Spot | undefined;
  let at = 0;
  for (const [message, { content }] of messages.entries()) {
    const block = content.slice(0, Math.max(0, count - at)).findLastIndex(isMarkable);
    if (block !== -1) last = { message, block };
    at += content.length;
  }
  return last;
}

function isMarkable(block: ContentBlock): boolean {
  if (block.type === "text" && (typeof block.text !== "string" || block.text.trim() === "")) return false;
  return blockRow(block.type)?.cacheable === true;
}

function hasMark(block: ContentBlock): boolean {
  return block.cache_control !== undefined && block.cache_control !== null;
}
