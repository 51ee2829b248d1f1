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
  /** The marks that the caller set in the messages. */
  readonly theirs: readonly TheirMark[];
  /** How many blocks at the end the last request did not send. */
  readonly blocksSinceReply: number;
}

/**
 * Marks the last block, so that this request is written to the cache, and the block where the last request ended, so that
 * what it wrote is read back however many blocks have come since (the API looks back 20 blocks from a mark).
 * Marks that the caller set in content, system or tools stay and count towards the four.
 */
export function markForCache(messages: readonly RequestMessage[], options: MarkOptions): Marked {
  const { caching, elsewhere, blocksSinceReply } = options;
  if (caching === "off") return { messages, marks: [] };
  const theirs = [...marksIn(elsewhere).map(({ ttl }) => ({ ttl, spot: FRONT })), ...options.theirs];
  const spots = [lastMarkable(messages, 0), lastMarkable(messages, blocksSinceReply)];
  const chosen = new Map<string, Spot>();
  const marked = [...messages];
  for (const spot of spots) {
    if (spot === undefined || chosen.has(pathOf(spot)) || theirs.length + chosen.size >= MARKS_MAX) continue;
    const message = marked[spot.message]!;
    const block = message.content[spot.block]!;
    const mark = hasMark(block) ? undefined : markAt(spot, theirs, caching);
    if (mark === undefined) continue;
    chosen.set(pathOf(spot), spot);
    marked[spot.message] = { ...message, content: message.content.with(spot.block, { ...block, cache_control: mark }) };
  }
  return { messages: marked, marks: [...chosen.keys()].toReversed() };
}

/**
 * Our mark on this block: as long as was asked for, where the caller's marks allow it. None where theirs are out of order by themselves.
 * Source: "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block" (public code).
 */
function markAt(spot: Spot, theirs: readonly TheirMark[], caching: "5m" | "1h"): object | undefined {
  const mustBeShort = theirs.some((mark) => mark.ttl !== "1h" && compare(mark.spot, spot) <= 0);
  const mustBeLong = theirs.some((mark) => mark.ttl === "1h" && compare(mark.spot, spot) >= 0);
  if (mustBeLong && mustBeShort) return undefined;
  return { type: "ephemeral", ...((mustBeLong || (caching === "1h" && !mustBeShort)) && { ttl: "1h" }) };
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

/** A mark that the caller set in a message. */
export interface TheirMark {
  readonly ttl?: unknown;
  readonly spot: Spot;
}

/** In front of every message, where tools and system stand. */
const FRONT: Spot = { message: -1, block: -1 };

/** The marks in messages of which the first has this index in its request. */
export function marksByBlock(messages: readonly RequestMessage[], first: number): readonly TheirMark[] {
  return messages.flatMap(({ content }, at) =>
    content.flatMap((part, block) => marksIn(part).map(({ ttl }) => ({ ttl, spot: { message: first + at, block } }))),
  );
}

function compare(one: Spot, other: Spot): number {
  return one.message - other.message || one.block - other.block;
}

function pathOf(spot: Spot): string {
  return `messages.${spot.message}.content.${spot.block}`;
}

/** The last block that can carry a mark, whether it has one or not, among all but this many at the end. */
function lastMarkable(messages: readonly RequestMessage[], butLast: number): Spot | undefined {
  let behind = 0;
  for (let message = messages.length - 1; message >= 0; message -= 1) {
    const { content } = messages[message]!;
    const block = content.slice(0, Math.max(0, content.length + behind - butLast)).findLastIndex(isMarkable);
    if (block !== -1) return { message, block };
    behind += content.length;
  }
  return undefined;
}

function isMarkable(block: ContentBlock): boolean {
  if (block.type === "text" && (typeof block.text !== "string" || block.text.trim() === "")) return false;
  return blockRow(block.type)?.cacheable === true;
}

function hasMark(block: ContentBlock): boolean {
  return block.cache_control !== undefined && block.cache_control !== null;
}
