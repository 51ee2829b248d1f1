import type { ContentBlock } from "./content-block.ts";
import type { ToolCall } from "./text.ts";

/** What a call is answered with. */
export interface ToolResult {
  readonly content: string | readonly ContentBlock[];
  readonly isError: boolean;
}

/** The answer to a call that somebody denied, with their reason where they gave one. */
export function deniedResult(reason = ""): ToolResult {
  const why = reason.trim() === "" ? "." : `: ${reason.toWellFormed()}`;
  return { content: `The call was denied and not run${why}`, isError: true };
}

/** A result as the block that answers its call. The API wants `toolset_name` back as it came. Source: `ToolResultBlockParam` of the SDK. */
export function toolResultBlock(call: ToolCall, { content, isError }: ToolResult): ContentBlock {
  return {
    type: "tool_result",
    tool_use_id: call.id,
    ...(isError && { is_error: true }),
    content,
    ...(call.toolset_name !== undefined && { toolset_name: call.toolset_name }),
  };
}
