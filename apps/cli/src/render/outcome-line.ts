import type { Failure, Outcome } from "@antiphon/core";
import { COMMAND } from "../command-name.ts";
import { unknownModelLine } from "../client/near-models.ts";

/** What an outcome's line needs to know beside the outcome. */
export interface OutcomeFacts {
  /** Short id of the conversation. */
  readonly conversation: string;
  readonly model: string;
  readonly maxTokens: number;
  readonly continuations: number;
  readonly baseUrl: string;
  /** Whether a part of a reply was stored in this turn. */
  readonly partStored: boolean;
  /** In the chat the next message is simply typed. */
  readonly inChat: boolean;
}

/** One line on how a turn ended and what to do next; `undefined` where the model said all it wanted to say. */
export function outcomeLine(outcome: Outcome, facts: OutcomeFacts): string | undefined {
  switch (outcome.type) {
    case "completed":
      return outcome.empty ? "The reply is empty: the model ended its turn without a word. Ask in other words." : undefined;
    case "stopped":
      return `The reply ended at the stop sequence ${JSON.stringify(outcome.sequence)}.`;
    case "truncated":
      return truncatedLine(outcome, facts);
    case "refused":
      return `The model refused${outcome.category === null ? "" : ` (${outcome.category})`}${outcome.explanation === null ? "" : `: ${outcome.explanation}`}${stop(outcome.explanation)} The refused exchange is kept but not sent again. Ask in other words.`;
    case "context-full":
      return `${outcome.message}${stop(outcome.message)} ${outcome.remedy}`;
    case "waiting":
      return `The reply calls tools that this program cannot run (${outcome.toolUseIds.join(", ")}). They are answered as not run when you go on${goOn(facts)}`;
    case "limit":
      return `The turn was stopped after ${outcome.value} ${outcome.limit === "rounds" ? "rounds of tool calls" : "pauses in a row"}. What came is kept. Go on${goOn(facts)}`;
    case "unknown":
      return `The API ended the reply for a reason that this version does not know (${JSON.stringify(outcome.stopReason)}), so it may not be whole. What came is kept. Go on${goOn(facts)}`;
    case "interrupted":
      return `The reply broke off (${outcome.reason}): ${outcome.message}${stop(outcome.message)} ${kept(facts)}`;
    case "aborted":
      return `Stopped. ${kept(facts)}`;
    case "failed":
      return failedLine(outcome.failure, facts);
    default:
      return outcome satisfies never;
  }
}

function truncatedLine({ inside }: Extract<Outcome, { type: "truncated" }>, facts: OutcomeFacts): string {
  const times =
    facts.continuations === 0 ? "" : `, after ${facts.continuations} ${facts.continuations === 1 ? "continuation" : "continuations"}`;
  const where =
    inside === "text"
      ? ""
      : inside === "thinking"
        ? " while the model was still thinking"
        : ` inside a ${inside === "tool-call" ? "tool call" : "part that is not text"}`;
  return `The reply is cut off at ${facts.maxTokens} tokens${where}${times}. What came is kept. Give more with --max-tokens, or go on${goOn(facts)}`;
}

/** What the API or the store said, and what helps. */
function failedLine(failure: Failure, facts: OutcomeFacts): string {
  const said = `${failure.message}${stop(failure.message)}`;
  switch (failure.status ?? failure.code) {
    case "connection_failed":
      return `Nobody answers at ${facts.baseUrl}: ${said.replaceAll(".:", ":")} Check the network and ANTHROPIC_BASE_URL. ${kept(facts)}`;
    case 401:
      return `The API does not take the key: ${said} Check ANTHROPIC_API_KEY. ${kept(facts)}`;
    case 403:
      return `The key may not do this: ${said} Check the permissions of ANTHROPIC_API_KEY. ${kept(facts)}`;
    case 404:
      return failure.message.includes(facts.model)
        ? `${unknownModelLine(facts.model)} ${kept(facts)}`
        : `The API knows no such thing: ${said} Check ANTHROPIC_BASE_URL and --model. ${kept(facts)}`;
    case 413:
      return `The request is too large: ${said} Start a new conversation, or send less.`;
    case 429:
      return `Too many requests: ${said} Wait a little and try again. ${kept(facts)}`;
    default:
  }
  // An error of ours says what to do by itself, and whether anything was stored.
  if (failure.status === undefined) return said;
  if (failure.status >= 500) return `The API failed (${failure.status}): ${said} Try again later. ${kept(facts)}`;
  return `The API refused the request (${failure.status} ${failure.code}): ${said} ${kept(facts)}`;
}

function kept(facts: OutcomeFacts): string {
  const what = facts.partStored ? "What had come is kept" : "Your message is kept";
  return `${what} in conversation ${facts.conversation}; go on${goOn(facts)}`;
}

function goOn(facts: OutcomeFacts): string {
  return facts.inChat ? "." : `: ${COMMAND} -r ${facts.conversation} "go on"`;
}

/** A full stop where a sentence of somebody else has none. */
function stop(sentence: string | null): string {
  return sentence !== null && /[.!?]$/.test(sentence.trim()) ? "" : ".";
}
