import { blocksOf, isRecord, textField, type Block } from "./wire.ts";

/** One token for four bytes of UTF-8: near enough for English, deterministic, and easy to check by hand. */
const BYTES_PER_TOKEN = 4;
/** What each change of speaker costs. */
export const TURN_TOKENS = 3;
/** What opens the reply: it stands behind the last block and is never cached (recordings show 3 uncached tokens there). */
export const REPLY_OPENING_TOKENS = 3;
/** Media are counted by the piece, whatever their size. */
const IMAGE_TOKENS = 1_500;
const DOCUMENT_TOKENS = 3_000;

export function tokensOfText(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);
}

/** Approximate input tokens of one content block, system block or tool definition. Cache marks and signatures cost nothing. */
export function tokensOfBlock(block: Block): number {
  switch (block.type) {
    case "text":
      return tokensOfText(textField(block, "text"));
    case "thinking":
      return tokensOfText(textField(block, "thinking"));
    case "image":
      return IMAGE_TOKENS;
    case "document":
      return isRecord(block.source) && typeof block.source.data === "string" && block.source.type === "text"
        ? tokensOfText(block.source.data)
        : DOCUMENT_TOKENS;
    case "tool_result":
      return tokensOfText(String(block.tool_use_id)) + sum(blocksOf(block.content).map(tokensOfBlock));
    case "tool_use":
      return tokensOfText(String(block.name)) + tokensOfText(JSON.stringify(block.input ?? {}));
    default:
      return tokensOfText(JSON.stringify({ ...block, cache_control: undefined }));
  }
}

/** The longest start of a text that is at most so many tokens, never half a character. */
export function cutToTokens(text: string, tokens: number): string {
  const bytes = Buffer.from(text);
  const limit = Math.max(0, tokens) * BYTES_PER_TOKEN;
  if (bytes.length <= limit) return text;
  let end = limit;
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end).toString();
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
