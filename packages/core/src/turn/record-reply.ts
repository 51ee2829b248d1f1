import type { MessageEntry } from "../conversation/entry.ts";
import { fromMessage, type ReceivedMessage } from "../messages/reply.ts";
import { project } from "../request/project.ts";
import { capabilities } from "../stop/capabilities.ts";
import { type Plan, planReply } from "../stop/plan.ts";
import type { BranchWriter } from "../store/branch-writer.ts";
import { leaveOut } from "./leave-out.ts";
import { repairEntries } from "./repair-entries.ts";

/** Stores a reply that the caller got for the path's own request, with what repair had made up for it, and returns its plan. */
export async function recordReply(writer: BranchWriter, hashKey: string, message: ReceivedMessage): Promise<Plan> {
  const { content, facts } = fromMessage(message);
  const projection = project(writer.path, { hashKey });
  const reply = { ...facts, prefixHash: projection.prefixHash };
  const said = writer.draw({ kind: "message", role: "assistant", content: structuredClone(content), origin: "model", reply });
  const stored = await writer.append(...repairEntries(writer, projection), said);
  const entry = stored.at(-1);
  const plan = planReply(content, facts, capabilities(projection.body));
  if (plan.next !== "leave-out") return plan;
  return { ...plan, outcome: await leaveOut(writer, plan.outcome, entry as MessageEntry) };
}
