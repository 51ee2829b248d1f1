import { replaceProgress } from "./joined-events.ts";
import type { TurnEvent } from "./turn-event.ts";

/** What an attached reader may be behind before the turn waits for it. */
const BACKLOG_MAX = 64;

interface Source<T> {
  /** Takes the reader in, and gives the events that it has missed. */
  attach(reader: EventReader<T>): readonly TurnEvent[];
  leave(reader: EventReader<T>): void;
  /** What the reader wants of an event, if anything. */
  pick(event: TurnEvent): T | undefined;
}

type Step<T> = IteratorResult<T, void>;

/**
 * One reader of a turn's events, attached from its first `next()` on: an async generator in all but the syntax, which would
 * cost several times as much for each event. Questions that are asked at once are answered in order.
 */
export class EventReader<T> implements AsyncGenerator<T, void, undefined> {
  readonly #source: Source<T>;
  #state: "new" | "attached" | "last" | "done" = "new";
  #queue: T[] = [];
  /** How much of the queue is read. */
  #read = 0;
  #asked: ((step: Step<T>) => void)[] = [];
  #onDrained: (() => void)[] = [];

  constructor(source: Source<T>) {
    this.#source = source;
  }

  get isFull(): boolean {
    return this.#queue.length - this.#read > BACKLOG_MAX;
  }

  push(event: TurnEvent): void {
    const item = this.#source.pick(event);
    if (item !== undefined) {
      const answer = this.#asked.shift();
      if (answer !== undefined) answer({ done: false, value: item });
      else if (!Object.is(item, event) || !replaceProgress(this.#queue, event, this.#read)) this.#queue.push(item);
    }
    if (event.type !== "turn-end") return;
    this.#state = "last";
    if (this.#asked.length > 0) this.#end();
  }

  next(): Promise<Step<T>> {
    if (this.#state === "new") {
      this.#state = "attached";
      for (const event of this.#source.attach(this)) this.push(event);
    }
    if (this.#read < this.#queue.length) return Promise.resolve({ done: false, value: this.#shift() });
    if (this.#state === "attached") return new Promise((resolve) => this.#asked.push(resolve));
    return this.return();
  }

  return(): Promise<Step<T>> {
    this.#end();
    return Promise.resolve({ done: true, value: undefined });
  }

  throw(error: unknown): Promise<Step<T>> {
    this.#end();
    return Promise.reject(error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  drained(): Promise<void> {
    return this.isFull ? new Promise((resolve) => this.#onDrained.push(resolve)) : Promise.resolve();
  }

  release(): void {
    for (const resolve of this.#onDrained.splice(0)) resolve();
  }

  #shift(): T {
    const item = this.#queue[this.#read]!;
    this.#read += 1;
    // Seldom enough to cost nothing, often enough to keep nothing that was read.
    if (this.#read === this.#queue.length || (this.#read > BACKLOG_MAX && this.#read * 2 > this.#queue.length)) {
      this.#queue = this.#queue.slice(this.#read);
      this.#read = 0;
    }
    if (this.#onDrained.length > 0 && !this.isFull) this.release();
    return item;
  }

  #end(): void {
    if (this.#state === "done") return;
    this.#state = "done";
    this.#queue = [];
    this.#read = 0;
    this.#source.leave(this);
    this.release();
    for (const answer of this.#asked.splice(0)) answer({ done: true, value: undefined });
  }
}
