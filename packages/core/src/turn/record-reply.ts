import type { MessageEntry } from "../conversation/entry.ts";
import { frozenCopy } from "../conversation/frozen-copy.ts";
import { AntiphonError } from "../errors.ts";
import { type FoldedReply, fromMessage, type ReceivedMessage } from "../messages/reply.ts";
import { project, type ProjectOptions } from "../request/project.ts";
import { requireRecordable } from "../request/require-sendable.ts";
import { capabilities } from "../stop/capabilities.ts";
import { type Plan, planReply } from "../stop/plan.ts";
import type { BranchWriter } from "../store/branch-writer.ts";
import { leaveOut } from "./leave-out.ts";
import { repairEntries } from "./repair-entries.ts";

/**
 * Stores a reply that the caller got for the path's own request, with what repair had made up for it, and returns its plan.
 * Errors: `invalid_input` for what is no message, `invalid_request` for one that no request could send back.
 */
export async function recordReply(writer: BranchWriter, projecting: ProjectOptions, message: ReceivedMessage): Promise<Plan> {
  const { content, facts } = ownReply(message);
  const projection = project(writer.path, projecting);
  const reply = { ...facts, ...projection.binding };
  const said = writer.draw({ kind: "message", role: "assistant", content, origin: "model", reply });
  requireRecordable(writer.path, said, projecting);
  const stored = await writer.append(...repairEntries(writer, projection, projecting), said);
  const entry = stored.at(-1);
  const plan = planReply(content, facts, capabilities(projection.body, projecting.models));
  if (plan.next !== "leave-out") return plan;
  return { ...plan, outcome: await leaveOut(writer, plan.outcome, entry as MessageEntry) };
}

/** The caller's message as a frozen reply of our own, in wire form. */
function ownReply(message: ReceivedMessage): Pick<FoldedReply, "content" | "facts"> {
  const { content, facts } = fromMessage(message);
  try {
    return frozenCopy({ content, facts });
  } catch (cause) {
    throw new AntiphonError("invalid_input", "The reply cannot be written as JSON. Pass the response as it came.", { cause });
  }
}
