import type { Entry } from "../conversation/entry.ts";
import type { ContentBlock } from "../messages/content-block.ts";
import { text, toolCalls } from "../messages/text.ts";
import type { SentMessage } from "./sent-message.ts";

export interface Repaired {
  readonly messages: SentMessage[];
  /** Results that had to be made up, in the order of their calls. Append them before sending, and they are no longer made up. */
  readonly added: readonly ContentBlock[];
}

/**
 * Puts every tool result where the API demands it, directly behind its call, and answers calls that nobody answered.
 * Of several results for one call the first on the path counts; others, and results without a call, are told as text.
 * Pure, and idempotent: of its own output there is nothing to repair.
 * Source: "Each `tool_use` block must have a corresponding `tool_result` block in the next message" (recorded).
 */
export function repair(messages: readonly SentMessage[], path: readonly Entry[]): Repaired {
  const runs = splitRuns(messages);
  const answers = firstAnswers(runs);
  const answering = new Set(answers.values());
  const started = new Set(path.flatMap((entry) => (entry.kind === "tool-start" ? [entry.toolUseId] : [])));
  const added: ContentBlock[] = [];
  const repaired: SentMessage[] = [];
  let open: string[] = [];
  for (const [at, run] of runs.entries()) {
    if (run.role === "assistant") {
      repaired.push(...run.messages);
      open = callIds(run.messages);
    }
    const following = run.role === "assistant" ? [] : run.messages;
    if (run.role === "assistant" && at < runs.length - 1) continue;
    const inPlace = new Set(following.flatMap((message) => message.content));
    for (const id of open) {
      const answer = answers.get(id);
      if (answer !== undefined && inPlace.has(answer)) continue;
      if (answer === undefined) added.push(interruptedResult(id, started.has(id)));
      repaired.push(asMessage(answer ?? added.at(-1)!));
    }
    const here = new Set(open.flatMap((id) => answers.get(id) ?? []));
    repaired.push(...following.flatMap((message) => withResults(message, here, answering)));
    open = [];
  }
  return { messages: repaired, added };
}

interface Run {
  readonly role: SentMessage["role"];
  readonly messages: SentMessage[];
}

/** Consecutive messages of one role; the API sees each run as one message. `system` messages belong to the user's run. */
function splitRuns(messages: readonly SentMessage[]): Run[] {
  const runs: Run[] = [];
  for (const message of messages) {
    const role = message.role === "assistant" ? "assistant" : "user";
    if (runs.at(-1)?.role === role) runs.at(-1)!.messages.push(message);
    else runs.push({ role, messages: [message] });
  }
  return runs;
}

function callIds(messages: readonly SentMessage[]): string[] {
  return messages.flatMap((message) => toolCalls(message.content).map((call) => call.id));
}

/** For each call the first result that follows it. */
function firstAnswers(runs: readonly Run[]): Map<string, ContentBlock> {
  const called = new Set<string>();
  const answers = new Map<string, ContentBlock>();
  for (const run of runs) {
    if (run.role === "assistant") for (const id of callIds(run.messages)) called.add(id);
    else
      for (const block of run.messages.flatMap((message) => message.content)) {
        const id = resultId(block);
        if (id !== undefined && called.has(id) && !answers.has(id)) answers.set(id, block);
      }
  }
  return answers;
}

function resultId(block: ContentBlock): string | undefined {
  return block.type === "tool_result" ? String(block.tool_use_id) : undefined;
}

/** The message with the results that answer here; one that answers elsewhere is gone from here, any other is told as text. */
function withResults(message: SentMessage, here: ReadonlySet<ContentBlock>, answering: ReadonlySet<ContentBlock>): SentMessage[] {
  const stays = (block: ContentBlock): boolean => resultId(block) === undefined || here.has(block);
  if (message.content.every(stays)) return [message];
  const content = message.content.flatMap((block) => (stays(block) ? [block] : answering.has(block) ? [] : [lateResult(block)]));
  return content.length > 0 ? [{ ...message, content }] : [];
}

function lateResult(block: ContentBlock): ContentBlock {
  const said = typeof block.content === "string" ? block.content : text(Array.isArray(block.content) ? block.content : []);
  return { type: "text", text: `[A late result of the tool call ${resultId(block)}: ${said || "(no text)"}]` };
}

function interruptedResult(toolUseId: string, started: boolean): ContentBlock {
  const what = started
    ? "The tool call was interrupted. It had started, so it may have taken effect. Check before you repeat it."
    : "The tool call was not run: the conversation was interrupted before it started.";
  return { type: "tool_result", tool_use_id: toolUseId, is_error: true, content: what };
}

function asMessage(block: ContentBlock): SentMessage {
  return { role: "user", content: [block], origin: "synthetic" };
}
