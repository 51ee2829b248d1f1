import type { Entry } from "../conversation/entry.ts";
import { AntiphonError } from "../errors.ts";
import type { ContentBlock } from "../messages/content-block.ts";
import { toolCalls, toolResultIds, unansweredServerTools } from "../messages/text.ts";
import { applyBoundaries } from "../request/boundaries.ts";
import type { SentMessage } from "../request/sent-message.ts";

/**
 * Refuses to rewrite what was said while the last reply waits for something: what it asked for would come back to a conversation
 * that it was not asked in. Errors: `turn_open`.
 * Source: preserved-thinking documentation names compacting in the middle of a tool round among the patterns that do not work; a
 * compaction request behind an unanswered call is a 400.
 */
export function requireSettled(path: readonly Entry[]): void {
  const sent = applyBoundaries(path);
  const end = sent.findLastIndex((message) => !standsBetweenCalls(message)) + 1;
  const start = sent.slice(0, end).findLastIndex(({ role }) => role !== "assistant") + 1;
  const reply = sent.slice(start, end);
  const content = reply.flatMap((message) => message.content);
  const answered = new Set(sent.slice(end).flatMap((message) => toolResultIds(message.content)));
  const calls = toolCalls(content).filter(({ id }) => !answered.has(id));
  if (calls.length > 0) throw open(reply, `waits for the results of ${calls.length} tool calls (${names(calls)})`, calls);
  const pending = unansweredServerTools(content);
  if (pending.length > 0) throw open(reply, `waits for ${pending.length} tools of the server (${names(pending)})`, pending);
  // A pause that results stand behind was taken up already.
  if (end === sent.length && reply.at(-1)?.reply?.stopReason === "pause_turn") throw open(reply, "is paused", []);
}

/** Results and instructions may stand behind calls of which some are not answered yet. */
function standsBetweenCalls({ role, content }: SentMessage): boolean {
  return role === "system" || (role === "user" && content.every((block) => block.type === "tool_result"));
}

function names(calls: readonly ContentBlock[]): string {
  return calls.map(({ name, id }) => `${String(name)} ${String(id)}`).join(", ");
}

function open(reply: readonly SentMessage[], what: string, calls: readonly ContentBlock[]): AntiphonError {
  return new AntiphonError(
    "turn_open",
    `Nothing was changed: the last reply ${what}. Answer it with \`append\`, take it up with \`resume\`, or send something else first.`,
    { details: { entryId: reply.at(-1)?.entryId, toolUseIds: calls.map(({ id }) => id) } },
  );
}
