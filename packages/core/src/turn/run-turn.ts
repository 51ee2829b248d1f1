import type { MessageEntry } from "../conversation/entry.ts";
import { capabilities } from "../stop/capabilities.ts";
import type { Outcome } from "../stop/outcome.ts";
import { type Plan, planReply } from "../stop/plan.ts";
import { answerTools } from "../tools/answer-tools.ts";
import { askAgain, continueReply } from "./continue-reply.ts";
import { leaveOut } from "./leave-out.ts";
import { lastRefusal, openCalls, openReply } from "./open-reply.ts";
import { requestReply } from "./request-reply.ts";
import { takeUpPrefill, textWithPrefill } from "./take-up-prefill.ts";
import type { TurnContext } from "./turn-context.ts";

/** The turn: request, reply, plan, and what the plan says, until an outcome. Each step is stored before the next begins. */
export async function runTurn(turn: TurnContext): Promise<Outcome> {
  for (;;) {
    await takeUpPrefill(turn);
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
  turn.tally.text = textWithPrefill(turn.writer.path, entry);
  // To resume is to ask for what the turn before had no leave for: one more continuation, and a new count of rounds.
  const allowed = { ...turn, limits: { ...turn.limits, continuations: Math.max(1, turn.limits.continuations) } };
  return (await follow(allowed, plan, entry)) ?? runTurn(turn);
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
