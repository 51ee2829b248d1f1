import type { CheckedRequest } from "./rules/check-request.ts";
import { isThinking, Prefix, type Signer } from "./signatures.ts";
import { eventData, type Frame } from "./sse.ts";
import { isRecord, textField, type Block } from "./wire.ts";

/**
 * Remembers the thinking of a recording that is played, so that it is accepted when it comes back as it went out: its signatures
 * were made elsewhere, but the client got them from here.
 */
export function rememberThinking(frames: readonly Frame[], request: CheckedRequest, signer: Signer): void {
  const prefix = new Prefix(request.prompt.segments);
  for (const block of playedBlocks(frames)) {
    if (isThinking(block)) signer.sign(block, prefix.origin(request.model.family));
    prefix.addReply(block);
  }
}

function playedBlocks(frames: readonly Frame[]): readonly Block[] {
  const [only] = frames;
  if (frames.length === 1 && only!.event === "body") return contentOf(only!);
  const blocks: Record<string, unknown>[] = [];
  for (const event of frames.map(eventData)) {
    if (event === undefined || typeof event.index !== "number") continue;
    if (isRecord(event.content_block)) blocks[event.index] = { ...event.content_block };
    const block = blocks[event.index];
    if (block !== undefined && isRecord(event.delta)) applyDelta(block, event.delta);
  }
  return blocks.filter((block): block is Block & Record<string, unknown> => typeof block?.type === "string").map(withInput);
}

function applyDelta(block: Record<string, unknown>, delta: Record<string, unknown>): void {
  for (const name of ["text", "thinking", "partial_json"]) if (name in delta) block[name] = textField(block, name) + textField(delta, name);
  if (delta.type === "signature_delta") block.signature = delta.signature;
  if (delta.type === "citations_delta") block.citations = [...(Array.isArray(block.citations) ? block.citations : []), delta.citation];
}

/** A tool call streams its input as JSON; one that was cut off has none. */
function withInput({ partial_json: json, ...block }: Block): Block {
  if (typeof json !== "string" || json === "") return block;
  try {
    return { ...block, input: JSON.parse(json) };
  } catch {
    return block;
  }
}

function contentOf(frame: Frame): readonly Block[] {
  try {
    const message: unknown = JSON.parse(Buffer.from(frame.bytes).toString());
    return isRecord(message) && Array.isArray(message.content) ? message.content.filter((block): block is Block => isRecord(block)) : [];
  } catch {
    return [];
  }
}
