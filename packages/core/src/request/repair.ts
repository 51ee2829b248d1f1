import { callRecord } from "../conversation/call-record.ts";
import type { Entry } from "../conversation/entry.ts";
import type { ContentBlock } from "../messages/content-block.ts";
import { type ToolCall, toolCalls } from "../messages/text.ts";
import { deniedResult, toolResultBlock } from "../messages/tool-result.ts";
import { isThinking } from "./sendable.ts";
import type { SentMessage } from "./sent-message.ts";
import { callIds, callsOf, matchAnswers, resultId, type Run, splitRuns } from "./tool-answers.ts";

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
      callsOf(run).flatMap((call) => (answers.get(run)!.has(call.id) ? [] : [[call.id, unansweredResult(run, call, path)]])),
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

/** The honest answer to a call without one: whether it may have begun is known from what is stored behind the reply that made it. */
function unansweredResult(run: Run, call: ToolCall, path: readonly Entry[]): ContentBlock {
  const ids = new Set(run.messages.map((message) => message.entryId));
  const from = path.findIndex((entry) => ids.has(entry.id));
  const { started, approval } = callRecord(path.slice(from + 1), call.id);
  if (started) return toolResultBlock(call, { isError: true, content: INTERRUPTED });
  if (approval?.verdict === "deny") return toolResultBlock(call, deniedResult(approval.reason));
  return toolResultBlock(call, { isError: true, content: approval?.verdict === "ask" ? NOT_APPROVED : NO_RESULT });
}

const INTERRUPTED = "The tool call was interrupted. It had started, so it may have taken effect. Check before you repeat it.";
const NO_RESULT =
  "The tool call has no result here. It may have been run elsewhere, so it may have taken effect. Check before you repeat it.";
const NOT_APPROVED = "The tool call waited for approval and was not run here: the conversation went on before anybody gave it.";

function asMessage(block: ContentBlock): SentMessage {
  return { role: "user", content: [block], origin: "synthetic" };
}
