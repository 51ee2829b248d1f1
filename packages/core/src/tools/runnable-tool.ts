import type Anthropic from "@anthropic-ai/sdk";
import { AntiphonError } from "../errors.ts";
import type { ContentBlock } from "../messages/content-block.ts";
import { wholeCharacters } from "../messages/half-character.ts";
import type { ToolCall } from "../messages/text.ts";
import type { ToolResult } from "../messages/tool-result.ts";
import { requireObject } from "../own-options.ts";
import { quoted } from "../quoted.ts";

/**
 * A tool definition with the function that runs it: what the SDK's `betaZodTool` and `betaTool` make, or any JSON schema
 * definition with a `run`. Definitions are stored with the conversation; functions are given to each process.
 */
export interface RunnableTool extends ToolDefinitionFields {
  readonly name: string;
  // `unknown` would refuse the typed `run` of the SDK's helpers; `parse` is what guards the input.
  // oxlint-disable-next-line typescript/no-explicit-any
  run(input: any, context: ToolContext): ToolOutput | Promise<ToolOutput>;
  // oxlint-disable-next-line typescript/no-explicit-any
  parse?(input: unknown): any;
  /** Milliseconds that one call may take, in place of `limits.toolMs`. Neither stored nor sent. */
  readonly timeoutMs?: number | undefined;
  /**
   * Whether a call that may have started before its process died is run again by `resume`. Unless true it is answered as
   * interrupted. Neither stored nor sent.
   */
  readonly safeToRepeat?: boolean | undefined;
}

/** The fields of any tool definition of the API. Named one by one: what the SDK's helpers make has no index signature. */
type ToolDefinitionFields = { readonly [Field in Exclude<FieldOf<Anthropic.Beta.BetaToolUnion>, "name">]?: unknown };
type FieldOf<T> = T extends T ? keyof T : never;

/** What a tool returns: text, or content blocks that a `tool_result` may hold. */
export type ToolOutput = string | readonly { readonly type: string }[];

/** What `run` is told beside its input. The SDK's own tool context, and more. */
export interface ToolContext {
  readonly toolUse: ToolCall;
  /** The same, by the SDK's older name. */
  readonly toolUseBlock: ToolCall;
  /** Aborted with the turn, or when the call's time is over. */
  readonly signal: AbortSignal;
  /** Tells the turn's readers how far the call is, as a `tool-progress` event. Not stored, nor told to the model; nothing once the call has ended. */
  progress(value: unknown): void;
}

/** The tools of a process as they were given. Errors: `invalid_input` for what cannot be run. */
export function ownTools(tools: readonly RunnableTool[]): readonly RunnableTool[] {
  if (!Array.isArray(tools)) throw invalid(`\`tools\` is ${quoted(tools)}. Give it a list of tools, or leave it out.`);
  const names = new Set<string>();
  for (const tool of tools as readonly RunnableTool[]) {
    const { name, run, timeoutMs } = requireObject(tool, "One of `tools` is", "Give it as { name, input_schema, run }.");
    if (typeof name !== "string" || name === "") throw invalid(`A tool has the name ${quoted(name)}. Give it one as the API takes it.`);
    if (names.has(name)) throw invalid(`Two tools have the name "${name}". Give each one of its own.`);
    if (typeof run !== "function")
      throw invalid(`The tool "${name}" has no \`run\`. Give it one, or define it in the settings alone and answer its calls yourself.`);
    // NaN is not at least anything.
    if (timeoutMs !== undefined && !(typeof timeoutMs === "number" && timeoutMs >= 0))
      throw invalid(`\`timeoutMs\` of the tool "${name}" is ${String(timeoutMs)}. Give it milliseconds from 0 up.`);
    names.add(name);
  }
  return tools;
}

/** What the model is told of a tool's output. Never throws: what cannot be sent becomes an honest error. */
export function toResult(output: unknown, charsMax: number): ToolResult {
  if (typeof output !== "string" && !isBlocks(output)) {
    return failedResult(`The tool returned ${output === null ? "null" : typeof output}, not text or content blocks.`);
  }
  const written = typeof output === "string" ? output : asJson(output);
  if (written === undefined) return failedResult("The tool returned something that cannot be written as JSON.");
  const chars = written.length;
  if (chars > charsMax)
    return failedResult(`The tool's result is too large: ${chars} characters, at most ${charsMax} are passed on. Ask for less.`);
  // Half a character, as cutting a text leaves it, would make every later request one that the API refuses.
  const content = typeof output === "string" ? output : (JSON.parse(written) as readonly ContentBlock[]);
  return { content: wholeCharacters(content), isError: false };
}

/** The result of a call whose tool threw. The SDK's `ToolError` carries content of its own. */
export function thrownResult(thrown: unknown, charsMax: number): ToolResult {
  const content = thrown instanceof Error && "content" in thrown ? toResult(thrown.content, charsMax) : undefined;
  if (content !== undefined && !content.isError) return { ...content, isError: true };
  return failedResult(`Error: ${wordsOf(thrown)}`.slice(0, charsMax));
}

/** What something that was thrown says. Anything at all may be thrown. */
export function wordsOf(thrown: unknown): string {
  try {
    // A message is a string by its type alone.
    return String(thrown instanceof Error ? (thrown.message as unknown) : thrown);
  } catch {
    return "what was thrown says nothing.";
  }
}

export function failedResult(message: string): ToolResult {
  return { content: message.toWellFormed(), isError: true };
}

function invalid(message: string): AntiphonError {
  return new AntiphonError("invalid_input", message);
}

function isBlocks(output: unknown): output is readonly { type: string }[] {
  return Array.isArray(output) && output.every((block) => typeof block === "object" && block !== null && typeof block.type === "string");
}

function asJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
