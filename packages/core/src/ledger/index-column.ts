/**
 * A column that has one index per slot, or none. A small integer each, so that a cluster with a hundred thousand
 * addresses costs no object per address. It grows by itself.
 */
export class IndexColumn<Index extends number> {
  /** One more than the index, so that empty memory means none. */
  #values: Int32Array;

  /** @param size how many slots are expected */
  constructor(size: number) {
    this.#values = new Int32Array(size);
  }

  /** The index at a slot. */
  at(slot: number): Index | undefined {
    const value = this.#values[slot];
    return value === undefined || value === 0 ? undefined : ((value - 1) as Index);
  }

  /** Whether just this index is at a slot. */
  is(slot: number, index: Index): boolean {
    return this.#values[slot] === index + 1;
  }

  /** Whether there is an index at a slot. */
  has(slot: number): boolean {
    const value = this.#values[slot];
    return value !== undefined && value !== 0;
  }

  /** Puts an index at a slot. */
  set(slot: number, index: Index): void {
    this.#roomFor(slot);
    this.#values[slot] = index + 1;
  }

  /** Empties a slot. */
  clear(slot: number): void {
    if (slot < this.#values.length) this.#values[slot] = 0;
  }

  /** Takes over what another column has. */
  copy(other: IndexColumn<Index>): void {
    this.#values = other.#values.slice();
  }

  #roomFor(slot: number): void {
    if (slot < this.#values.length) return;
    const grown = new Int32Array(Math.max(slot + 1, this.#values.length * 2));
    grown.set(this.#values);
    this.#values = grown;
  }
}
