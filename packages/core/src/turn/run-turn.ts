import type { Entry, MessageEntry } from "../conversation/entry.ts";
import { AntiphonError } from "../errors.ts";
import { text, type ToolCall, toolResultIds } from "../messages/text.ts";
import { project } from "../request/project.ts";
import { capabilities } from "../stop/capabilities.ts";
import type { Outcome } from "../stop/outcome.ts";
import { type Plan, plan as planOf, planPart, planReply } from "../stop/plan.ts";
import { answerTools, runsElsewhere } from "./answer-tools.ts";
import { askAgain, continueReply } from "./continue-reply.ts";
import { leaveOut } from "./leave-out.ts";
import { requestReply } from "./request-reply.ts";
import type { TurnContext } from "./turn-context.ts";

/** The turn: request, reply, plan, and what the plan says, until an outcome. Each step is stored before the next begins. */
export async function runTurn(turn: TurnContext): Promise<Outcome> {
  for (;;) {
    const requested = await requestReply(turn);
    if ("outcome" in requested) return requested.outcome;
    const { entry, projection } = requested;
    const plan = planReply(entry.content, entry.reply!, capabilities(projection.body, turn.models));
    turn.tally.maxTokens = undefined;
    const outcome = await follow(turn, plan, entry);
    if (outcome !== undefined) return outcome;
  }
}

/** Takes a path up where it stands: what its last reply asks for is done first, if it asks for anything. */
export async function resumeTurn(turn: TurnContext): Promise<Outcome> {
  const refused = lastRefusal(turn.writer.path);
  if (refused !== undefined) return refused;
  const open = openReply(turn);
  if (open === undefined) return runTurn(turn);
  const { entry, plan } = open;
  turn.tally.text = text(entry.content);
  // To resume is to ask for what the turn before had no leave for: one more continuation, and a new count of rounds.
  const allowed = { ...turn, limits: { ...turn.limits, continuations: Math.max(1, turn.limits.continuations) } };
  return (await follow(allowed, plan, entry)) ?? runTurn(turn);
}

/** The refusal that the path ends in: there is nothing to go on from but what was refused. */
function lastRefusal(path: readonly Entry[]): Outcome | undefined {
  const last = path.findLast((entry): entry is MessageEntry => entry.kind === "message" && entry.role !== "system");
  if (last?.reply?.stopReason !== "refusal") return undefined;
  const leftOut = path.flatMap((entry) =>
    entry.kind === "boundary" && entry.boundary.type === "left-out" && entry.boundary.entryIds.includes(last.id)
      ? entry.boundary.entryIds
      : [],
  );
  const { outcome } = planOf({ content: [], stop_reason: "refusal", stop_details: last.reply.stopDetails });
  return outcome.type === "refused" && leftOut.length > 0 ? { ...outcome, leftOut } : undefined;
}

/** The reply at the end of the path with what it asks for, if nothing has been said since, and some of its calls are still to be answered. */
function openReply(turn: TurnContext): { entry: MessageEntry; plan: Plan } | undefined {
  // An instruction behind a reply waits for the next thing that is said.
  const messages = turn.writer.path.filter((entry): entry is MessageEntry => entry.kind === "message" && entry.role !== "system");
  const sent = messages.filter((entry) => !isLeftOut(turn, entry));
  const entry = sent.findLast((message) => !isBetweenCalls(message));
  if (entry?.role !== "assistant" || entry.reply === undefined) return undefined;
  const can = capabilities(project(turn.writer.path, turn).body, turn.models);
  const plan = entry.reply.whole ? planReply(entry.content, entry.reply, can) : planPart(entry);
  const stands = entry === sent.at(-1) || (plan.next === "answer-tools" && openCalls(turn, plan.calls, entry).length > 0);
  if (!stands) return undefined;
  if (entry !== messages.at(-1) && ["finish", "make-room", "decide"].includes(plan.next)) {
    throw new AntiphonError(
      "invalid_input",
      "There is nothing to go on from: what was said last is not sent any more, since the API refused it. Say something else, or take it back up with `regenerate` or `edit`.",
    );
  }
  return { entry, plan };
}

/** Results may stand behind calls of which some are not answered yet. */
function isBetweenCalls({ role, content }: MessageEntry): boolean {
  return role === "user" && content.every((block) => block.type === "tool_result");
}

function isLeftOut(turn: TurnContext, entry: MessageEntry): boolean {
  return turn.writer.path.some(
    (other) => other.kind === "boundary" && other.boundary.type === "left-out" && other.boundary.entryIds.includes(entry.id),
  );
}

/** Does what the plan says. `undefined` where the turn goes on with another request. */
async function follow(turn: TurnContext, plan: Plan, entry: MessageEntry): Promise<Outcome | undefined> {
  if (plan.next !== "resume") turn.tally.resumes = 0;
  switch (plan.next) {
    case "finish":
    case "make-room":
    case "decide":
      return plan.outcome;
    case "answer-tools":
      return answerTools(turn, openCalls(turn, plan.calls, entry), entry);
    case "resume":
      if (turn.tally.resumes >= turn.limits.resumes) return { type: "limit", limit: "resumes", value: turn.limits.resumes };
      turn.tally.resumes += 1;
      return undefined;
    case "continue":
      return continueReply(turn, plan);
    case "ask-again":
      return askAgain(turn, plan, entry);
    case "leave-out":
      return leaveOut(turn.writer, plan.outcome, entry);
    default:
      return plan satisfies never;
  }
}

/** The calls that may still be run: one that has its result, or may have started, is never run again. Repair answers the latter as interrupted. */
function openCalls(turn: TurnContext, calls: readonly ToolCall[], reply: MessageEntry): readonly ToolCall[] {
  const { path, key } = turn.writer;
  // Behind the reply only: some servers count their ids anew in each.
  const behind = path.slice(path.indexOf(reply) + 1);
  const done = new Set(behind.flatMap(idsAnswered));
  // A reply that was inherited by forking or copying may have had its calls run where it came from.
  const inherited = reply.branchId !== key.branchId || reply.reply?.copied === true;
  return calls.filter((call) => !done.has(call.id) && !(inherited && !runsElsewhere(turn, call)));
}

function idsAnswered(entry: Entry): readonly string[] {
  if (entry.kind === "tool-start") return [entry.toolUseId];
  return entry.kind === "message" ? toolResultIds(entry.content) : [];
}
