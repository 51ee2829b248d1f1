/** A repeated tail is this long: shorter ones are chance, longer ones are not read back. */
const OVERLAP_MIN = 16;
const OVERLAP_MAX = 400;

/**
 * How many characters at the start of `next` only repeat the end of `before`: a model that is asked to go on often says
 * again what it said last.
 */
export function overlap(before: string, next: string): number {
  for (let length = Math.min(OVERLAP_MAX, before.length, next.length); length >= OVERLAP_MIN; length -= 1) {
    if (before.endsWith(next.slice(0, length))) return length;
  }
  return 0;
}

/**
 * The same for a text that arrives in pieces: holds back what may turn out to be a repetition, for at most
 * {@link OVERLAP_MAX} characters, and lets everything else through. What comes out is `next` without its overlap.
 */
export class Joint {
  readonly #tail: string;
  #held = "";
  #open = true;

  constructor(before: string) {
    this.#tail = before.slice(-OVERLAP_MAX);
  }

  /** The part of the text that may be shown now. */
  push(text: string): string {
    if (!this.#open) return text;
    this.#held += text;
    return this.#mayStillGrow() ? "" : this.end();
  }

  /** What is left when no more comes. */
  end(): string {
    if (!this.#open) return "";
    this.#open = false;
    return this.#held.slice(overlap(this.#tail, this.#held));
  }

  /** Whether more text could make a longer overlap than there is: some end of the tail goes on where the held text stops. */
  #mayStillGrow(): boolean {
    for (let at = 0; at < this.#tail.length - this.#held.length; at += 1) {
      const length = this.#tail.length - at;
      if (length < OVERLAP_MIN) return false;
      if (this.#tail.startsWith(this.#held, at)) return true;
    }
    return false;
  }
}
