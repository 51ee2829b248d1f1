import type { MessageBody } from "../conversation/entry.ts";
import type { ContentBlock } from "../messages/content-block.ts";
import type { ToolCall } from "../messages/text.ts";
import { type ToolResult, toolResultBlock } from "../messages/tool-result.ts";
import { settingsInForce } from "../request/boundaries.ts";
import { validateRequest } from "../request/validate-request.ts";
import type { BranchWriter } from "../store/branch-writer.ts";

/** The entry of what a tool returned for a call, or of an error in its place: what is stored and cannot be sent would be the conversation's end. */
export function resultBody(
  writer: BranchWriter,
  call: ToolCall,
  result: ToolResult,
): { readonly body: MessageBody; readonly isError: boolean } {
  const refused = refusalOf(writer, call, toolResultBlock(call, result));
  const told: ToolResult =
    refused === undefined ? result : { content: `The tool returned something that the API would refuse. ${refused}`, isError: true };
  return { body: { kind: "message", role: "user", content: [toolResultBlock(call, told)], origin: "tool" }, isError: told.isError };
}

/** What the API would say against the result, if anything. */
function refusalOf(writer: BranchWriter, call: ToolCall, block: ContentBlock): string | undefined {
  const exchange = [
    { role: "user", content: "?" },
    { role: "assistant", content: [call] },
    { role: "user", content: [block] },
  ];
  return validateRequest({ ...settingsInForce(writer.path), messages: exchange }).find(
    ({ path, severity }) => severity === "error" && path.startsWith("messages.2."),
  )?.message;
}
