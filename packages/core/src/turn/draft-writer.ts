import { DraftLog } from "../messages/draft-log.ts";
import type { ReplyFold, StreamEvent } from "../messages/fold.ts";
import type { ReplyChange } from "../messages/reply-change.ts";
import type { ReplyBinding } from "../request/project.ts";
import type { Environment } from "../environment.ts";
import type { BranchWriter } from "../store/branch-writer.ts";

/** A draft is at most this far behind what has arrived; the promise of the design is 250 ms or 4 KB, the store's own time included. */
const BEHIND_MS = 100;
const BEHIND_BYTES = 4096;

/** What a draft says of its reply before any event: what an entry needs and no event carries. */
export interface DraftHead extends ReplyBinding {
  readonly requestId?: string;
}

/** Keeps the part of a reply that has arrived in the store, a little behind, without holding up the stream. */
export class DraftWriter {
  readonly #log: DraftLog;
  readonly #writer: BranchWriter;
  readonly #environment: Environment;
  readonly #draftId: string;
  #head: string;
  #number = 0;
  #writing: Promise<void> | undefined;
  #callOff: (() => void) | undefined;
  #error: { readonly thrown: unknown } | undefined;
  #stopped = false;

  constructor(options: { writer: BranchWriter; environment: Environment; draftId: string; head: DraftHead; fold: ReplyFold }) {
    this.#log = new DraftLog(options.fold);
    this.#writer = options.writer;
    this.#environment = options.environment;
    this.#draftId = options.draftId;
    this.#head = `${JSON.stringify({ type: "draft", ...options.head })}\n`;
  }

  /** Takes an event up. A promise where the store is so far behind that the stream has to wait. */
  add(event: StreamEvent, change: ReplyChange): Promise<void> | undefined {
    if (this.#error) throw this.#error.thrown;
    this.#log.add(event, change);
    if (this.#log.pendingBytes < BEHIND_BYTES) {
      this.#flushSoon();
      return undefined;
    }
    if (this.#writing) return this.#writing;
    this.#flush();
    return undefined;
  }

  /** Stops writing. What is pending is not written: the entry that replaces the draft follows at once. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#callOff?.();
    await this.#writing;
  }

  /** A timer that is set stays set when so much comes that it is not waited for: setting it anew each time would cost more. */
  #flushSoon(): void {
    this.#callOff ??= this.#environment.after(BEHIND_MS, () => {
      this.#callOff = undefined;
      this.#flush();
    });
  }

  #flush(): void {
    // Behind a chunk that failed there is a hole: nothing may follow it.
    if (this.#writing || this.#error) return;
    const text = this.#log.take();
    if (text === undefined) return;
    const chunk = { draftId: this.#draftId, number: this.#number, text: this.#head + text };
    this.#number += 1;
    this.#head = "";
    this.#writing = this.#writer
      .writeDraft(chunk)
      .catch((thrown: unknown) => {
        this.#error = { thrown };
      })
      .finally(() => {
        this.#writing = undefined;
        if (this.#log.pendingBytes > 0 && !this.#stopped) this.#flushSoon();
      });
  }
}
