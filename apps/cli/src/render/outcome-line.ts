import type { Outcome } from "@antiphon/core";
import { COMMAND } from "../command-name.ts";
import { failureLine, notTheApiLine } from "./failure-line.ts";
import { goOn, kept, type OutcomeFacts, sentence } from "./outcome-facts.ts";

/** One line on how a turn ended and what to do next; `undefined` where the model said all it wanted to say. */
export function outcomeLine(outcome: Outcome, facts: OutcomeFacts): string | undefined {
  switch (outcome.type) {
    case "completed":
      return outcome.empty ? "The reply is empty: the model ended its turn without a word. Ask in other words." : undefined;
    case "stopped":
      return `The reply ended at the stop sequence ${JSON.stringify(outcome.sequence)}.`;
    case "truncated":
      return truncatedLine(outcome, facts);
    case "malformed":
      return `The reply is whole, but not in the form that the conversation asks for: ${sentence(outcome.message)} It is kept. Ask in other words.`;
    case "refused":
      return `The model refused${outcome.category === null ? "" : ` (${outcome.category})`}${outcome.explanation === null ? "." : `: ${sentence(outcome.explanation)}`} The refused exchange is kept but not sent again. Ask in other words.`;
    case "context-full":
      return contextFullLine(outcome, facts);
    case "waiting":
      return waitingLine(outcome, facts);
    case "limit":
      return `The turn was stopped after ${outcome.value} ${outcome.limit === "rounds" ? "rounds of tool calls" : "pauses in a row"}. What came is kept. Go on${goOn(facts)}`;
    case "unknown":
      return `The API ended the reply for a reason that this version does not know (${JSON.stringify(outcome.stopReason)}), so it may not be whole. What came is kept. Go on${goOn(facts)}`;
    case "interrupted":
      return interruptedLine(outcome, facts);
    case "aborted":
      return `Stopped. ${kept(facts)}`;
    case "failed":
      return failureLine(outcome.failure, facts);
    default:
      return outcome satisfies never;
  }
}

function waitingLine({ toolUseIds, toApprove = [] }: Extract<Outcome, { type: "waiting" }>, facts: OutcomeFacts): string {
  const elsewhere = toolUseIds.filter((id) => !toApprove.includes(id));
  const parts = [
    ...(elsewhere.length > 0 ? [`tools that this program cannot run (${elsewhere.join(", ")})`] : []),
    ...(toApprove.length > 0 ? [`tools that wait for an approval that this program cannot give (${toApprove.join(", ")})`] : []),
  ];
  return `The reply calls ${parts.join(" and ")}. They are answered as not run when you go on${goOn(facts)}`;
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

/** A reply that filled the window is kept; a message that the API refused for its length is kept too, and left out from then on. */
function contextFullLine({ message, leftOut }: Extract<Outcome, { type: "context-full" }>, facts: OutcomeFacts): string {
  const anew = facts.inChat ? "/new" : `${COMMAND} "What does enumerate do?"`;
  return leftOut === undefined
    ? `The conversation fills the model's context window. What came is kept. Start a new one: ${anew}`
    : `Your message was too long for the model and is not sent again; it is kept (${oneReason(message)}). Send a shorter one, or start a new conversation: ${anew}`;
}

function interruptedLine({ reason, message }: Extract<Outcome, { type: "interrupted" }>, facts: OutcomeFacts): string {
  const anything = facts.partStored;
  switch (reason) {
    case "ended-early":
      return anything ? `The reply broke off before its end. ${kept(facts)}` : notTheApiLine(": its answer is empty", facts);
    case "bad-stream":
      return anything
        ? `The reply broke off: what came next is not in the form of the Messages API. ${kept(facts)}`
        : notTheApiLine(": its answer is no reply", facts);
    case "silence":
      return `The reply broke off: nothing came for too long. ${kept(facts)}`;
    case "server-error":
      return `The reply broke off: the API failed: ${sentence(apiWords(message))} ${kept(facts)}`;
    case "connection":
      return `The reply broke off: the connection was lost: ${sentence(message)} ${kept(facts)}`;
    case "cut-off":
      return `The turn was cut off before its end. ${kept(facts)}`;
    default:
      return reason satisfies never;
  }
}

/** The API's own sentence in an error event, which comes as JSON. */
function apiWords(message: string): string {
  return /"message":"((?:[^"\\]|\\.)*)"/.exec(message)?.[1] ?? message;
}

function oneReason(message: string): string {
  return message.trim().replace(/[.;]+$/, "");
}
