import type { CacheBill } from "./cache.ts";
import type { CheckedRequest } from "./rules/check-request.ts";
import type { Diagnostics } from "./diagnostics.ts";
import type { NewId } from "./ids.ts";
import type { ScriptedMessage, StreamedBlock } from "./script.ts";
import { isThinking, Prefix, type Signer } from "./signatures.ts";
import type { PlannedBlock, StreamPlan } from "./stream-events.ts";
import { cutToTokens, sum, tokensOfText } from "./tokens.ts";
import { isRecord, textField, type Block, type Usage } from "./wire.ts";

export interface Completion {
  readonly reply: ScriptedMessage;
  readonly request: CheckedRequest;
  readonly bill: CacheBill;
  readonly newId: NewId;
  readonly signer: Signer;
  readonly diagnostics: Diagnostics;
}

/** Makes a whole reply of a scripted one: ids, signatures, usage, stop reason. */
export function completeReply({ reply, request, bill, newId, signer, diagnostics }: Completion): StreamPlan {
  const named = contentOf(reply).map((part) => withId(part, newId));
  const { blocks: cut, wasCut } = cutOff(named, reply.cutAtTokens ?? Number.POSITIVE_INFINITY);
  const blocks = signAll(cut, request, signer);
  const content = blocks.map(({ block, partialJson }) => (partialJson === undefined ? block : { ...block, input: {} }));
  const callsTool = content.some((block) => block.type === "tool_use");
  const id = reply.id ?? newId("msg");
  return {
    blocks,
    message: {
      id,
      type: "message",
      role: "assistant",
      model: reply.model ?? request.body.model,
      diagnostics: diagnostics.of(id, request.body, request.prompt),
      ...reply.more,
      ...(request.inputTransformations && { input_transformations: request.inputTransformations }),
      content,
      stop_reason:
        reply.stop_reason !== undefined
          ? reply.stop_reason
          : wasCut
            ? (reply.cutReason ?? "max_tokens")
            : callsTool
              ? "tool_use"
              : "end_turn",
      stop_sequence: reply.stop_sequence ?? null,
      stop_details: reply.stop_details ?? null,
      usage: { ...countUsage(request, bill, cut), ...reply.usage },
    },
  };
}

function contentOf(reply: ScriptedMessage): readonly PlannedBlock[] {
  if (typeof reply.content === "string") return [{ block: { type: "text", text: reply.content } }];
  return reply.content.map((part) => (isStreamed(part) ? part : { block: part }));
}

function isStreamed(part: Block | StreamedBlock): part is StreamedBlock {
  return "deltas" in part && "block" in part;
}

function withId(part: PlannedBlock, newId: NewId): PlannedBlock {
  if (part.block.type !== "tool_use" || part.block.id !== undefined) return part;
  const { type, ...fields } = part.block;
  return { ...part, block: { type, id: newId("toolu"), ...fields } };
}

/** Signs thinking in order: each block is bound to the request and to what stands before it in the reply, as that comes back. */
function signAll(parts: readonly PlannedBlock[], request: CheckedRequest, signer: Signer): readonly PlannedBlock[] {
  const prefix = new Prefix(request.prompt.segments);
  const fallback = parts.findLastIndex(({ block }) => block.type === "fallback");
  return parts.map((part, at) => {
    const block = signed(part.block, { request, signer, prefix });
    if (at >= fallback || !isDeclined(part.block, parts)) prefix.addReply(block);
    return { ...part, block };
  });
}

function signed(block: Block, { request, signer, prefix }: Pick<Completion, "request" | "signer"> & { readonly prefix: Prefix }): Block {
  if (isThinking(block)) return signer.sign(block, prefix.origin(request.model.family));
  const isSummary = block.type === "compaction" && isRecord(request.body.compaction) && block.signature === undefined;
  return isSummary && typeof block.content === "string" ? signer.signCompaction(block) : block;
}

/** What a client leaves out in front of the last `fallback` block. Source: refusals and fallback documentation. */
function isDeclined(block: Block, parts: readonly PlannedBlock[]): boolean {
  if (isThinking(block) || block.type === "connector_text" || block.type === "tool_use") return true;
  const isCall = block.type === "server_tool_use" || block.type === "mcp_tool_use";
  return isCall && !parts.some((other) => other.block.tool_use_id === block.id);
}

function cutOff(parts: readonly PlannedBlock[], tokensMax: number): { readonly blocks: readonly PlannedBlock[]; readonly wasCut: boolean } {
  const blocks: PlannedBlock[] = [];
  let left = tokensMax;
  for (const part of parts) {
    const cost = outputTokens(part.block);
    if (cost <= left) blocks.push(part);
    else return { blocks: left > 0 ? [...blocks, cutBlock(part, left)] : blocks, wasCut: true };
    left -= cost;
  }
  return { blocks, wasCut: false };
}

function cutBlock(part: PlannedBlock, tokens: number): PlannedBlock {
  const { block } = part;
  if (block.type === "text") return { block: { ...block, text: cutToTokens(textField(block, "text"), tokens) } };
  if (block.type === "thinking") return { block: { ...block, thinking: cutToTokens(textField(block, "thinking"), tokens) } };
  return { block, partialJson: cutToTokens(JSON.stringify(block.input ?? {}), tokens) };
}

function outputTokens(block: Block): number {
  if (block.type === "text") return tokensOfText(textField(block, "text"));
  if (block.type === "thinking") return tokensOfText(textField(block, "thinking"));
  return tokensOfText(JSON.stringify(block.input ?? block));
}

function countUsage(request: CheckedRequest, bill: CacheBill, parts: readonly PlannedBlock[]): Usage {
  const written = bill.written5m + bill.written1h;
  const thinking = sum(parts.filter(({ block }) => isThinking(block)).map(({ block }) => outputTokens(block)));
  return {
    input_tokens: request.prompt.tokens - bill.read - written,
    cache_creation_input_tokens: written,
    cache_read_input_tokens: bill.read,
    cache_creation: { ephemeral_5m_input_tokens: bill.written5m, ephemeral_1h_input_tokens: bill.written1h },
    output_tokens: Math.max(
      1,
      sum(parts.map(({ block, partialJson }) => (partialJson === undefined ? outputTokens(block) : tokensOfText(partialJson)))),
    ),
    output_tokens_details: { thinking_tokens: thinking },
    service_tier: "standard",
    inference_geo: "global",
  };
}
