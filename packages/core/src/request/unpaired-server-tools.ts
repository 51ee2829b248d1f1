import type { ContentBlock } from "../messages/content-block.ts";
import { serverToolPairs } from "../messages/text.ts";
import { isThinking } from "./sendable.ts";
import type { SentMessage } from "./sent-message.ts";

export interface SupersededReply {
  readonly entryId: string;
  /** What is sent of it from here on. */
  readonly content: readonly ContentBlock[];
  /** How many thinking blocks go with the call. */
  readonly thinkingBlocks: number;
}

export interface WithoutUnpaired {
  readonly messages: readonly SentMessage[];
  /** What has to be stored as `superseded` before this is sent, so that it stays. */
  readonly superseded: readonly SupersededReply[];
}

/**
 * Leaves out server tool calls that nobody will answer any more: the API runs a pending one only while what follows it is
 * nothing, or tool results alone. Once a person has said something there, the call is stored and not sent.
 * Source: "`web_fetch` tool use with id ... was found without a corresponding block" (server tools documentation).
 */
export function dropUnpairedServerTools(messages: readonly SentMessage[]): WithoutUnpaired {
  const superseded: SupersededReply[] = [];
  const kept = [...messages];
  for (let start = 0; start < messages.length; ) {
    let end = start + 1;
    if (messages[start]!.role === "assistant") {
      while (end < messages.length && messages[end]!.role === "assistant") end += 1;
      if (somebodySpeaks(messages, end)) {
        const { unpairedUses } = serverToolPairs(messages.slice(start, end).flatMap((message) => message.content));
        for (let at = start; at < end; at += 1) {
          const message = messages[at]!;
          if (!message.content.some((block) => unpairedUses.has(block))) continue;
          const content = without(message.content, unpairedUses);
          kept[at] = { ...message, content };
          if (message.entryId !== undefined) superseded.push({ entryId: message.entryId, content, thinkingBlocks: thoughts(message.content) - thoughts(content) });
        }
      }
    }
    start = end;
  }
  return { messages: superseded.length > 0 ? kept.filter((message) => message.content.length > 0) : messages, superseded };
}

/** Whether the messages from `at` to the next assistant message say anything but tool results. */
function somebodySpeaks(messages: readonly SentMessage[], at: number): boolean {
  for (let next = at; next < messages.length && messages[next]!.role !== "assistant"; next += 1) {
    if (messages[next]!.content.some((block) => block.type !== "tool_result")) return true;
  }
  return false;
}

/** Thinking behind the call goes with it: it is bound to a prefix that is not sent. Thinking cannot end a message either. */
function without(content: readonly ContentBlock[], unpaired: ReadonlySet<ContentBlock>): readonly ContentBlock[] {
  const gap = content.findIndex((block) => unpaired.has(block));
  const kept = content.filter((block, at) => at < gap || !(unpaired.has(block) || isThinking(block)));
  let end = kept.length;
  while (end > 0 && isThinking(kept[end - 1]!)) end -= 1;
  return kept.slice(0, end);
}

function thoughts(content: readonly ContentBlock[]): number {
  return content.filter(isThinking).length;
}
