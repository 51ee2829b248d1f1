import type { ToolCall } from "../messages/text.ts";
import type { ToolResult } from "../messages/tool-result.ts";
import { failedResult, type RunnableTool, thrownResult, type ToolContext, toResult, wordsOf } from "./runnable-tool.ts";
import { linkedSignal } from "../turn/linked-signal.ts";
import type { TurnContext } from "../turn/turn-context.ts";

/** How a run ended. */
export interface Ran {
  /** Absent where the turn was aborted meanwhile: whether the call took effect is not known. */
  readonly result?: ToolResult;
  /** Where the tool was still running, what it may yet return. */
  readonly late?: Promise<ToolResult | undefined>;
}

/** A tool with all that it is given. */
export interface Prepared {
  readonly tool: RunnableTool;
  readonly call: ToolCall;
  readonly input: unknown;
}

/** The tool with the call's input as it takes it, or the result that tells what is wrong with that. */
export function prepareRun(tool: RunnableTool, stored: ToolCall, charsMax: number): Prepared | ToolResult {
  // What is stored is sent back as it came, whatever a tool does to its input.
  const call = structuredClone(stored);
  try {
    return { tool, call, input: tool.parse ? tool.parse(call.input) : call.input };
  } catch (error) {
    return failedResult(`The input of "${call.name}" is not valid: ${wordsOf(error)}`.slice(0, charsMax));
  }
}

/** Runs a tool once, for as long as it may take; not at all where the turn is aborted. */
export async function runTool(turn: TurnContext, { tool, call, input }: Prepared): Promise<Ran> {
  if (turn.signal.aborted) return {};
  const charsMax = turn.limits.toolResultChars;
  const ms = tool.timeoutMs ?? turn.limits.toolMs;
  const { signal, abort, unlink } = linkedSignal(turn.signal);
  const ended = new Promise<typeof OVER>((resolve) => signal.addEventListener("abort", () => resolve(OVER), { once: true }));
  const callOff = turn.environment.after(ms, abort);
  const { id } = call;
  let isOver = false;
  const progress = (value: unknown): void => {
    if (!isOver) void turn.events.emit({ type: "tool-progress", toolUseId: id, value });
  };
  const context: ToolContext = { toolUse: call, toolUseBlock: call, signal, progress };
  try {
    const running = Promise.resolve().then(() => tool.run(input, context));
    const output: unknown = await Promise.race([running, ended]);
    if (output !== OVER) return { result: toResult(output, charsMax) };
    const late = running.then(
      (returned: unknown) => toResult(returned, charsMax),
      // What throws behind its time, most often for its signal, adds nothing to the answer.
      () => undefined,
    );
    if (turn.signal.aborted) return { late };
    return { result: failedResult(`The tool "${call.name}" did not end within ${ms} ms. It may have taken effect.`), late };
  } catch (error) {
    return turn.signal.aborted ? {} : { result: thrownResult(error, charsMax) };
  } finally {
    isOver = true;
    callOff();
    unlink();
  }
}

const OVER = Symbol("over");
