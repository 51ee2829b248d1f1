import { type Conversation, type ConversationStore, type Entry, text, type Turn, type TurnEvent, type TurnResult } from "@antiphon/core";
import { outcomeLine } from "./render/outcome-line.ts";
import type { TurnView } from "./render/turn-view.ts";
import { CONTINUATIONS } from "./turn-flags.ts";

export interface TurnRun {
  readonly conversation: Conversation;
  readonly store: ConversationStore;
  readonly prompt: string;
  readonly view: TurnView;
  readonly signal: AbortSignal;
  /** Short id, for what is said about the conversation. */
  readonly short: string;
  readonly baseUrl: string;
  readonly inChat: boolean;
}

export interface RunResult extends TurnResult {
  /** Whether the input is stored. */
  readonly accepted: boolean;
}

/** Sends a prompt and shows what comes, to its end. Does not throw: what goes wrong is the outcome. */
export async function runTurn(run: TurnRun): Promise<RunResult> {
  const turn = await startTurn(run);
  const seen = { accepted: false, partStored: false, continuations: 0, maxTokens: run.conversation.settings.max_tokens };
  for await (const event of turn) {
    note(seen, event);
    const behind = run.view.show(event);
    if (behind) await behind;
  }
  const result = await turn.result;
  const { conversation, short, baseUrl, inChat } = run;
  const line = outcomeLine(result.outcome, { ...seen, conversation: short, model: conversation.settings.model, baseUrl, inChat });
  run.view.end(result, line);
  return { ...result, accepted: seen.accepted };
}

/** The same words again behind a failure ask for the answer that never came, instead of being stored twice. */
async function startTurn({ conversation, store, prompt, signal }: TurnRun): Promise<Turn> {
  const options = { signal, limits: { continuations: CONTINUATIONS } };
  const draft = await store.readDraft({ conversationId: conversation.id, branchId: conversation.branchId });
  return draft === undefined && isUnanswered(conversation.entries, prompt)
    ? conversation.resume(options)
    : conversation.send(prompt, options);
}

/** Whether the last message of a path is this one, said by a person and still sent. */
export function isUnanswered(entries: readonly Entry[], prompt: string): boolean {
  const last = entries.findLast((entry) => entry.kind === "message");
  if (last?.kind !== "message" || last.origin !== "human" || text(last.content) !== prompt) return false;
  return !entries.some(
    (entry) => entry.kind === "boundary" && entry.boundary.type === "left-out" && entry.boundary.entryIds.includes(last.id),
  );
}

function note(seen: { accepted: boolean; partStored: boolean; continuations: number; maxTokens: number }, event: TurnEvent): void {
  if (event.type === "input-stored") seen.accepted = true;
  if (event.type === "reply-stored") seen.partStored = true;
  if (event.type === "continuation-start") seen.continuations = event.number;
  if (event.type === "reply-discarded") seen.maxTokens = event.maxTokens;
}
