import type { ReplyFold } from "../messages/fold.ts";
import { GrowingPart, GrowingText } from "../messages/growing-text.ts";
import { type GrowingDelta, isGrowingDelta, pieceOf } from "../messages/reply-change.ts";
import type { TurnEvent } from "./turn-event.ts";

/** A delta at the end of the list, while it grows: its place there is taken when it has ended. */
interface Run {
  readonly event: GrowingDelta;
  readonly part: GrowingPart;
  /** The fold that makes its text grow; without one the text is the run's own. */
  readonly fold: ReplyFold | undefined;
  readonly own: GrowingText | undefined;
}

/** Events as a list in which neighbouring deltas of one kind and block are one: as many as a reader could tell apart. */
export class JoinedEvents {
  readonly #events: TurnEvent[] = [];
  #run: Run | undefined;

  /** `fold` is what a delta came from, where it says what the fold said: its text is then not kept twice. */
  add(event: TurnEvent, fold?: ReplyFold): void {
    if (!isGrowingDelta(event)) {
      this.#endRun();
      if (!replaceProgress(this.#events, event)) this.#events.push(event);
      return;
    }
    const piece = pieceOf(event);
    const run = this.#run;
    if (run !== undefined && run.event.type === event.type && run.event.index === event.index && run.fold === fold) {
      run.own?.add(piece);
      run.part.add(piece);
      return;
    }
    this.#endRun();
    const own = fold === undefined ? new GrowingText(piece) : undefined;
    this.#run = { event, fold, own, part: new GrowingPart(own ?? fold!.grown(event), piece) };
  }

  /** A copy; events that were handed out do not change. */
  toArray(): TurnEvent[] {
    this.#endRun();
    return [...this.#events];
  }

  #endRun(): void {
    if (this.#run === undefined) return;
    const { event, part } = this.#run;
    this.#run = undefined;
    this.#events.push(withText(event, part.toString()));
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

function withText(event: GrowingDelta, text: string): GrowingDelta {
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
