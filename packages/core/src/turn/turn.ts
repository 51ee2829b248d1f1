import type { Outcome } from "../stop/outcome.ts";
import type { UsageTotals } from "../usage/usage-totals.ts";
import type { EventChannel } from "./event-channel.ts";
import type { TurnEvent } from "./turn-event.ts";

/** What a turn came to. */
export interface TurnResult<T = unknown> {
  readonly outcome: Outcome;
  /**
   * The value that the reply says, where its form was asked for: what the format's `parse` made of it, or what its JSON says. Of a reply
   * that was cut off, refused or is in another form there is none, and the outcome says so.
   */
  readonly output?: T;
  /** The text of the reply that ended the turn; continuations after `max_tokens` read as one. */
  readonly text: string;
  /** Summed over every request of the turn that was told a usage, also where nothing of its reply could be stored. */
  readonly usage: UsageTotals;
  readonly conversationId: string;
  /** The branch that the turn extended: another than the conversation's where `whenBusy: "fork"` made one. */
  readonly branchId: string;
}

/** What `turn.accepted` resolves to. */
export interface Accepted {
  /** The entry of the input; `undefined` where the turn had none (`resume`, `regenerate`). */
  readonly entryId: string | undefined;
}

/** One turn, under way. It runs by itself; reading it is optional. */
export class Turn<T = unknown> implements AsyncIterable<TurnEvent> {
  /** Resolves when the input is stored: from here on it is not lost. Rejects where it never will be (`busy`, `invalid_input`, a store error). */
  readonly accepted: Promise<Accepted>;
  /**
   * Resolves when the turn has ended, never rejects: what went wrong is its outcome. A turn waits for its readers, so it does not
   * end while one stands still: do not await this inside the loop that reads the turn, nor behind an iterator that is kept and
   * not pulled on. Leave the loop first, or read to the end. A turn whose signal aborts waits for nobody.
   */
  readonly result: Promise<TurnResult<T>>;
  readonly #events: EventChannel;

  constructor(options: { accepted: Promise<Accepted>; result: Promise<TurnResult<T>>; events: EventChannel }) {
    this.accepted = options.accepted;
    this.result = options.result;
    this.#events = options.events;
    // A caller who only awaits `result` has not asked for this rejection; it is in the outcome too.
    this.accepted.catch(() => undefined);
  }

  /**
   * Every event from the first, whenever reading begins. A reader that is more than a few dozen events behind holds the turn up
   * until it has caught up; one that leaves its loop (or calls `return()` on its iterator) lets the turn run on.
   */
  [Symbol.asyncIterator](): AsyncGenerator<TurnEvent, void, undefined> {
    return this.#events.read();
  }

  /** The text as it arrives, over all requests of the turn, a prefill in front of what goes on from it. Each loop over it is a reader of its own, from the first text on. */
  get textStream(): AsyncIterable<string> {
    const events = this.#events;
    const textOf = (event: TurnEvent): string | undefined =>
      event.type === "text-delta" || event.type === "prefill-start" ? event.text : undefined;
    return { [Symbol.asyncIterator]: () => events.read(textOf) };
  }
}
