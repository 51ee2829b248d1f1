import type { Entry } from "../conversation/entry.ts";
import type { ToolCall } from "../messages/text.ts";
import type { CallRecord } from "../conversation/call-record.ts";
import { deniedResult, type ToolResult } from "../messages/tool-result.ts";
import { failedResult, wordsOf } from "./runnable-tool.ts";
import { linkedSignal } from "../turn/linked-signal.ts";
import type { TurnContext } from "../turn/turn-context.ts";

/** What a policy says of a call: run it, answer it as denied, or let it wait for a person. */
export type ApprovalVerdict = "allow" | "deny" | "ask" | { readonly deny: string };

/**
 * Asked before a call is started, one call at a time, in the order of the reply; not of calls that the caller runs, and not again once
 * it said `ask`. Where it throws, or says none of these words, the call is answered as denied: it is never run.
 */
export type ApprovalHook = (call: ToolCall, context: ApprovalContext) => ApprovalVerdict | Promise<ApprovalVerdict>;

/** Where the call stands that a policy is asked about. */
export interface ApprovalContext {
  readonly conversationId: string;
  readonly branchId: string;
  /** The path, its last reply the one that makes the call. */
  readonly entries: readonly Entry[];
  /** Aborted with the turn, or when `limits.approvalMs` are over: then the call waits as if the verdict were `ask`. */
  readonly signal: AbortSignal;
}

/** What becomes of a call: it runs, it waits, or it is answered with this. `undefined` where the turn was aborted meanwhile. */
export type Admission = "run" | "wait" | { readonly denied: ToolResult } | undefined;

/** Decides on a call: by what is stored of it, or else by the policy. That it waits is stored, so that it waits in any process. */
export async function admit(turn: TurnContext, call: ToolCall, record: CallRecord): Promise<Admission> {
  // What has started was allowed before it did.
  if (record.started) return "run";
  if (record.approval === undefined) return turn.approval === undefined ? "run" : byPolicy(turn, turn.approval, call);
  const { verdict, reason } = record.approval;
  switch (verdict) {
    case "allow":
      return "run";
    case "deny":
      return { denied: deniedResult(reason) };
    case "ask":
      return "wait";
    default:
      return verdict satisfies never;
  }
}

async function byPolicy(turn: TurnContext, hook: ApprovalHook, call: ToolCall): Promise<Admission> {
  let verdict: ApprovalVerdict | undefined;
  try {
    verdict = await askInTime(turn, hook, call);
  } catch (error) {
    const words = `The call was not run, since the check whether it may run failed: ${wordsOf(error)}`;
    return { denied: failedResult(words.slice(0, turn.limits.toolResultChars)) };
  }
  if (turn.signal.aborted) return undefined;
  if (verdict === "allow") return "run";
  if (verdict === "deny") return { denied: deniedResult() };
  if (verdict === "ask") {
    await turn.writer.append(turn.writer.draw({ kind: "approval", toolUseId: call.id, verdict: "ask" }));
    return "wait";
  }
  if (typeof verdict?.deny === "string") return { denied: deniedResult(verdict.deny.slice(0, turn.limits.toolResultChars)) };
  return { denied: failedResult("The call was not run, since the check whether it may run gave no answer.") };
}

/** The policy's word, or `ask` where it takes too long. Ends with the turn. */
async function askInTime(turn: TurnContext, hook: ApprovalHook, call: ToolCall): Promise<ApprovalVerdict> {
  if (turn.signal.aborted) return "ask";
  const { signal, abort, unlink } = linkedSignal(turn.signal);
  const ended = new Promise<"ask">((resolve) => signal.addEventListener("abort", () => resolve("ask"), { once: true }));
  const callOff = turn.environment.after(turn.limits.approvalMs, abort);
  const asked = Promise.resolve().then(() => hook(call, { ...turn.writer.key, entries: turn.writer.path, signal }));
  // What it throws behind its time is heard by nobody.
  asked.catch(() => undefined);
  try {
    return await Promise.race([asked, ended]);
  } finally {
    callOff();
    unlink();
  }
}
