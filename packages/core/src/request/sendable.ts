import type { ReplyFacts } from "../conversation/entry.ts";
import type { ContentBlock } from "../messages/content-block.ts";
import { serverToolPairs, toolCalls } from "../messages/text.ts";

/** The stop reasons of a reply that the API itself cut off: its last block may be a part. */
const CUT_SHORT: ReadonlySet<string | null> = new Set(["max_tokens", "model_context_window_exceeded"]);

/** Whether what is stored of a reply ends in the middle of something: a dead stream, or a limit of the API. */
export function isCutShort(reply: ReplyFacts): boolean {
  return !reply.whole || CUT_SHORT.has(reply.stopReason);
}

/**
 * What may be sent of a message's content. A reply that came whole goes back as it came. One that was cut short ends at
 * its last text block or paired server tool: the API cannot take up thinking or a tool call in the middle. A refused one
 * is not sent. Empty text blocks are left out, since the API takes none, and so is what {@link withoutDeclined} names.
 * Source: "Tool use and thinking blocks cannot be partially recovered" (streaming documentation); refused output is to be
 * discarded (handling-stop-reasons documentation).
 */
export function sendableContent(content: readonly ContentBlock[], reply?: ReplyFacts): readonly ContentBlock[] {
  if (reply?.stopReason === "refusal") return [];
  const kept = withoutDeclined(reply !== undefined && isCutShort(reply) ? untilLastText(content) : content);
  return kept.some(isEmptyText) ? kept.filter((block) => !isEmptyText(block)) : kept;
}

/**
 * A reply that a fallback model went on with, as it is sent back: of what stands before the last `fallback` block, the thinking, the
 * calls of tools that run here, and server tool calls without a result are left out. No call of theirs is answered.
 * Source: "continuing the conversation", refusals and fallback documentation.
 */
export function withoutDeclined(content: readonly ContentBlock[]): readonly ContentBlock[] {
  const last = content.findLastIndex(({ type }) => type === "fallback");
  if (last === -1) return content;
  const calls = new Set<ContentBlock>([...toolCalls(content), ...serverToolPairs(content).unpairedUses]);
  return content.filter((block, at) => at >= last || !(isThinking(block) || block.type === "connector_text" || calls.has(block)));
}

/**
 * The part of a reply that stands by itself: up to its last text block or paired server tool, without calls that have no
 * result there. A call of a tool that runs here is such a call too: in a reply that is not whole it never runs.
 */
export function untilLastText(content: readonly ContentBlock[]): readonly ContentBlock[] {
  const { pairedResults, unpairedUses } = serverToolPairs(content);
  let end = content.length;
  while (end > 0 && !standsAlone(content[end - 1]!, pairedResults)) end -= 1;
  return withoutCalls(content.slice(0, end).map(withoutHalfCharacter), new Set([...unpairedUses, ...toolCalls(content)]));
}

/** A stream may die between the halves of a surrogate pair, and the API takes no request with half of one. */
function withoutHalfCharacter(block: ContentBlock): ContentBlock {
  if (block.type !== "text" || typeof block.text !== "string" || block.text.isWellFormed()) return block;
  return { ...block, text: block.text.replace(/[\ud800-\udbff]$/, "") };
}

/**
 * Content without some of its calls, and without what hangs on them: calls that they made in their turn, and what was
 * thought behind them, which is bound to a prefix that is no longer sent.
 * Source: "source tool ... not found for tool use block ..." (https://github.com/vercel/ai/issues/12504).
 */
export function withoutCalls(content: readonly ContentBlock[], calls: ReadonlySet<ContentBlock>): readonly ContentBlock[] {
  const gap = content.findIndex((block) => calls.has(block));
  if (gap === -1) return content;
  const gone = new Set([...calls].map((block) => block.id));
  return content.filter((block, at) => {
    if (at < gap) return true;
    const isGone = calls.has(block) || gone.has(callerOf(block));
    if (isGone) gone.add(block.id);
    return !isGone && !isThinking(block);
  });
}

/** The id of the call that made this one: code that runs on the server may call tools. */
function callerOf(block: ContentBlock): unknown {
  return (block.caller as { tool_id?: unknown } | null | undefined)?.tool_id;
}

function standsAlone(block: ContentBlock, pairedResults: ReadonlySet<ContentBlock>): boolean {
  if (block.type === "text") return typeof block.text === "string" && block.text.trim() !== "";
  return pairedResults.has(block);
}

export function isThinking(block: ContentBlock): boolean {
  return block.type === "thinking" || block.type === "redacted_thinking";
}

function isEmptyText(block: ContentBlock): boolean {
  return block.type === "text" && block.text === "";
}
