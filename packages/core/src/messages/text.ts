import { blockRow } from "./block-table.ts";
import { type ContentBlock, type ContentParam, toBlocks } from "./content-block.ts";

/** A `tool_use` block: a call that the client runs. */
export interface ToolCall extends ContentBlock {
  readonly type: "tool_use";
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

/** Which server tool calls and results of one content belong together. */
export interface ServerToolPairs {
  /** Results whose call stands before them. */
  readonly pairedResults: ReadonlySet<ContentBlock>;
  /** Calls that no result follows. */
  readonly unpairedUses: ReadonlySet<ContentBlock>;
}

/** What a message or its content says: its text blocks, joined with nothing between (citations split a sentence into blocks). */
export function text(source: ContentParam | { readonly content: ContentParam }): string {
  const content = typeof source === "object" && "content" in source ? source.content : source;
  if (typeof content === "string") return content;
  let said = "";
  for (const block of toBlocks(content)) if (block.type === "text" && typeof block.text === "string") said += block.text;
  return said;
}

/** The calls of tools that run here, in order. Server and MCP tool calls are not among them. */
export function toolCalls(content: readonly ContentBlock[]): readonly ToolCall[] {
  return content.filter(isToolCall);
}

/** The ids of the calls that this content answers, in order. */
export function toolResultIds(content: readonly ContentBlock[]): readonly string[] {
  const ids: string[] = [];
  for (const block of content) if (block.type === "tool_result" && typeof block.tool_use_id === "string") ids.push(block.tool_use_id);
  return ids;
}

/**
 * The server and MCP tool calls that wait for their result. While there are any, the next user message may hold tool results
 * only, and the next response starts with what is missing.
 */
export function unansweredServerTools(content: readonly ContentBlock[]): readonly ContentBlock[] {
  return [...serverToolPairs(content).unpairedUses];
}

/** Pairs server and MCP tool calls with their results. A result of a type that is not known pairs by its `tool_use_id` too. */
export function serverToolPairs(content: readonly ContentBlock[]): ServerToolPairs {
  const waiting = new Map<unknown, ContentBlock>();
  const called = new Set<unknown>();
  const pairedResults = new Set<ContentBlock>();
  for (const block of content) {
    if (blockRow(block.type)?.calls === "server") {
      waiting.set(block.id, block);
      called.add(block.id);
    } else if (block.type !== "tool_result" && typeof block.tool_use_id === "string" && called.has(block.tool_use_id)) {
      pairedResults.add(block);
      waiting.delete(block.tool_use_id);
    }
  }
  return { pairedResults, unpairedUses: new Set(waiting.values()) };
}

function isToolCall(block: ContentBlock): block is ToolCall {
  return block.type === "tool_use" && typeof block.id === "string" && typeof block.name === "string";
}
