const mostPieces = 256;

/**
 * Bytes that come in pieces, up to a limit. Also of very many very small pieces little more is kept than their bytes.
 */
export class GatheredBytes {
  readonly limit: number;
  #joined: Buffer[] = [];
  #pieces: Buffer[] = [];
  #length = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** How many there are; of those beyond the limit, too, which are not kept. */
  get length(): number {
    return this.#length;
  }

  /** Takes in a piece; false when there are more than the limit now, and then all of them are dropped. */
  add(piece: Buffer): boolean {
    this.#length += piece.length;
    if (this.#length > this.limit) {
      this.#joined = [];
      this.#pieces = [];
      return false;
    }
    if (this.#pieces.push(piece) >= mostPieces) {
      this.#joined.push(Buffer.concat(this.#pieces));
      this.#pieces = [];
    }
    return true;
  }

  /** All of them in one, and none is kept any more. */
  take(): Buffer {
    const [only] = this.#pieces;
    const all =
      only !== undefined && this.#joined.length === 0 && this.#pieces.length === 1
        ? only
        : Buffer.concat([...this.#joined, ...this.#pieces]);
    this.#joined = [];
    this.#pieces = [];
    this.#length = 0;
    return all;
  }
}
