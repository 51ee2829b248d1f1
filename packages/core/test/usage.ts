import type { ContentBlock } from "../src/messages/content-block.ts";
import type { StreamEvent } from "../src/messages/fold.ts";
import { replied } from "./scripted-client.ts";
import { messageDelta, start } from "./stream-events.ts";

/** The stream of a whole reply that reports this usage. */
export function repliedWith(
  usage: Readonly<Record<string, number>>,
  content: readonly ContentBlock[],
  stopReason = "end_turn",
): StreamEvent[] {
  return [start(), ...replied(content).slice(1, -2), messageDelta(stopReason, { usage }), { type: "message_stop" }];
}
