import type { MessageEntry } from "../conversation/entry.ts";
import { text, type ToolCall } from "../messages/text.ts";
import { project } from "../request/project.ts";
import { capabilities } from "../stop/capabilities.ts";
import type { Outcome } from "../stop/outcome.ts";
import { planPart, type Plan, planReply } from "../stop/plan.ts";
import { answerTools } from "./answer-tools.ts";
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
    const plan = planReply(entry.content, entry.reply!, capabilities(projection.body));
    turn.tally.maxTokens = undefined;
    const outcome = await follow(turn, plan, entry);
    if (outcome !== undefined) return outcome;
  }
}

/** Takes a path up where it stands: what its last reply asks for is done first, if it asks for anything. */
export async function resumeTurn(turn: TurnContext): Promise<Outcome> {
  const entry = openReply(turn);
  if (entry === undefined) return runTurn(turn);
  turn.tally.text = text(entry.content);
  const can = capabilities(project(turn.writer.path, turn).body);
  // To resume is to ask for what the turn before had no leave for: one more continuation, and a new count of rounds.
  const allowed = { ...turn, limits: { ...turn.limits, continuations: Math.max(1, turn.limits.continuations) } };
  const plan = entry.reply!.whole ? planReply(entry.content, entry.reply!, can) : planPart(entry);
  return (await follow(allowed, plan, entry)) ?? runTurn(turn);
}

/** The reply at the end of the path, if nothing has been said or answered since. */
function openReply(turn: TurnContext): MessageEntry | undefined {
  const last = turn.writer.path.findLast((entry): entry is MessageEntry => entry.kind === "message" && !isLeftOut(turn, entry));
  return last?.role === "assistant" && last.reply !== undefined ? last : undefined;
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
      return answerTools(turn, unstarted(turn, plan.calls, entry), entry);
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

/** A call that may have started is never run again; repair answers it as interrupted. */
function unstarted({ writer }: TurnContext, calls: readonly ToolCall[], reply: MessageEntry): readonly ToolCall[] {
  // A reply that was inherited by forking may have had its calls run on the branch it came from.
  if (reply.branchId !== writer.key.branchId) return [];
  // Behind the reply only: some servers count their ids anew in each.
  const started = new Set(
    writer.path.slice(writer.path.indexOf(reply) + 1).flatMap((entry) => (entry.kind === "tool-start" ? [entry.toolUseId] : [])),
  );
  return calls.filter((call) => !started.has(call.id));
}
