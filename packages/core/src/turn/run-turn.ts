import type { MessageEntry } from "../conversation/entry.ts";
import { text } from "../messages/text.ts";
import { modelFacts } from "../models/model-facts.ts";
import type { RequestBody } from "../request/request-body.ts";
import type { Outcome } from "../stop/outcome.ts";
import { type Capabilities, type Plan, planReply } from "../stop/plan.ts";
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
    turn.tally.text = (turn.tally.joining ? turn.tally.text : "") + text(entry.content);
    turn.tally.joining = false;
    turn.tally.maxTokens = undefined;
    const outcome = await follow(turn, plan, entry);
    if (outcome !== undefined) return outcome;
  }
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
      return answerTools(turn, plan.calls, entry);
    case "resume":
      if (turn.tally.resumes >= turn.limits.resumes) return { type: "limit", limit: "resumes", value: turn.limits.resumes };
      turn.tally.resumes += 1;
      return undefined;
    case "continue":
      return continueReply(turn, plan);
    case "ask-again":
      return askAgain(turn, plan, entry);
    case "leave-out":
      return leaveOut(turn, plan.outcome, entry);
    default:
      return plan satisfies never;
  }
}

export function capabilities(body: RequestBody): Capabilities {
  const model = modelFacts(body.model);
  const config = body.output_config as { format?: unknown } | null | undefined;
  return {
    prefill: model?.prefill ?? false,
    ...(model?.outputTokensMax !== undefined && { maxTokensCap: model.outputTokensMax }),
    maxTokens: body.max_tokens,
    structured: config?.format !== undefined && config.format !== null,
  };
}
