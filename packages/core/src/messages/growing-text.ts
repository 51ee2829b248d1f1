/** Pieces are put together when they are this many characters. */
const CHUNK_CHARS = 4096;

/**
 * A string that grows by small pieces, and of which parts are read meanwhile. `text += piece` would keep every piece, and a link
 * to it, alive until somebody reads the whole; here the garbage collector meets few strings, and long ones.
 */
export class GrowingText {
  #chunks: string[] = [];
  #pieces: string[] = [];
  #pieceChars = 0;
  #length = 0;

  constructor(start = "") {
    this.add(start);
  }

  get length(): number {
    return this.#length;
  }

  add(piece: string): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
    this.#pieceChars += piece.length;
    if (this.#pieceChars >= CHUNK_CHARS) this.#join();
  }

  /** The part from one place to another. Costs what lies behind `from`, in chunks. */
  slice(from: number, to: number): string {
    this.#join();
    let at = this.#chunks.length;
    let start = this.#length;
    while (at > 0 && start > from) {
      at -= 1;
      start -= this.#chunks[at]!.length;
    }
    return this.#chunks
      .slice(at)
      .join("")
      .slice(from - start, to - start);
  }

  toString(): string {
    this.#join();
    if (this.#chunks.length > 1) this.#chunks = [this.#chunks.join("")];
    return this.#chunks[0] ?? "";
  }

  #join(): void {
    if (this.#pieceChars > 0) this.#chunks.push(this.#pieces.join(""));
    this.#pieces = [];
    this.#pieceChars = 0;
  }
}

/** A part of a growing text that grows with it, for as long as what is added there is of this part. */
export class GrowingPart {
  readonly #text: GrowingText;
  readonly #from: number;
  #to: number;

  /** Begins with the piece that the text has grown by last. */
  constructor(text: GrowingText, lastPiece: string) {
    this.#text = text;
    this.#from = text.length - lastPiece.length;
    this.#to = text.length;
  }

  /** Takes in what the text has grown by since: this piece. */
  add(piece: string): void {
    this.#to += piece.length;
  }

  toString(): string {
    return this.#text.slice(this.#from, this.#to);
  }
}
