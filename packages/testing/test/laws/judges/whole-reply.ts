import type { Block } from "@antiphon/testing/messages-server";
import type { Delivered } from "../trace.ts";

/** Where in what was delivered a reply became whole: at its `message_delta`, if nothing was wrong before. -1 where it never did. */
export function endOfReply(delivered: Delivered): number {
  const broken = firstWrong(delivered);
  return delivered.events.slice(0, broken === -1 ? undefined : broken).findIndex(({ type }) => type === "message_delta");
}

/** The first event that the API would not send there: without a head, as a second generation, out of turn, behind the end; or an error. */
export function firstWrong({ events }: Delivered): number {
  let blocks = 0;
  let isOver = false;
  return events.findIndex(({ type, index }, at) => {
    const isOpening = type === "content_block_start";
    const wrong = isOver || type === "error" || (type === "message_start") !== (at === 0) || (isOpening && index !== blocks);
    if (isOpening) blocks += 1;
    isOver ||= type === "message_stop";
    return wrong;
  });
}

export function stopReasonAt({ events }: Delivered, end: number): string | null {
  return (events[end]!.delta as Block & { stop_reason: string | null }).stop_reason;
}
