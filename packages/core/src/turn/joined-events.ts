import { GrowingText } from "../messages/growing-text.ts";
import type { TurnEvent } from "./turn-event.ts";

/** Events as a list in which neighbouring deltas of one kind and block are one: as many as a reader could tell apart. */
export class JoinedEvents {
  readonly #events: TurnEvent[] = [];
  /** The delta at the end of the list, while it grows: its place there is taken when it has ended. */
  #run: { readonly event: Delta; readonly text: GrowingText } | undefined;

  add(event: TurnEvent): void {
    if (!isDelta(event)) {
      this.#endRun();
      if (!replaceProgress(this.#events, event)) this.#events.push(event);
    } else if (this.#run?.event.type === event.type && this.#run.event.index === event.index) {
      this.#run.text.add(textOf(event));
    } else {
      this.#endRun();
      this.#run = { event, text: new GrowingText(textOf(event)) };
    }
  }

  /** A copy; events that were handed out do not change. */
  toArray(): TurnEvent[] {
    this.#endRun();
    return [...this.#events];
  }

  #endRun(): void {
    if (this.#run === undefined) return;
    const { event, text } = this.#run;
    this.#run = undefined;
    this.#events.push(withText(event, text.toString()));
  }
}

/**
 * Puts progress in the place of the same call's progress at the end, where there is any: a tool that tells much fills no memory.
 * Looks no further back than `from`.
 */
export function replaceProgress(events: unknown[], event: TurnEvent, from = 0): boolean {
  if (event.type !== "tool-progress") return false;
  // There are at most as many in a row as calls run side by side.
  for (let at = events.length - 1; at >= from; at -= 1) {
    const before = events[at] as Partial<TurnEvent>;
    if (before.type !== "tool-progress") return false;
    if (before.toolUseId !== event.toolUseId) continue;
    events[at] = event;
    return true;
  }
  return false;
}

type Delta = Extract<TurnEvent, { readonly type: "text-delta" | "thinking-delta" | "tool-input-delta" }>;

function isDelta(event: TurnEvent): event is Delta {
  return event.type === "text-delta" || event.type === "thinking-delta" || event.type === "tool-input-delta";
}

function textOf(event: Delta): string {
  switch (event.type) {
    case "text-delta":
      return event.text;
    case "thinking-delta":
      return event.thinking;
    case "tool-input-delta":
      return event.json;
    default:
      return event satisfies never;
  }
}

function withText(event: Delta, text: string): Delta {
  switch (event.type) {
    case "text-delta":
      return { ...event, text };
    case "thinking-delta":
      return { ...event, thinking: text };
    case "tool-input-delta":
      return { ...event, json: text };
    default:
      return event satisfies never;
  }
}
