import { COMMAND } from "../command-name.ts";

/** What the line of an outcome needs to know beside the outcome. */
export interface OutcomeFacts {
  /** Short id of the conversation. */
  readonly conversation: string;
  readonly model: string;
  readonly maxTokens: number;
  readonly continuations: number;
  readonly baseUrl: string;
  /** Whether the input is stored. */
  readonly accepted: boolean;
  /** Whether a part of a reply was stored in this turn. */
  readonly partStored: boolean;
  /** In the chat the next message is simply typed. */
  readonly inChat: boolean;
}

/** What is kept, and how to go on. */
export function kept(facts: Pick<OutcomeFacts, "conversation" | "partStored" | "inChat">): string {
  const what = facts.partStored ? "What had come is kept" : "Your message is kept";
  return `${what} in conversation ${facts.conversation}; go on${goOn(facts)}`;
}

/** How to go on, behind "go on". */
export function goOn(facts: Pick<OutcomeFacts, "conversation" | "inChat">): string {
  return facts.inChat ? "." : `: ${COMMAND} -r ${facts.conversation} "go on"`;
}

/** What somebody else said, with a full stop where it has none. */
export function sentence(words: string): string {
  return /[.!?]$/.test(words.trim()) ? words.trim() : `${words.trim()}.`;
}
