import type { ContentBlock } from "../messages/content-block.ts";

/** Bytes of UTF-8 that say something to the model: what is sealed for the API alone, cache marks and media are not among them. */
export function saidBytes(value: unknown): number {
  return bytesOf(JSON.stringify(value, (key, part: unknown) => (SEALED.has(key) || isMedia(part) ? undefined : part)) ?? "");
}

/** Tokens of the media in a value, as far as that can be told from outside. */
export function mediaTokens(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, part) => sum + mediaTokens(part), 0);
  if (typeof value !== "object" || value === null) return 0;
  if (isMedia(value)) return MEDIA_TOKENS[(value as ContentBlock).type]!;
  const { content, messages } = value as { content?: unknown; messages?: unknown };
  return mediaTokens(content) + mediaTokens(messages);
}

const SEALED: ReadonlySet<string> = new Set([
  "signature",
  "encrypted_content",
  "encrypted_index",
  "encrypted_stdout",
  "cache_control",
  "data",
]);

/**
 * An image of the size that the API makes of larger ones, and one page of a document. Source: vision documentation (about
 * 1,600 tokens at most), PDF support documentation (1,500 to 3,000 tokens a page).
 */
const MEDIA_TOKENS: Readonly<Record<string, number>> = { image: 1600, document: 3000 };

function isMedia(value: unknown): boolean {
  const { type, source } = (value ?? {}) as { type?: unknown; source?: { type?: unknown } };
  return typeof type === "string" && Object.hasOwn(MEDIA_TOKENS, type) && source?.type !== "text" && source?.type !== "content";
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
