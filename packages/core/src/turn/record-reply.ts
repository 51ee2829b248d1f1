import type { MessageEntry } from "../conversation/entry.ts";
import { fromMessage, type ReceivedMessage } from "../messages/reply.ts";
import { project } from "../request/project.ts";
import { capabilities } from "../stop/capabilities.ts";
import { type Plan, planReply } from "../stop/plan.ts";
import type { BranchWriter } from "../store/branch-writer.ts";
import { leaveOut } from "./leave-out.ts";

/** Stores a reply that the caller got for the path's own request, and returns its plan. */
export async function recordReply(writer: BranchWriter, hashKey: string, message: ReceivedMessage): Promise<Plan> {
  const { content, facts } = fromMessage(message);
  const { body, prefixHash } = project(writer.path, { hashKey });
  const reply = { ...facts, prefixHash };
  const [entry] = await writer.append(
    writer.draw({ kind: "message", role: "assistant", content: structuredClone(content), origin: "model", reply }),
  );
  const plan = planReply(content, facts, capabilities(body));
  if (plan.next !== "leave-out") return plan;
  return { ...plan, outcome: await leaveOut(writer, plan.outcome, entry as MessageEntry) };
}
