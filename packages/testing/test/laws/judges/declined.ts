import type { Block } from "@antiphon/testing/messages-server";

/** What the API wants back of a reply that another model went on with. Source: refusals and fallback documentation. */
export function withoutDeclined(content: readonly Block[]): readonly Block[] {
  const last = content.findLastIndex(({ type }) => type === "fallback");
  const isOpen = ({ type, id }: Block): boolean => type.endsWith("tool_use") && !content.some(({ tool_use_id }) => tool_use_id === id);
  return content.filter((block, at) => at >= last || !(isThinking(block) || isOpen(block)));
}

export function isThinking({ type }: Block): boolean {
  return type === "thinking" || type === "redacted_thinking";
}
