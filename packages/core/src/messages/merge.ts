import type { ContentBlock, Message } from "./content-block.ts";

/**
 * The messages as the API reads them: neighbours of one role are one message, and in a user message the tool results come
 * first. `system` messages stay apart, since each may carry fields of its own. Pure and linear. What needs no change is
 * returned by identity: messages, their content and every block.
 * Source: "consecutive user or assistant turns will be combined into a single turn" (Messages API reference); tool results
 * first (tool use documentation).
 */
export function mergeMessages(messages: readonly Message[]): Message[] {
  const merged: Message[] = [];
  for (let at = 0; at < messages.length;) {
    const end = endOfRun(messages, at);
    merged.push(end === at + 1 ? inOrder(messages[at]!) : inOrder(joined(messages.slice(at, end))));
    at = end;
  }
  return merged;
}

function endOfRun(messages: readonly Message[], start: number): number {
  const { role } = messages[start]!;
  let end = start + 1;
  if (role === "system") return end;
  while (end < messages.length && messages[end]!.role === role) end += 1;
  return end;
}

function joined(run: readonly Message[]): Message {
  return { role: run[0]!.role, content: run.flatMap((message) => message.content) };
}

function inOrder(message: Message): Message {
  if (message.role !== "user" || resultsComeFirst(message.content)) return message;
  const results = message.content.filter(isToolResult);
  const others = message.content.filter((block) => !isToolResult(block));
  return { ...message, content: [...results, ...others] };
}

function resultsComeFirst(content: readonly ContentBlock[]): boolean {
  return content.every((block, at) => at === 0 || !isToolResult(block) || isToolResult(content[at - 1]!));
}

function isToolResult(block: ContentBlock): boolean {
  return block.type === "tool_result";
}
