import type { ReplyFold } from "../messages/fold.ts";
import { EventReader } from "./event-reader.ts";
import { JoinedEvents } from "./joined-events.ts";
import type { TurnEvent } from "./turn-event.ts";

/**
 * Carries a turn's events to any number of readers. Without a reader nothing waits: events are kept for whoever comes,
 * neighbouring deltas joined, so that memory stays what the reply itself takes. An attached reader that is slow slows the
 * turn, down to the socket; one that leaves its loop is forgotten.
 */
export class EventChannel {
  readonly #kept = new JoinedEvents();
  readonly #readers = new Set<EventReader<unknown>>();
  #ended = false;
  #waits = true;

  /** Hands an event on. A promise where an attached reader is too far behind: it resolves when all have room again. A delta may come with its fold. */
  emit(event: TurnEvent, fold?: ReplyFold): Promise<void> | undefined {
    if (event.type === "turn-end") this.#ended = true;
    this.#kept.add(event, fold);
    if (this.#readers.size === 0) return undefined;
    let full = false;
    for (const reader of this.#readers) {
      reader.push(event);
      full ||= reader.isFull;
    }
    return full && this.#waits ? this.#drained() : undefined;
  }

  /** From here on the turn waits for no reader, however far behind: it has to end. */
  stopWaiting(): void {
    this.#waits = false;
    for (const reader of this.#readers) reader.release();
  }

  /** All events from the first, for one reader; or what `pick` makes of each of them, where that is something. */
  read(): AsyncGenerator<TurnEvent, void, undefined>;
  read<T>(pick: (event: TurnEvent) => T | undefined): AsyncGenerator<T, void, undefined>;
  read(pick: (event: TurnEvent) => unknown = (event) => event): AsyncGenerator<unknown, void, undefined> {
    return new EventReader({
      pick,
      attach: (reader) => {
        // Behind the end nothing comes any more.
        if (!this.#ended) this.#readers.add(reader);
        return this.#kept.toArray();
      },
      leave: (reader) => this.#readers.delete(reader),
    });
  }

  async #drained(): Promise<void> {
    for (const reader of this.#readers) if (this.#waits) await reader.drained();
  }
}
