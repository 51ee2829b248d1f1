import { callRecord } from "../conversation/call-record.ts";
import { AntiphonError } from "../errors.ts";
import type { ToolCall } from "../messages/text.ts";
import { project } from "../request/project.ts";
import type { Outcome } from "../stop/outcome.ts";
import { runsElsewhere, waitingOutcome } from "../tools/answer-tools.ts";
import { leaveOut } from "./leave-out.ts";
import { lastRefusal, openCalls, type OpenReply, openReply } from "./open-reply.ts";
import { storeRepairs } from "./repair-entries.ts";
import type { TurnContext } from "./turn-context.ts";

/**
 * Ends a turn that was cut off where it stands: calls that may have started, or that were to be run here, are answered as interrupted,
 * and what waits for a person or for the caller goes on waiting. Runs nothing and sends nothing; doing it again changes nothing.
 */
export async function stopTurn(turn: TurnContext): Promise<Outcome> {
  const { path } = turn.writer;
  if (!path.some(({ kind }) => kind === "message"))
    throw new AntiphonError("invalid_input", "There is nothing to recover: on this path nobody has said anything. Send a message.");
  const refused = lastRefusal(path);
  if (refused !== undefined) return refused;
  const open = openReply(turn);
  const waiting = open?.plan.next === "answer-tools" ? waitingCalls(turn, open) : new Map();
  await storeRepairs(turn, project(path, turn), (toolUseId) => !waiting.has(toolUseId));
  return open === undefined ? CUT_OFF : outcomeOf(turn, open, waiting);
}

const CUT_OFF: Outcome = {
  type: "interrupted",
  reason: "cut-off",
  message: "The turn was cut off before its end. What came is kept. Resume it, or say something else.",
};

type Waiting = ReadonlyMap<string, "approval" | "caller">;

function waitingCalls(turn: TurnContext, { entry, plan }: OpenReply): Waiting {
  const calls: readonly ToolCall[] = plan.next === "answer-tools" ? openCalls(turn, plan.calls, entry) : [];
  const behind = turn.writer.path.slice(turn.writer.path.indexOf(entry) + 1);
  const waiting = new Map<string, "approval" | "caller">();
  for (const call of calls) {
    if (callRecord(behind, call.id).approval?.verdict === "ask") waiting.set(call.id, "approval");
    else if (runsElsewhere(turn, call)) waiting.set(call.id, "caller");
  }
  return waiting;
}

function outcomeOf(turn: TurnContext, { entry, plan }: OpenReply, waiting: Waiting): Promise<Outcome> | Outcome {
  switch (plan.next) {
    case "finish":
    case "make-room":
    case "decide":
    case "continue":
    case "ask-again":
      return plan.outcome;
    case "leave-out":
      return leaveOut(turn.writer, plan.outcome, entry);
    case "resume":
      return CUT_OFF;
    case "answer-tools":
      return waiting.size > 0 ? waitingOutcome(plan.calls, waiting) : CUT_OFF;
    default:
      return plan satisfies never;
  }
}
