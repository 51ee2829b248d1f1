import { type Bill, NO_BILL } from "../conversation/bill.ts";
import type { Boundary, BoundaryBody, Entry, EntryBody } from "../conversation/entry.ts";
import { keepsCache } from "../conversation/settings.ts";
import type { ContentBlock } from "../messages/content-block.ts";
import { settingsInForce } from "../request/boundaries.ts";
import { project, type ProjectOptions } from "../request/project.ts";
import type { SupersededReply } from "../request/unpaired-server-tools.ts";
import { isThinking } from "../request/sendable.ts";
import { commonLength, flatParts, ownRequests, type Part, partsOf } from "./own-requests.ts";

/** What these entries behind a path would cost: the difference between the requests without them and with them. Pure. */
export function changeBill(path: readonly Entry[], bodies: readonly EntryBody[], options: ProjectOptions): Bill {
  const behind = withEntries(path, bodies);
  const before = partsOf(path, options);
  const after = partsOf(behind, options);
  const cached = cachedTokens(path, { next: path, parts: before }, options);
  const keeps = cached > 0 && keepsCache(settingsInForce(path)!, settingsInForce(behind)!);
  const readable = keeps
    ? cachedTokens(path, { next: behind, parts: before.slice(0, commonLength(before, after)), whole: before }, options)
    : 0;
  return {
    thinkingBlocks: gone(before, after, isThinking),
    cachedTokens: Math.max(0, cached - readable),
    toolPairs: gone(before, after, (block) => typeof block.tool_use_id === "string"),
  };
}

/**
 * The boundaries by which replies are sent otherwise from here on, with what that costs: each its own thinking, and the first of them
 * what of the cache is lost by them all. Measured from where the last reply stands, since what was said behind it may be why. Pure.
 */
export function billedTogether(
  path: readonly Entry[],
  superseded: readonly SupersededReply[],
  { memory: _memory, ...options }: ProjectOptions,
): readonly BoundaryBody[] {
  const unpaid = superseded.map(({ entryId, content }) => unbilled({ type: "superseded", entryId, content }));
  if (unpaid.length === 0) return [];
  const replied = path.findLastIndex((entry) => entry.kind === "message" && entry.reply !== undefined) + 1;
  const all = changeBill(path.slice(0, replied), [...path.slice(replied), ...unpaid], options);
  return unpaid.map((body, at) => {
    return { ...body, bill: { ...NO_BILL, thinkingBlocks: superseded[at]!.thinkingBlocks, cachedTokens: at === 0 ? all.cachedTokens : 0 } };
  });
}

/** Boundaries of one step, each with what it costs behind those in front of it. Pure. */
export function billedOneByOne(
  path: readonly Entry[],
  boundaries: readonly Boundary[],
  { memory: _memory, ...options }: ProjectOptions,
): readonly BoundaryBody[] {
  const bodies: BoundaryBody[] = [];
  for (const body of boundaries.map(unbilled)) bodies.push({ ...body, bill: changeBill(withEntries(path, bodies), [body], options) });
  return bodies;
}

/** The path with entries at its end, as a writer would place them. */
export function withEntries(path: readonly Entry[], bodies: readonly EntryBody[]): readonly Entry[] {
  const { branchId = "", seq = 0 } = path.at(-1) ?? {};
  return [...path, ...bodies.map((body, at): Entry => ({ id: "", createdAt: 0, branchId, seq: seq + 1 + at, ...body }))];
}

/** A boundary before it is known what it costs. */
export function unbilled(boundary: Boundary): BoundaryBody {
  return { kind: "boundary", boundary, bill: NO_BILL };
}

/** How many blocks of a kind were sent before and are not after. What comes back does not make up for what goes. */
function gone(before: readonly Part[], after: readonly Part[], isOfKind: (block: ContentBlock) => boolean): number {
  const left = new Map<string, number>();
  const written = (parts: readonly Part[]) => parts.filter(({ block }) => isOfKind(block)).map(({ block }) => JSON.stringify(block));
  for (const json of written(after)) left.set(json, (left.get(json) ?? 0) + 1);
  let count = 0;
  for (const json of written(before)) {
    const copies = left.get(json) ?? 0;
    if (copies > 0) left.set(json, copies - 1);
    else count += 1;
  }
  return count;
}

interface NextRequest {
  /** The path whose next request is to read the cache. */
  readonly next: readonly Entry[];
  /** What that request says the same as the present one. */
  readonly parts: readonly Part[];
  /** The present one. */
  readonly whole?: readonly Part[];
}

/** What of the cache a next request can read: as the last reply reported it whose own request begins that one, within reach of a mark. */
function cachedTokens(path: readonly Entry[], { next, parts, whole = parts }: NextRequest, options: ProjectOptions): number {
  const settings = settingsInForce(path)!;
  const [own] = ownRequests(path, { ...options, parts, whole, settings });
  if (own === undefined) return 0;
  const last = own.length - 1;
  if (!markPositions(next, options).some((mark) => mark >= last && mark - last < LOOK_BACK)) return 0;
  const { cache_read_input_tokens: read, cache_creation_input_tokens: written } = own.entry.reply.usage ?? {};
  return [read, written].reduce<number>((sum, count) => sum + (typeof count === "number" ? count : 0), 0);
}

/** From a mark the API looks back over so many blocks, the mark's own first. Source: prompt caching documentation. */
const LOOK_BACK = 20;

/** Where the next request, with a question at its end, can carry a cache mark: ours, and those of the caller. */
function markPositions(path: readonly Entry[], options: ProjectOptions): readonly number[] {
  const question: EntryBody = { kind: "message", role: "user", origin: "human", content: [{ type: "text", text: "?" }] };
  const { body } = project(withEntries(path, [question]), options);
  const parts = flatParts(body.messages);
  const marked = parts.flatMap(({ block }, at) => (isMarked(block) ? [at] : []));
  return isMarked(body) ? [...marked, parts.length - 1] : marked;
}

function isMarked(value: { readonly [field: string]: unknown }): boolean {
  return value.cache_control !== undefined && value.cache_control !== null;
}
