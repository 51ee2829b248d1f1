import type { Block } from "@antiphon/testing/messages-server";
import type { Delivered } from "../trace.ts";

/**
 * Where in what was delivered a reply became whole: at its `message_delta`, if that came before an error and before a second
 * generation in the same stream. -1 where it never did.
 */
export function endOfReply({ events }: Delivered): number {
  if (events[0]?.type !== "message_start") return -1;
  const broken = events.findIndex(({ type }, at) => type === "error" || (type === "message_start" && at > 0));
  return events.slice(0, broken === -1 ? events.length : broken).findIndex(({ type }) => type === "message_delta");
}

export function stopReasonAt({ events }: Delivered, end: number): string | null {
  return (events[end]!.delta as Block & { stop_reason: string | null }).stop_reason;
}
