import type { ContentBlock } from "../messages/content-block.ts";
import { serverToolPairs } from "../messages/text.ts";
import { isThinking, withoutCalls } from "./sendable.ts";
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
  let exchange: number[] = [];
  for (const [at, message] of messages.entries()) {
    if (message.role === "assistant") exchange.push(at);
    if (!speaks(message)) continue;
    const { unpairedUses } = serverToolPairs(exchange.flatMap((index) => messages[index]!.content));
    for (const index of exchange) {
      const reply = messages[index]!;
      if (!reply.content.some((block) => unpairedUses.has(block))) continue;
      const content = without(reply.content, unpairedUses);
      kept[index] = { ...reply, content };
      if (reply.entryId !== undefined)
        superseded.push({ entryId: reply.entryId, content, thinkingBlocks: thoughts(reply.content) - thoughts(content) });
    }
    exchange = [];
  }
  return { messages: kept.filter((message) => message.content.length > 0), superseded };
}

/** Whether a server tool call at the end still waits for its result: what follows decides whether it is sent. */
export function hasUnpairedServerTools(messages: readonly SentMessage[]): boolean {
  const exchange = messages.slice(messages.findLastIndex(speaks) + 1).filter(({ role }) => role === "assistant");
  return serverToolPairs(exchange.flatMap(({ content }) => content)).unpairedUses.size > 0;
}

/** Whether a message says anything but tool results, so that the API takes up no pending call behind it. */
function speaks({ role, content }: SentMessage): boolean {
  return role === "user" && content.some((block) => block.type !== "tool_result");
}

/** Thinking cannot end a message, so what stood before a call that goes may go too. */
function without(content: readonly ContentBlock[], unpaired: ReadonlySet<ContentBlock>): readonly ContentBlock[] {
  const kept = withoutCalls(content, unpaired);
  let end = kept.length;
  while (end > 0 && isThinking(kept[end - 1]!)) end -= 1;
  return kept.slice(0, end);
}

function thoughts(content: readonly ContentBlock[]): number {
  return content.filter(isThinking).length;
}
