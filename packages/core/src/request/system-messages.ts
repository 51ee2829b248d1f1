import type { SentMessage } from "./sent-message.ts";

/**
 * Puts `system` messages where the API takes them: behind the user's side of the exchange that they were said in, or behind a
 * server tool's result, and in front of the reply. One that finds no such place yet waits for it, unsent.
 * Source: mid-conversation system messages documentation, limitations.
 */
export function placeSystemMessages(messages: readonly SentMessage[]): readonly SentMessage[] {
  if (!messages.some(({ role }) => role === "system")) return messages;
  const placed: SentMessage[] = [];
  const waiting: SentMessage[] = [];
  let before: SentMessage | undefined;
  for (const [at, message] of messages.entries()) {
    if (message.role === "system") {
      if (before !== undefined && endsInServerResult(before) && nextRole(messages, at) !== "user") placed.push(message);
      else waiting.push(message);
      continue;
    }
    if (message.role === "assistant" && before?.role === "user") placed.push(...waiting.splice(0));
    placed.push(message);
    before = message;
  }
  return before?.role === "user" ? [...placed, ...waiting] : placed;
}

function endsInServerResult({ role, content }: SentMessage): boolean {
  return role === "assistant" && content.at(-1)?.type.endsWith("_tool_result") === true;
}

function nextRole(messages: readonly SentMessage[], at: number): SentMessage["role"] | undefined {
  return messages.slice(at + 1).find(({ role }) => role !== "system")?.role;
}
