const MOST_ARRIVALS = 4_096;

/**
 * Gathers a body in one growing block, so that a server that sends single bytes costs no more than its bytes, and
 * remembers when the pieces came.
 */
export class ByteCollector {
  #block = new Uint8Array();
  #size = 0;
  readonly #limit: number;
  readonly arrivals: [atMs: number, bytes: number][] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#size;
  }

  /** False when the limit is passed; what fits is kept. */
  add(piece: Uint8Array, atMs: number): boolean {
    const count = Math.min(piece.length, this.#limit - this.#size);
    if (this.#size + count > this.#block.length) {
      const grown = new Uint8Array(
        Math.min(this.#limit, Math.max(this.#block.length * 2, this.#size + count)),
      );
      grown.set(this.#block.subarray(0, this.#size));
      this.#block = grown;
    }
    this.#block.set(piece.subarray(0, count), this.#size);
    this.#size += count;
    const last = this.arrivals.at(-1);
    if (last && this.arrivals.length === MOST_ARRIVALS) last[1] += count;
    else this.arrivals.push([atMs, count]);
    return count === piece.length;
  }

  bytes(): Uint8Array {
    return this.#block.slice(0, this.#size);
  }
}
