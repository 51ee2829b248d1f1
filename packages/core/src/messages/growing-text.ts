/** Pieces are put together when they are this many characters. */
const CHUNK_CHARS = 4096;

/**
 * A string that grows by small pieces. `text += piece` would keep every piece, and a link to it, alive until somebody reads
 * the whole; here the garbage collector meets few strings, and long ones.
 */
export class GrowingText {
  #chunks = "";
  #pieces: string[] = [];
  #pieceChars = 0;

  constructor(start = "") {
    this.add(start);
  }

  add(piece: string): void {
    this.#pieces.push(piece);
    this.#pieceChars += piece.length;
    if (this.#pieceChars >= CHUNK_CHARS) this.#join();
  }

  toString(): string {
    this.#join();
    return this.#chunks;
  }

  #join(): void {
    if (this.#pieceChars > 0) this.#chunks += this.#pieces.join("");
    this.#pieces = [];
    this.#pieceChars = 0;
  }
}
