import type { TurnEvent } from "./turn-event.ts";

/** Events that an attached reader may be behind before the turn waits for it. */
const BACKLOG_MAX = 64;

/**
 * Carries a turn's events to any number of readers. Without a reader nothing waits: events are kept for whoever comes,
 * neighbouring deltas joined, so that memory stays what the reply itself takes. An attached reader that is slow slows the
 * turn, down to the socket; one that leaves its loop is forgotten.
 */
export class EventChannel {
  readonly #kept: TurnEvent[] = [];
  readonly #readers = new Set<Reader>();
  #ended = false;
  #waits = true;

  /** Hands an event on. A promise where an attached reader is too far behind: it resolves when all have room again. */
  emit(event: TurnEvent): Promise<void> | undefined {
    if (event.type === "turn-end") this.#ended = true;
    keep(this.#kept, event);
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

  /** All events from the first, for one reader. */
  async *read(): AsyncGenerator<TurnEvent, void, undefined> {
    const reader = new Reader([...this.#kept]);
    this.#readers.add(reader);
    try {
      for (;;) {
        const event = reader.shift() ?? (this.#ended ? undefined : await reader.next());
        if (event === undefined) return;
        yield event;
        if (event.type === "turn-end") return;
      }
    } finally {
      this.#readers.delete(reader);
      reader.leave();
    }
  }

  async #drained(): Promise<void> {
    for (const reader of this.#readers) if (this.#waits) await reader.drained();
  }
}

class Reader {
  #queue: TurnEvent[];
  #wake: (() => void) | undefined;
  #onDrained: (() => void)[] = [];
  #left = false;

  constructor(missed: TurnEvent[]) {
    this.#queue = missed;
  }

  get isFull(): boolean {
    return !this.#left && this.#queue.length > BACKLOG_MAX;
  }

  push(event: TurnEvent): void {
    if (!replaceProgress(this.#queue, event)) this.#queue.push(event);
    this.#wake?.();
    this.#wake = undefined;
  }

  shift(): TurnEvent | undefined {
    const event = this.#queue.shift();
    if (!this.isFull) this.release();
    return event;
  }

  async next(): Promise<TurnEvent | undefined> {
    if (this.#queue.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.shift();
  }

  drained(): Promise<void> {
    return this.isFull ? new Promise((resolve) => this.#onDrained.push(resolve)) : Promise.resolve();
  }

  leave(): void {
    this.#left = true;
    this.release();
  }

  release(): void {
    for (const resolve of this.#onDrained.splice(0)) resolve();
  }
}

/** Joins a delta to the one before it where a reader could not tell. */
function keep(events: TurnEvent[], event: TurnEvent): void {
  if (replaceProgress(events, event)) return;
  const last = events.at(-1);
  const joined = last && join(last, event);
  if (joined === undefined) events.push(event);
  else events[events.length - 1] = joined;
}

/** Puts progress in the place of the same call's progress at the end, where there is any: a tool that tells much fills no memory. */
function replaceProgress(events: TurnEvent[], event: TurnEvent): boolean {
  if (event.type !== "tool-progress") return false;
  // There are at most as many in a row as calls run side by side.
  for (let at = events.length - 1; at >= 0; at -= 1) {
    const before = events[at]!;
    if (before.type !== "tool-progress") return false;
    if (before.toolUseId !== event.toolUseId) continue;
    events[at] = event;
    return true;
  }
  return false;
}

function join(last: TurnEvent, event: TurnEvent): TurnEvent | undefined {
  if (!("index" in last) || !("index" in event) || last.index !== event.index) return undefined;
  if (last.type === "text-delta" && event.type === "text-delta") return { ...last, text: last.text + event.text };
  if (last.type === "thinking-delta" && event.type === "thinking-delta") return { ...last, thinking: last.thinking + event.thinking };
  if (last.type === "tool-input-delta" && event.type === "tool-input-delta") return { ...last, json: last.json + event.json };
  return undefined;
}
