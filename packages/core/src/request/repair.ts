import type { Entry } from "../conversation/entry.ts";
import type { ContentBlock } from "../messages/content-block.ts";
import { toolCalls } from "../messages/text.ts";
import { isThinking } from "./sendable.ts";
import type { SentMessage } from "./sent-message.ts";
import { callIds, matchAnswers, resultId, type Run, splitRuns } from "./tool-answers.ts";

export interface Repaired {
  readonly messages: readonly SentMessage[];
  /**
   * Results that had to be made up. Append them before sending, and they are no longer made up. Those of later replies come
   * first: so each finds its own call where a server gives one id to several.
   */
  readonly added: readonly ContentBlock[];
}

/**
 * Puts every tool result where the API demands it, directly behind its call, and answers calls that nobody answered.
 * Expects that late results are told as text already. Pure, and idempotent: with what it made up stored at the end of the
 * path, the messages are the same and there is nothing to repair.
 * Source: "Each `tool_use` block must have a corresponding `tool_result` block in the next message" (recorded).
 */
export function repair(messages: readonly SentMessage[], path: readonly Entry[]): Repaired {
  const runs = splitRuns(messages);
  const answers = matchAnswers(runs);
  let added: readonly ContentBlock[] = [];
  const repaired: SentMessage[] = [];
  for (const [at, run] of runs.entries()) {
    if (run.side === "user") {
      // What answers an earlier call was put there; a run that stands first answers nothing.
      if (at === 0) repaired.push(...withResults(run, new Set()));
      continue;
    }
    const { calling, rest } = splitBehindCalls(run);
    const next = runs[at + 1];
    const stays = rest.length === 0 && next ? resultsIn(next, answers.get(run)!) : new Set<ContentBlock>();
    const madeUp = new Map(
      callIds(run).flatMap((id) => (answers.get(run)!.has(id) ? [] : [[id, interruptedResult(id, hasStarted(run, id, path))]])),
    );
    added = [...madeUp.values(), ...added];
    const answered = callIds(run).map((id) => answers.get(run)!.get(id) ?? madeUp.get(id)!);
    const owed = answered.filter((answer) => !stays.has(answer)).map(asMessage);
    const following = next ? withResults(next, stays) : [];
    // Behind what stands there already: that is where they stand once they are stored.
    repaired.push(...calling, ...(rest.length > 0 ? [...owed, ...rest, ...following] : [...following, ...owed]));
  }
  return { messages: repaired, added };
}

/**
 * The API takes no assistant message that ends in text behind a call (recorded), as a cut-off reply or an appended message
 * can: what follows the last call then stands behind the results.
 */
function splitBehindCalls(run: Run): { calling: readonly SentMessage[]; rest: readonly SentMessage[] } {
  const last = run.messages.findLastIndex((message) => toolCalls(message.content).length > 0);
  const message = run.messages[last];
  // Thinking may yet be left out, and says nothing about where a message ends.
  const lastSaid = run.messages.flatMap(({ content }) => content).findLast((block) => !isThinking(block));
  if (message === undefined || lastSaid?.type !== "text") return { calling: run.messages, rest: [] };
  const end = message.content.lastIndexOf(toolCalls(message.content).at(-1)!) + 1;
  const behind = message.content.slice(end);
  return {
    calling: [...run.messages.slice(0, last), { ...message, content: message.content.slice(0, end) }],
    rest: [...(behind.length > 0 ? [{ ...message, content: behind }] : []), ...run.messages.slice(last + 1)],
  };
}

function resultsIn(run: Run, answers: ReadonlyMap<string, ContentBlock>): ReadonlySet<ContentBlock> {
  const here = new Set(run.messages.flatMap((message) => message.content));
  return new Set([...answers.values()].filter((answer) => here.has(answer)));
}

/** The run's messages with the results that stay; every other result stands elsewhere. */
function withResults(run: Run, stay: ReadonlySet<ContentBlock>): SentMessage[] {
  return run.messages.flatMap((message) => {
    const content = message.content.filter((block) => resultId(block) === undefined || stay.has(block));
    if (content.length === message.content.length) return [message];
    return content.length > 0 ? [{ ...message, content }] : [];
  });
}

/** Whether the call may have begun: its start is stored behind the reply that made it. */
function hasStarted(run: Run, toolUseId: string, path: readonly Entry[]): boolean {
  const ids = new Set(run.messages.map((message) => message.entryId));
  const from = path.findIndex((entry) => ids.has(entry.id));
  return path.slice(from + 1).some((entry) => entry.kind === "tool-start" && entry.toolUseId === toolUseId);
}

function interruptedResult(toolUseId: string, started: boolean): ContentBlock {
  const what = started
    ? "The tool call was interrupted. It had started, so it may have taken effect. Check before you repeat it."
    : "The tool call has no result here. It may have been run elsewhere, so it may have taken effect. Check before you repeat it.";
  return { type: "tool_result", tool_use_id: toolUseId, is_error: true, content: what };
}

function asMessage(block: ContentBlock): SentMessage {
  return { role: "user", content: [block], origin: "synthetic" };
}
