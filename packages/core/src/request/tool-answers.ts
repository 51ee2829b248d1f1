import type { ContentBlock } from "../messages/content-block.ts";
import { text, type ToolCall, toolCalls } from "../messages/text.ts";
import type { SentMessage } from "./sent-message.ts";

/** Consecutive messages of one side; the API sees each run as one message. `system` messages belong to the user's side. */
export interface Run {
  readonly side: "assistant" | "user";
  readonly messages: SentMessage[];
}

export function splitRuns(messages: readonly SentMessage[]): Run[] {
  const runs: Run[] = [];
  for (const message of messages) {
    const side = message.role === "assistant" ? "assistant" : "user";
    if (runs.at(-1)?.side === side) runs.at(-1)!.messages.push(message);
    else runs.push({ side, messages: [message] });
  }
  return runs;
}

/** The ids that a run calls, each once. */
export function callIds(run: Run): readonly string[] {
  return callsOf(run).map((call) => call.id);
}

/** The calls of a run, of several with one id the first. */
export function callsOf(run: Run): readonly ToolCall[] {
  if (run.side === "user") return [];
  const byId = new Map<string, ToolCall>();
  for (const call of run.messages.flatMap((message) => toolCalls(message.content))) if (!byId.has(call.id)) byId.set(call.id, call);
  return [...byId.values()];
}

/**
 * For each run the results of its calls, by id: the first that follows and that no later call of the same id has asked for.
 * Ids are told apart by their run, since some servers count them anew in every reply.
 */
export function matchAnswers(runs: readonly Run[]): ReadonlyMap<Run, ReadonlyMap<string, ContentBlock>> {
  const answers = new Map<Run, Map<string, ContentBlock>>();
  const unanswered = new Map<string, Run[]>();
  for (const run of runs) {
    for (const id of callIds(run)) unanswered.set(id, [...(unanswered.get(id) ?? []), run]);
    answers.set(run, new Map());
    if (run.side === "assistant") continue;
    for (const block of run.messages.flatMap((message) => message.content)) {
      const id = resultId(block);
      const asking = id === undefined ? undefined : unanswered.get(id)?.pop();
      if (asking !== undefined) answers.get(asking)!.set(id!, block);
    }
  }
  return answers;
}

/**
 * Tells as text what no call is waiting for: a second result of one call, and one without a call.
 * Source: "Each `tool_result` block must have a corresponding `tool_use` block in the previous message" (recorded).
 */
export function tellLateResults(messages: readonly SentMessage[]): readonly SentMessage[] {
  const answering = new Set([...matchAnswers(splitRuns(messages)).values()].flatMap((byId) => [...byId.values()]));
  return messages.map((message) => {
    if (message.role === "assistant" || message.content.every((block) => resultId(block) === undefined || answering.has(block)))
      return message;
    return {
      ...message,
      content: message.content.map((block) => (resultId(block) === undefined || answering.has(block) ? block : lateResult(block))),
    };
  });
}

export function resultId(block: ContentBlock): string | undefined {
  return block.type === "tool_result" ? String(block.tool_use_id) : undefined;
}

function lateResult(block: ContentBlock): ContentBlock {
  const said = typeof block.content === "string" ? block.content : text(Array.isArray(block.content) ? block.content : []);
  return { type: "text", text: `[A late result of the tool call ${resultId(block)}: ${said || "(no text)"}]` };
}
