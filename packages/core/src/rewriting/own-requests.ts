import type { Entry, MessageEntry, ReplyFacts } from "../conversation/entry.ts";
import { keepsCache, type Settings } from "../conversation/settings.ts";
import type { ContentBlock } from "../messages/content-block.ts";
import { settingsInForce } from "../request/boundaries.ts";
import { project, type ProjectOptions } from "../request/project.ts";
import type { RequestMessage } from "../request/request-body.ts";

/** One block of a request, with who says it. */
export interface Part {
  readonly role: string;
  readonly block: ContentBlock;
}

/** What the next request of a path says, block by block, without cache marks of ours. */
export function partsOf(path: readonly Entry[], options: ProjectOptions): readonly Part[] {
  return flatParts(project(path, { ...options, caching: "off" }).body.messages);
}

export function flatParts(messages: readonly RequestMessage[]): readonly Part[] {
  return messages.flatMap(({ role, content }) => content.map((block) => ({ role, block })));
}

/** How many parts two requests have in common from their beginning. */
export function commonLength(one: readonly Part[], other: readonly Part[]): number {
  const differs = one.findIndex((part, at) => other[at] === undefined || !isSame(part, other[at]));
  return differs === -1 ? one.length : differs;
}

function isSame(one: Part, other: Part): boolean {
  return one.role === other.role && (one.block === other.block || JSON.stringify(one.block) === JSON.stringify(other.block));
}

/** A reply whose own request is the beginning of another: what the API reported of the one holds for that much of the other. */
export interface OwnRequest {
  readonly entry: MessageEntry & { readonly reply: ReplyFacts };
  /** How many parts its request had. */
  readonly length: number;
}

export interface OwnRequestOptions extends ProjectOptions {
  /** The request that is asked about, and the settings that it is made with. */
  readonly parts: readonly Part[];
  /** The request that it is the beginning of, where it is only that. */
  readonly whole?: readonly Part[];
  readonly settings: Settings;
}

/** How many replies are looked at, from the last backwards: nearly always the first of them is one. */
const REPLIES_MAX = 4;

/**
 * The replies of a path whose requests begin the given one, from the last backwards. Replies from before a change of what is
 * sent tell of another prefix, and are passed over.
 */
export function* ownRequests(
  path: readonly Entry[],
  { parts, whole = parts, settings, ...options }: OwnRequestOptions,
): Generator<OwnRequest> {
  const places = new Map(whole.map(({ block }, at) => [block, at]));
  let looked = 0;
  for (let at = path.length - 1; at >= 0 && looked < REPLIES_MAX; at -= 1) {
    const entry = path[at]!;
    if (!isReply(entry)) continue;
    // What is not sent says nothing of where its request ended, unless nothing came of it at all.
    const first = entry.content.find((block) => places.has(block));
    if (entry.content.length > 0 && first === undefined) continue;
    // Its request ended in front of it, so it was longer than what is asked about.
    if (first !== undefined && places.get(first)! > parts.length) continue;
    looked += 1;
    const then = path.slice(0, at);
    if (!keepsCache(settingsInForce(then)!, settings)) continue;
    const request = partsOf(then, options);
    if (request.length <= parts.length && commonLength(request, parts) === request.length) yield { entry, length: request.length };
  }
}

function isReply(entry: Entry): entry is OwnRequest["entry"] {
  return entry.kind === "message" && entry.reply !== undefined;
}
