import type { MessageEntry } from "../conversation/entry.ts";
import type { ContentBlock } from "../messages/content-block.ts";
import type { ToolCall } from "../messages/text.ts";
import { settingsInForce } from "../request/boundaries.ts";
import { validateRequest } from "../request/validate-request.ts";
import type { Outcome } from "../stop/outcome.ts";
import { abortedOutcome } from "./failure.ts";
import { failedResult, type RunnableTool, thrownResult, type ToolResult, toResult, wordsOf } from "./runnable-tool.ts";
import type { TurnContext } from "./turn-context.ts";

/**
 * Runs the calls of a whole reply, in parallel up to a limit: `tool-start` is stored before each, its result when it ends.
 * Resolves to the outcome that ends the turn, or to `undefined` when every call has its result and the turn goes on.
 */
export async function answerTools(turn: TurnContext, calls: readonly ToolCall[], reply: MessageEntry): Promise<Outcome | undefined> {
  if (turn.tally.toolRounds >= turn.limits.toolRounds) return { type: "limit", limit: "rounds", value: turn.limits.toolRounds };
  turn.tally.toolRounds += 1;
  const partial = new Set(Object.keys(reply.reply?.partialInputs ?? {}).map((index) => reply.content[Number(index)]));
  const callersOwn = calls.filter((call) => runsElsewhere(turn, call));
  const ours = calls.filter((call) => !callersOwn.includes(call));
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < ours.length && !turn.signal.aborted) {
      const call = ours[next]!;
      next += 1;
      await answerCall(turn, call, partial.has(call));
    }
  };
  await allSettledOrThrow(Array.from({ length: Math.min(turn.limits.parallelTools, ours.length) }, worker));
  if (turn.signal.aborted) return abortedOutcome(turn.signal);
  await storeLateResults(turn);
  return callersOwn.length > 0 ? { type: "waiting", toolUseIds: callersOwn.map((call) => call.id) } : undefined;
}

/** Whether the call waits for the caller: its tool is defined, and this process does not run it. */
export function runsElsewhere(turn: TurnContext, call: ToolCall): boolean {
  return findTool(turn, call) === undefined && definedNames(turn).has(call.name);
}

async function answerCall(turn: TurnContext, call: ToolCall, isPartial: boolean): Promise<void> {
  const { writer, events } = turn;
  const tool = isPartial ? undefined : findTool(turn, call);
  if (tool !== undefined) await writer.append(writer.draw({ kind: "tool-start", toolUseId: call.id, name: call.name }));
  await events.emit({ type: "tool-start", toolUseId: call.id, name: call.name, input: call.input });
  const ran: Ran | undefined =
    tool === undefined
      ? failedResult(isPartial ? "The input is not valid JSON, so the tool was not run." : `There is no tool named "${call.name}".`)
      : await runTool(turn, tool, call);
  // An aborted call has no honest result: whether it took effect is not known. Repair answers it before the next request.
  if (ran === undefined) return;
  await storeResult(turn, "tool-end", call, ran);
  // Only now: the first result that is stored for a call is its answer.
  void ran.late?.then((result) => result && (turn.tally.late ??= []).push({ call, result }));
}

/**
 * Stores what tools returned behind their time: the next request tells it as text. To be called where a user's message may
 * stand, and never between a request and its reply, which would then stand behind what it was not made from.
 */
export async function storeLateResults(turn: TurnContext): Promise<void> {
  for (const { call, result } of turn.tally.late?.splice(0) ?? []) await storeResult(turn, "tool-late", call, result);
}

async function storeResult(turn: TurnContext, type: "tool-end" | "tool-late", call: ToolCall, result: ToolResult): Promise<void> {
  const { writer, events } = turn;
  const { block, isError } = sendable(turn, call, result);
  const [entry] = await writer.append(writer.draw({ kind: "message", role: "user", content: [block], origin: "tool" }));
  await events.emit({ type, toolUseId: call.id, isError, entryId: entry!.id });
}

/** The result as a block, or an error in its place: what is stored and cannot be sent would be the conversation's end. */
function sendable(turn: TurnContext, call: ToolCall, result: ToolResult): { block: ContentBlock; isError: boolean } {
  const { content, isError } = result;
  const block = { type: "tool_result", tool_use_id: call.id, content, ...(isError && { is_error: true }), ...echoed(call) };
  const exchange = [
    { role: "user", content: "?" },
    { role: "assistant", content: [call] },
    { role: "user", content: [block] },
  ];
  const refused = validateRequest({ ...settingsInForce(turn.writer.path), messages: exchange }).find(
    ({ path, severity }) => severity === "error" && path.startsWith("messages.2."),
  );
  if (refused === undefined) return { block, isError };
  return {
    block: { ...block, content: `The tool returned something that the API would refuse. ${refused.message}`, is_error: true },
    isError: true,
  };
}

/** A result, and where the tool was still running what it may yet return. */
interface Ran extends ToolResult {
  readonly late?: Promise<ToolResult | undefined>;
}

async function runTool(turn: TurnContext, tool: RunnableTool, stored: ToolCall): Promise<Ran | undefined> {
  // What is stored is sent back as it came, whatever a tool does to its input.
  const call = structuredClone(stored);
  let input: unknown;
  try {
    input = tool.parse ? tool.parse(call.input) : call.input;
  } catch (error) {
    return failedResult(`The input of "${call.name}" is not valid: ${wordsOf(error)}`.slice(0, turn.limits.toolResultChars));
  }
  const own = new AbortController();
  const signal = AbortSignal.any([turn.signal, own.signal]);
  const ended = new Promise<typeof OVER>((resolve) => signal.addEventListener("abort", () => resolve(OVER), { once: true }));
  const callOff = turn.environment.after(turn.limits.toolMs, () => own.abort());
  try {
    const running = Promise.resolve().then(() => tool.run(input, { toolUse: call, toolUseBlock: call, signal }));
    const output: unknown = await Promise.race([running, ended]);
    if (output !== OVER) return toResult(output, turn.limits.toolResultChars);
    if (turn.signal.aborted) return undefined;
    const late = running.then(
      (returned: unknown) => toResult(returned, turn.limits.toolResultChars),
      // What throws behind its time, most often for its signal, adds nothing to the answer.
      () => undefined,
    );
    return { ...failedResult(`The tool "${call.name}" did not end within ${turn.limits.toolMs} ms. It may have taken effect.`), late };
  } catch (error) {
    return turn.signal.aborted ? undefined : thrownResult(error, turn.limits.toolResultChars);
  } finally {
    callOff();
  }
}

const OVER = Symbol("over");

function findTool(turn: TurnContext, call: ToolCall): RunnableTool | undefined {
  return turn.tools.find((tool) => tool.name === call.name);
}

function definedNames(turn: TurnContext): ReadonlySet<string> {
  return new Set((settingsInForce(turn.writer.path)?.tools ?? []).flatMap((tool) => ("name" in tool ? [tool.name] : [])));
}

/** The API wants `toolset_name` back as it came. */
function echoed(call: ToolCall): Record<string, unknown> {
  return call.toolset_name === undefined ? {} : { toolset_name: call.toolset_name };
}

/** Waits for all, so that no tool is left running unseen, then throws the first failure (of the store: tools do not throw here). */
async function allSettledOrThrow(work: readonly Promise<void>[]): Promise<void> {
  for (const settled of await Promise.allSettled(work)) if (settled.status === "rejected") throw settled.reason;
}
