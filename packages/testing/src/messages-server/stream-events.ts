import { PING, type StreamEvent } from "./sse.ts";
import type { StreamedBlock } from "./script.ts";
import { textField, type Block, type ReplyMessage } from "./wire.ts";

/** Characters of text, thinking or JSON in one delta. */
const DELTA_CHARACTERS = 24;

export interface StreamPlan {
  readonly message: ReplyMessage;
  /** The blocks to stream; a cut-off tool call carries its JSON so far in `partialJson`. */
  readonly blocks: readonly PlannedBlock[];
}

export interface PlannedBlock {
  readonly block: Block;
  readonly deltas?: StreamedBlock["deltas"];
  readonly partialJson?: string;
}

/** The events of a reply, in the API's order: one ping behind the first block's start, usage once more in `message_delta`. */
export function streamEvents({ message, blocks }: StreamPlan): readonly StreamEvent[] {
  const { content: _, stop_reason, stop_sequence, stop_details, usage, container, context_management, ...head } = message;
  const { output_tokens_details: __, ...openingUsage } = usage;
  const opening = {
    ...head,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    usage: { ...openingUsage, output_tokens: 1 },
  };
  const ending = { stop_reason, stop_sequence, stop_details, ...(container !== undefined && { container }) };
  const events: StreamEvent[] = [{ type: "message_start", message: opening }];
  for (const [index, planned] of blocks.entries()) {
    events.push({ type: "content_block_start", index, content_block: openingOf(planned) });
    if (index === 0) events.push(PING);
    for (const delta of deltasOf(planned)) events.push({ type: "content_block_delta", index, delta });
    events.push({ type: "content_block_stop", index });
  }
  events.push({ type: "message_delta", delta: ending, usage, ...(context_management !== undefined && { context_management }) });
  events.push({ type: "message_stop" });
  return events;
}

function openingOf({ block, deltas }: PlannedBlock): Block {
  if (deltas !== undefined) return block;
  switch (block.type) {
    case "text":
      return { ...block, text: "", ...(Array.isArray(block.citations) && { citations: [] }) };
    case "thinking":
      return { ...block, thinking: "", signature: "" };
    case "tool_use":
    case "server_tool_use":
    case "mcp_tool_use":
      return { ...block, input: {} };
    case "compaction":
      // A signed one comes whole. Source: compaction on demand documentation.
      if (typeof block.signature === "string") return block;
      return { ...block, content: null, ...("encrypted_content" in block && { encrypted_content: null }) };
    default:
      return block;
  }
}

function deltasOf({ block, deltas, partialJson }: PlannedBlock): readonly Block[] {
  if (deltas !== undefined) return deltas;
  switch (block.type) {
    case "text":
      return [
        ...citations(block).map((citation) => ({ type: "citations_delta", citation })),
        ...pieces(textField(block, "text")).map((text) => ({ type: "text_delta", text })),
      ];
    case "thinking":
      return [
        ...pieces(textField(block, "thinking")).map((thinking) => ({ type: "thinking_delta", thinking })),
        { type: "signature_delta", signature: textField(block, "signature") },
      ];
    case "tool_use":
    case "server_tool_use":
    case "mcp_tool_use":
      return ["", ...pieces(partialJson ?? toolJson(block.input))].map((partial_json) => ({ type: "input_json_delta", partial_json }));
    case "compaction": {
      const { content = null, encrypted_content, signature } = block;
      if (typeof signature === "string") return [];
      return [{ type: "compaction_delta", content, ...(encrypted_content !== undefined && { encrypted_content }) }];
    }
    default:
      return [];
  }
}

function citations(block: Block): readonly unknown[] {
  return Array.isArray(block.citations) ? block.citations : [];
}

/** The API sends no JSON for an input without fields. */
function toolJson(input: unknown): string {
  const json = JSON.stringify(input ?? {});
  return json === "{}" ? "" : json;
}

/** Whole characters, preferably whole words. */
function pieces(text: string): readonly string[] {
  return text.match(new RegExp(`[^]{1,${DELTA_CHARACTERS}}(?=\\s|$)|[^]{1,${DELTA_CHARACTERS}}`, "gu")) ?? [];
}
