import type { Outcome } from "../stop/outcome.ts";
import type { UsageTotals } from "../usage/usage-totals.ts";
import type { EventChannel } from "./event-channel.ts";
import type { TurnEvent } from "./turn-event.ts";

/** What a turn came to. */
export interface TurnResult {
  readonly outcome: Outcome;
  /** The text of the reply that ended the turn; continuations after `max_tokens` read as one. */
  readonly text: string;
  /** Summed over every request of the turn whose reply, whole or in part, was stored. */
  readonly usage: UsageTotals;
  readonly conversationId: string;
  /** The branch that the turn extended: another than the conversation's where `whenBusy: "fork"` made one. */
  readonly branchId: string;
}

export interface Accepted {
  /** The entry of the input; `undefined` where the turn had none (`resume`, `regenerate`). */
  readonly entryId: string | undefined;
}

/** One turn, under way. It runs by itself; reading it is optional. */
export class Turn implements AsyncIterable<TurnEvent> {
  /** Resolves when the input is stored: from here on it is not lost. Rejects where it never will be (`busy`, `invalid_input`, a store error). */
  readonly accepted: Promise<Accepted>;
  /** Resolves when the turn has ended, always. What went wrong is its outcome. */
  readonly result: Promise<TurnResult>;
  readonly #events: EventChannel;

  constructor(options: { accepted: Promise<Accepted>; result: Promise<TurnResult>; events: EventChannel }) {
    this.accepted = options.accepted;
    this.result = options.result;
    this.#events = options.events;
    // A caller who only awaits `result` has not asked for this rejection; it is in the outcome too.
    this.accepted.catch(() => undefined);
  }

  /** Every event from the first, whenever reading begins. A slow reader slows the turn; leaving the loop lets it run on. */
  [Symbol.asyncIterator](): AsyncGenerator<TurnEvent, void, undefined> {
    return this.#events.read();
  }

  /** The text as it arrives, over all requests of the turn. */
  get textStream(): AsyncIterable<string> {
    const events = this.#events;
    return {
      async *[Symbol.asyncIterator]() {
        for await (const event of events.read()) if (event.type === "text-delta") yield event.text;
      },
    };
  }
}
