import type { Bill, BoundaryEntry, Entry, MessageEntry } from "@antiphon/core";
import type { Block } from "@antiphon/testing/messages-server";
import { plainRequest } from "../plain-request.ts";
import { type Exchange, requestsOf, type SentBody, type Trace } from "../trace.ts";
import { isThinking, withoutDeclined } from "./declined.ts";
import { type Judge, unmarked } from "./judge.ts";
import { boundariesInForce } from "./named-by-boundaries.ts";
import { sequenceOf } from "./prefix-stable.ts";

/**
 * Each boundary has its true bill: the thinking and the tool pairs of what would be sent in front of it that are not in what is sent
 * behind it, and of what the last request had cached no less than what cannot be read back, and no more than there was.
 */
export const trueBills: Judge = async (trace) => {
  const found: string[] = [];
  for (const { entry, before } of trace.boundaries) found.push(...(await untrue(entry, before, trace)));
  return found;
};

async function untrue(entry: BoundaryEntry, path: readonly Entry[], trace: Trace): Promise<readonly string[]> {
  const [before, after] = [await bodyOf(path, trace), await bodyOf([...path, entry], trace)];
  const { bill, boundary } = entry;
  const thinking = [...blocksOf(before), ...givenUp(entry, path, before)].filter(isThinking);
  const due = { thinkingBlocks: gone(thinking, blocksOf(after)), toolPairs: gone(resultsOf(before), resultsOf(after)) };
  const wrong = (["thinkingBlocks", "toolPairs"] as const)
    .filter((field) => bill[field] !== due[field])
    .map((field) => `${field} of ${JSON.stringify(boundary)}: ${bill[field]}, not ${due[field]}`);
  return [...wrong, ...untrueTokens(bill, after, path, trace).map((what) => `cachedTokens of ${JSON.stringify(boundary)}: ${what}`)];
}

async function bodyOf(path: readonly Entry[], trace: Trace): Promise<SentBody> {
  return (await plainRequest(path, trace)).body as unknown as SentBody;
}

/** Blocks that are not there any more, each counted as often as it was. */
function gone(before: readonly Block[], after: readonly Block[]): number {
  const left = after.map(unmarked);
  return before.filter((block) => {
    const at = left.indexOf(unmarked(block));
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  }).length;
}

/** What was to be sent of a reply until a repair gave some of it up: a request in front of its boundary would lack it already. */
function givenUp({ boundary }: BoundaryEntry, path: readonly Entry[], before: SentBody): readonly Block[] {
  if (boundary.type !== "superseded") return [];
  const sent = new Set(blocksOf(before).map(unmarked));
  const entry = path.find(({ id }) => id === boundary.entryId) as MessageEntry;
  const earlier = boundariesInForce(path).findLast((other) => other.boundary.type === "superseded" && other.boundary.entryId === entry.id);
  const content = earlier?.boundary.type === "superseded" ? earlier.boundary.content : entry.content;
  const kept = new Set((boundary.content as readonly Block[]).map(unmarked));
  return withoutDeclined(content as readonly Block[]).filter((block) => !kept.has(unmarked(block)) && !sent.has(unmarked(block)));
}

/** What each pair is for; one that is sent as a placeholder is another. */
function resultsOf(body: SentBody): readonly Block[] {
  return blocksOf(body).filter(({ tool_use_id }) => tool_use_id !== undefined);
}

/** Of the tokens that the last request on the path had read from the cache or written to it. */
function untrueTokens(bill: Bill, after: SentBody, path: readonly Entry[], trace: Trace): readonly string[] {
  const last = requestsOf(trace).findLast((request) => path[request.path.length - 1]?.id === request.path.at(-1)!.id);
  const cached = Math.max(0, ...path.map(cachedBy));
  if (bill.cachedTokens > cached) return [`${bill.cachedTokens}, and only ${cached} were cached`];
  if (last === undefined || usageOf(last, path) === undefined) return [];
  const [sent, next] = [sequenceOf(last.body), sequenceOf(after)];
  const isExtended = sent.every((part, at) => part === next[at]) && cacheKeyOf(last.body) === cacheKeyOf(after);
  if (isExtended && bill.cachedTokens > 0) return [`${bill.cachedTokens}, and all can be read back`];
  return [];
}

/** What a cached prefix hangs on beside what is said, in our own reading: everything but bounds and delivery. */
function cacheKeyOf(body: SentBody): string {
  const { messages: _, stream: __, max_tokens: ___, betas: ____, ...rest } = body as SentBody & { max_tokens?: unknown; betas?: unknown };
  return JSON.stringify(rest);
}

function usageOf(request: Exchange, path: readonly Entry[]): number | undefined {
  const reply = path.find((entry) => entry.kind === "message" && entry.reply?.requestId === request.requestId);
  return reply && cachedBy(reply);
}

function cachedBy(entry: Entry): number {
  const usage = entry.kind === "message" ? entry.reply?.usage : undefined;
  return Number(usage?.cache_read_input_tokens ?? 0) + Number(usage?.cache_creation_input_tokens ?? 0);
}

function blocksOf({ messages }: SentBody): readonly Block[] {
  return messages.flatMap(({ content }) => content);
}
