import type { ReplyFacts } from "../conversation/entry.ts";
import type { ContentBlock, MessageParam } from "../messages/content-block.ts";
import { text, toolCalls, type ToolCall, unansweredServerTools } from "../messages/text.ts";
import { isThinking, sendableContent, withoutDeclined } from "../request/sendable.ts";
import type { Outcome } from "./outcome.ts";

/** What the caller's model and settings allow after a reply. */
export interface Capabilities {
  /** Whether the model takes up an unfinished assistant message. */
  readonly prefill: boolean;
  /** The most output tokens the model gives in one reply; `undefined` where unknown. */
  readonly maxTokensCap?: number;
  /** `max_tokens` of the request that made the reply. */
  readonly maxTokens: number;
  /** Whether the request asked for structured output: half of it cannot be continued. */
  readonly structured: boolean;
}

/**
 * What may legally come next after a reply, a closed union. Each variant carries its legal next requests and, as
 * `outcome`, how the turn ends for a caller that makes none.
 */
export type Plan =
  /** Nothing has to follow. */
  | { readonly next: "finish"; readonly outcome: Outcome }
  /** Answer every call with a `tool_result`, all in one user message. With `onlyResults` it may hold nothing else. */
  | { readonly next: "answer-tools"; readonly calls: readonly ToolCall[]; readonly onlyResults: boolean; readonly outcome: Outcome }
  /** Send the history as it is, with nothing added. */
  | { readonly next: "resume"; readonly outcome: Outcome }
  /** Send the partial and one of these behind it. `prefill`: send it with nothing behind. */
  | { readonly next: "continue"; readonly ask: MessageParam; readonly prefill: boolean; readonly outcome: Outcome }
  /**
   * Nothing of the cut part can be sent: ask again with more tokens, without the reply; in a loop of the caller's own, on a fork that ends
   * before it. `maxTokens` is `undefined` where the cap is reached.
   */
  | { readonly next: "ask-again"; readonly maxTokens: number | undefined; readonly outcome: Outcome }
  /** Leave the reply out of later requests. */
  | { readonly next: "leave-out"; readonly outcome: Outcome }
  /** Make room before anything else is sent. */
  | { readonly next: "make-room"; readonly outcome: Outcome }
  /** Nobody knows: the caller decides. */
  | { readonly next: "decide"; readonly outcome: Outcome };

/** What the API asks for after `max_tokens` in text, on models without prefill. Source: handling-stop-reasons documentation. */
export const CONTINUE_MESSAGE: MessageParam = Object.freeze({ role: "user", content: "Please continue from where you left off." });

/** A reply as the API gives it: a whole SDK `Message` will do. */
export interface ReplyLike {
  readonly content: readonly { readonly type: string }[];
  readonly stop_reason: string | null;
  readonly stop_sequence?: string | null;
  readonly stop_details?: unknown;
}

/** The plan for a reply of the caller's own loop. Without capabilities: no prefill, no known cap. Pure. */
export function plan(reply: ReplyLike, can: Partial<Capabilities> = {}): Plan {
  const facts = {
    stopReason: reply.stop_reason,
    stopSequence: reply.stop_sequence ?? null,
    stopDetails: reply.stop_details,
    whole: reply.stop_reason !== null,
  };
  return planReply(reply.content, facts, { prefill: false, structured: false, maxTokens: 0, ...can });
}

/** The plan for a stored reply. Pure. Every stop reason of SDK 1.12.0 (GA and beta) has a case; any other becomes `decide`. */
export function planReply(
  content: readonly ContentBlock[],
  facts: Pick<ReplyFacts, "stopReason" | "stopSequence" | "stopDetails" | "whole">,
  can: Capabilities,
): Plan {
  if (!facts.whole) {
    return {
      next: "decide",
      outcome: { type: "interrupted", reason: "ended-early", message: "The reply is a part: its stream ended before a stop reason came." },
    };
  }
  switch (facts.stopReason) {
    case "end_turn":
      return {
        next: "finish",
        outcome: { type: "completed", empty: content.length === 0 || (text(content).trim() === "" && content.every(isTextBlock)) },
      };
    case "stop_sequence":
      return { next: "finish", outcome: { type: "stopped", sequence: facts.stopSequence ?? null } };
    case "tool_use":
      return afterToolUse(content);
    case "pause_turn":
      return { next: "resume", outcome: { type: "limit", limit: "resumes", value: 0 } };
    case "compaction":
      return { next: "resume", outcome: { type: "limit", limit: "resumes", value: 0 } };
    case "max_tokens":
      return afterMaxTokens(content, facts, can);
    case "refusal":
      return { next: "leave-out", outcome: { type: "refused", ...refusalDetails(facts.stopDetails), leftOut: [] } };
    case "model_context_window_exceeded":
      return { next: "make-room", outcome: contextFull("The reply filled the model's context window.") };
    default:
      return { next: "decide", outcome: { type: "unknown", stopReason: String(facts.stopReason) } };
  }
}

/**
 * The plan for the stored part of a reply whose stream died: go on behind its text, or ask again where there is none to send, or where
 * half an answer in a form of its own is no use.
 */
export function planPart(
  entry: { readonly content: readonly ContentBlock[]; readonly reply?: ReplyFacts },
  can: Pick<Capabilities, "structured" | "maxTokens"> = { structured: false, maxTokens: 0 },
): Plan {
  const outcome: Outcome = {
    type: "interrupted",
    reason: "ended-early",
    message: "The reply is a part: its stream ended before a stop reason came.",
  };
  const sent = sendableContent(entry.content, entry.reply);
  if (sent.length > 0 && can.structured) return { next: "ask-again", maxTokens: can.maxTokens, outcome };
  return sent.length > 0
    ? { next: "continue", ask: CONTINUE_MESSAGE, prefill: false, outcome }
    : { next: "resume", outcome: { type: "limit", limit: "resumes", value: 0 } };
}

export function contextFull(message: string): Outcome {
  return {
    type: "context-full",
    message,
    remedy:
      "Make room with `window`, `clear` or `summarise`; or go on from an earlier entry, start a new conversation, or use a model with a larger window.",
  };
}

function afterToolUse(content: readonly ContentBlock[]): Plan {
  const calls = toolCalls(withoutDeclined(content));
  const outcome: Outcome = { type: "waiting", toolUseIds: calls.map((call) => call.id) };
  // The API says `tool_use` only where there is a call; a server that says so without one has nothing to wait for.
  if (calls.length === 0) return { next: "decide", outcome: { type: "unknown", stopReason: "tool_use" } };
  return { next: "answer-tools", calls, onlyResults: unansweredServerTools(content).length > 0, outcome };
}

function afterMaxTokens(
  content: readonly ContentBlock[],
  facts: { readonly whole: boolean; readonly stopReason: string | null },
  can: Capabilities,
): Plan {
  const inside = kindOf(content.at(-1));
  const outcome: Outcome = { type: "truncated", inside };
  const kept = sendableContent(content, { ...facts, model: "" });
  if (inside === "text" && kept.length > 0 && !can.structured) {
    // A model that takes a prefill takes none that ends in white space, and none behind thinking.
    const prefill = can.prefill && !/\s$/.test(text(content)) && !kept.some(isThinking);
    return { next: "continue", ask: CONTINUE_MESSAGE, prefill, outcome };
  }
  const larger = Math.min(can.maxTokens * 4, can.maxTokensCap ?? Number.POSITIVE_INFINITY);
  return { next: "ask-again", maxTokens: larger > can.maxTokens ? larger : undefined, outcome };
}

function kindOf(block: ContentBlock | undefined): "text" | "thinking" | "tool-call" | "other" {
  if (block === undefined) return "thinking";
  if (block.type === "text") return "text";
  if (block.type === "thinking" || block.type === "redacted_thinking") return "thinking";
  return block.type.endsWith("tool_use") ? "tool-call" : "other";
}

function refusalDetails(details: unknown): { category: string | null; explanation: string | null } {
  const { category, explanation } = (details ?? {}) as { category?: unknown; explanation?: unknown };
  return { category: typeof category === "string" ? category : null, explanation: typeof explanation === "string" ? explanation : null };
}

function isTextBlock(block: ContentBlock): boolean {
  return block.type === "text";
}
