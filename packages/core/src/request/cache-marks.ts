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

/**
 * Marks the last block, so that this request is written to the cache, and the block where the last request ended, so that
 * what it wrote is read back however many blocks have come since (the API looks back 20 blocks from a mark).
 * Marks that the caller set in content, system or tools stay and count towards the four.
 */
export function markForCache(messages: readonly RequestMessage[], caching: Caching, marksElsewhere: number): Marked {
  const free = MARKS_MAX - marksElsewhere - countMarks(messages);
  if (caching === "off" || free <= 0) return { messages, marks: [] };
  const lastAssistant = messages.findLastIndex((message) => message.role === "assistant");
  const spots = [lastMarkable(messages, messages.length - 1), lastMarkable(messages, lastAssistant - 1)];
  const chosen = new Map<string, Spot>();
  for (const spot of spots) if (spot !== undefined && chosen.size < free) chosen.set(pathOf(spot), spot);
  const marked = [...messages];
  for (const spot of chosen.values()) {
    const message = marked[spot.message]!;
    const mark = { type: "ephemeral", ...(caching === "1h" && { ttl: "1h" }) };
    marked[spot.message] = { ...message, content: message.content.with(spot.block, { ...message.content[spot.block]!, cache_control: mark }) };
  }
  return { messages: marked, marks: [...chosen.keys()] };
}

/** Marks in any part of a request, nested ones included. */
export function countMarks(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + countMarks(item), 0);
  if (typeof value !== "object" || value === null) return 0;
  const record = value as Record<string, unknown>;
  return (record.cache_control ? 1 : 0) + ("content" in record ? countMarks(record.content) : 0);
}

interface Spot {
  readonly message: number;
  readonly block: number;
}

function pathOf(spot: Spot): string {
  return `messages.${spot.message}.content.${spot.block}`;
}

/** The last block at or before a message that can carry a mark and has none. */
function lastMarkable(messages: readonly RequestMessage[], from: number): Spot | undefined {
  for (let message = from; message >= 0; message -= 1) {
    const block = messages[message]!.content.findLastIndex(isMarkable);
    if (block !== -1) return { message, block };
  }
  return undefined;
}

function isMarkable(block: ContentBlock): boolean {
  if (block.cache_control !== undefined) return false;
  if (block.type === "text" && (typeof block.text !== "string" || block.text.trim() === "")) return false;
  return blockRow(block.type)?.cacheable === true;
}
