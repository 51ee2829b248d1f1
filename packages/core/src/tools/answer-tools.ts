import { callRecord } from "../conversation/call-record.ts";
import type { Entry, MessageEntry } from "../conversation/entry.ts";
import { type ToolCall, unansweredServerTools } from "../messages/text.ts";
import type { ToolResult } from "../messages/tool-result.ts";
import { settingsInForce } from "../request/boundaries.ts";
import type { Outcome } from "../stop/outcome.ts";
import { type Admission, admit } from "./approval.ts";
import { abortedOutcome } from "../turn/failure.ts";
import { lateResults } from "./late-results.ts";
import { resultBody } from "./result-body.ts";
import { type Prepared, prepareRun, type Ran, runTool } from "./run-tool.ts";
import { failedResult, type RunnableTool } from "./runnable-tool.ts";
import type { TurnContext } from "../turn/turn-context.ts";

/** One reply's calls on their way to their results. */
interface Round {
  readonly turn: TurnContext;
  readonly reply: MessageEntry;
  /** The calls that wait, by id, for whom. */
  readonly waiting: Map<string, "approval" | "caller">;
  /** Settles when the policy has said its word on the calls before. */
  asked: Promise<unknown>;
}

/**
 * Runs the calls of a whole reply, in parallel up to a limit: each is allowed first, then `tool-start` is stored, and its result when
 * it ends. Resolves to the outcome that ends the turn, or to `undefined` when every call has its result and the turn goes on.
 */
export async function answerTools(turn: TurnContext, calls: readonly ToolCall[], reply: MessageEntry): Promise<Outcome | undefined> {
  if (turn.tally.toolRounds >= turn.limits.toolRounds) return { type: "limit", limit: "rounds", value: turn.limits.toolRounds };
  turn.tally.toolRounds += 1;
  const round: Round = { turn, reply, waiting: new Map(), asked: Promise.resolve() };
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < calls.length && !turn.signal.aborted) {
      const call = calls[next]!;
      next += 1;
      await answerCall(round, call);
    }
  };
  await allSettledOrThrow(Array.from({ length: Math.min(turn.limits.parallelTools, calls.length) }, worker));
  if (turn.signal.aborted) return abortedOutcome(turn.signal);
  if (round.waiting.size > 0) return waitingOutcome(calls, round.waiting);
  // A user's message that answers while a server tool is pending holds nothing but results.
  if (unansweredServerTools(reply.content).length === 0) await lateResults(turn.writer).storeAll(turn.events, turn);
  return undefined;
}

/** The outcome of calls that wait, in the order of their reply. */
export function waitingOutcome(calls: readonly ToolCall[], waiting: ReadonlyMap<string, "approval" | "caller">): Outcome {
  const toolUseIds = calls.flatMap(({ id }) => (waiting.has(id) ? [id] : []));
  const toApprove = toolUseIds.filter((id) => waiting.get(id) === "approval");
  return { type: "waiting", toolUseIds, ...(toApprove.length > 0 && { toApprove }) };
}

/** Whether the call waits for the caller: its tool is defined, and this process does not run it. */
export function runsElsewhere(turn: TurnContext, call: ToolCall): boolean {
  return findTool(turn, call) === undefined && definedNames(turn.writer.path).has(call.name);
}

export function findTool(turn: TurnContext, call: ToolCall): RunnableTool | undefined {
  return turn.tools.find((tool) => tool.name === call.name);
}

async function answerCall(round: Round, call: ToolCall): Promise<void> {
  const { turn, reply, waiting } = round;
  const record = callRecord(turn.writer.path.slice(turn.writer.path.indexOf(reply) + 1), call.id);
  if (runsElsewhere(turn, call) && record.approval?.verdict !== "ask" && record.approval?.verdict !== "deny") {
    waiting.set(call.id, "caller");
    return;
  }
  const runnable = prepare(round, call);
  const admission =
    "isError" in runnable && record.approval === undefined ? "run" : await admitInTurn(round, () => admit(turn, call, record));
  if (admission === undefined) return;
  if (admission === "wait") {
    waiting.set(call.id, "approval");
    await turn.events.emit({ type: "approval-needed", toolUseId: call.id, name: call.name, input: call.input });
    return;
  }
  if (admission !== "run") return answer(turn, call, admission.denied);
  if ("isError" in runnable) {
    await turn.events.emit({ type: "tool-start", toolUseId: call.id, name: call.name, input: call.input });
    return answer(turn, call, runnable);
  }
  const { result, late } = await start(turn, call, runnable);
  // An aborted call has no honest result yet. Repair answers it before the next request, unless its tool returns until then.
  if (result) await answer(turn, call, result);
  // Only now: the first result that is stored for a call is its answer.
  if (late) lateResults(turn.writer).expect(turn, { call, reply }, late);
}

/** The tool with its input, or the result that tells why there is nothing to run. */
function prepare({ turn, reply }: Round, call: ToolCall): Prepared | ToolResult {
  const isPartial = Object.keys(reply.reply?.partialInputs ?? {}).some((index) => reply.content[Number(index)] === call);
  if (isPartial) return failedResult("The input is not valid JSON, so the tool was not run.");
  const tool = findTool(turn, call);
  if (tool === undefined) return failedResult(`There is no tool named "${call.name}".`);
  return prepareRun(tool, call, turn.limits.toolResultChars);
}

/** One question after the other: a person is not asked two things at once. */
function admitInTurn(round: Round, ask: () => Promise<Admission>): Promise<Admission> {
  const admission = round.asked.then(() => (round.turn.signal.aborted ? undefined : ask()));
  round.asked = admission.catch(() => undefined);
  return admission;
}

async function start(turn: TurnContext, call: ToolCall, prepared: Prepared): Promise<Ran> {
  await turn.writer.append(turn.writer.draw({ kind: "tool-start", toolUseId: call.id, name: call.name }));
  await turn.events.emit({ type: "tool-start", toolUseId: call.id, name: call.name, input: call.input });
  return runTool(turn, prepared);
}

async function answer(turn: TurnContext, call: ToolCall, result: ToolResult): Promise<void> {
  const { body, isError } = resultBody(turn.writer, call, result);
  const [entry] = await turn.writer.append(turn.writer.draw(body));
  await turn.events.emit({ type: "tool-end", toolUseId: call.id, isError, entryId: entry!.id });
}

function definedNames(path: readonly Entry[]): ReadonlySet<string> {
  return new Set((settingsInForce(path)?.tools ?? []).flatMap((tool) => ("name" in tool ? [tool.name] : [])));
}

/** Waits for all, so that no tool is left running unseen, then throws the first failure (of the store: tools do not throw here). */
async function allSettledOrThrow(work: readonly Promise<void>[]): Promise<void> {
  for (const settled of await Promise.allSettled(work)) if (settled.status === "rejected") throw settled.reason;
}
