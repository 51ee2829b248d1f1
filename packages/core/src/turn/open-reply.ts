import { callRecord, isBetweenCalls } from "../conversation/call-record.ts";
import type { Entry, MessageEntry } from "../conversation/entry.ts";
import { AntiphonError } from "../errors.ts";
import { type ToolCall, toolCalls, toolResultIds } from "../messages/text.ts";
import { boundariesInForce } from "../request/boundaries.ts";
import { project } from "../request/project.ts";
import { capabilities } from "../stop/capabilities.ts";
import type { Outcome } from "../stop/outcome.ts";
import { type Plan, plan as planOf, planPart, planReply } from "../stop/plan.ts";
import type { BranchWriter } from "../store/branch-writer.ts";
import { findTool, runsElsewhere } from "../tools/answer-tools.ts";
import type { TurnContext } from "./turn-context.ts";

/** A reply at the end of a path, with what it asks for. */
export interface OpenReply {
  readonly entry: MessageEntry;
  readonly plan: Plan;
}

/** The reply at the end of the path, if nothing has been said since, or some of its calls are still to be answered. */
export function openReply(turn: TurnContext): OpenReply | undefined {
  // An instruction behind a reply waits for the next thing that is said.
  const messages = turn.writer.path.filter((entry): entry is MessageEntry => entry.kind === "message" && entry.role !== "system");
  const leftOut = leftOutIds(turn.writer.path);
  const sent = messages.filter(({ id }) => !leftOut.has(id));
  const entry = sent.findLast((message) => !isBetweenCalls(message));
  if (entry?.role !== "assistant" || entry.reply === undefined) return undefined;
  const can = capabilities(project(turn.writer.path, turn).body, turn.models);
  const plan = entry.reply.whole ? planReply(entry.content, entry.reply, can) : planPart(entry, can);
  const behind = sent.slice(sent.indexOf(entry) + 1);
  const stands =
    behind.every((message) => isLate(message, entry)) || (plan.next === "answer-tools" && openCalls(turn, plan.calls, entry).length > 0);
  if (!stands) return undefined;
  const isRefused = messages.slice(messages.indexOf(entry) + 1).some(({ id }) => leftOut.has(id));
  if (isRefused && ["finish", "make-room", "decide"].includes(plan.next)) {
    throw new AntiphonError(
      "invalid_input",
      "There is nothing to go on from: what was said last is not sent any more, since the API refused it. Say something else, or take it back up with `regenerate` or `edit`.",
    );
  }
  return { entry, plan };
}

/** The refusal that the path ends in: there is nothing to go on from but what was refused. */
export function lastRefusal(path: readonly Entry[]): Outcome | undefined {
  const last = path.findLast((entry): entry is MessageEntry => entry.kind === "message" && entry.role !== "system");
  if (last?.reply?.stopReason !== "refusal") return undefined;
  const leftOut = boundariesInForce(path).flatMap(({ boundary }) =>
    boundary.type === "left-out" && boundary.entryIds.includes(last.id) ? boundary.entryIds : [],
  );
  const { outcome } = planOf({ content: [], stop_reason: "refusal", stop_details: last.reply.stopDetails });
  return outcome.type === "refused" && leftOut.length > 0 ? { ...outcome, leftOut } : undefined;
}

/** The calls that may still be run. One that has its result never is, nor one that may have started, unless its tool is safe to repeat: repair answers that as interrupted. */
export function openCalls(turn: TurnContext, calls: readonly ToolCall[], reply: MessageEntry): readonly ToolCall[] {
  const behind = turn.writer.path.slice(turn.writer.path.indexOf(reply) + 1);
  const inherited = isInherited(turn.writer, reply);
  return calls.filter((call) => {
    const { answered, started } = callRecord(behind, call.id);
    if (answered) return false;
    if (inherited) return runsElsewhere(turn, call);
    return !started || findTool(turn, call)?.safeToRepeat === true;
  });
}

/** A reply that was inherited by forking or copying may have had its calls run where it came from. */
export function isInherited({ key }: BranchWriter, reply: MessageEntry): boolean {
  return reply.branchId !== key.branchId || reply.reply?.copied === true;
}

/** Whether a message holds nothing but results that no call of the reply waits for: nobody has spoken, and the next who does is told of them. */
function isLate({ role, content }: MessageEntry, reply: MessageEntry): boolean {
  const ids = toolResultIds(content);
  const calls = toolCalls(reply.content);
  return role === "user" && ids.length === content.length && ids.every((id) => !calls.some((call) => call.id === id));
}

function leftOutIds(path: readonly Entry[]): ReadonlySet<string> {
  return new Set(boundariesInForce(path).flatMap(({ boundary }) => (boundary.type === "left-out" ? boundary.entryIds : [])));
}
