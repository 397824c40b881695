import { countBefore } from './count-before.ts';
import type { Address } from './address.ts';
import type { AddressSet } from './address-set.ts';

/** A row of ranges, in order; never empty. Equally long: a range is what stands at one place of both. */
interface Chunk {
  readonly starts: bigint[];
  readonly ends: bigint[];
}

/** So many ranges a chunk has at the most: what is put in between moves no more than these. */
const mostRanges = 512;

/**
 * A set for spans that are too large for a bitmap, such as an IPv6 /64: sorted,
 * disjoint, non-touching ranges in chunks, found by bisection. Addresses given out in order
 * make one growing range, so that the next free one is where that range ends.
 */
export class SparseAddressSet implements AddressSet {
  readonly #first: bigint;
  readonly #last: bigint;
  readonly #isIPv4: boolean;
  readonly #chunks: Chunk[] = [];
  #count = 0n;

  constructor(first: Address, last: Address) {
    this.#first = BigInt(first);
    this.#last = BigInt(last);
    this.#isIPv4 = typeof first === 'number';
  }

  get size(): bigint {
    return this.#count;
  }

  has(address: Address): boolean {
    return this.#isOurs(address) && BigInt(address) <= this.#endBefore(BigInt(address));
  }

  add(address: Address): boolean {
    if (!this.#isOurs(address) || this.has(address)) return false;
    this.addRange(address, address);
    return true;
  }

  delete(address: Address): boolean {
    if (!this.has(address)) return false;
    const value = BigInt(address);
    const chunk = this.#chunkBefore(value);
    const { starts, ends } = this.#chunks[chunk] ?? none;
    const index = lastUpTo(starts, value);
    const [start, end] = [starts[index], ends[index]];
    this.#count -= 1n;
    if (start === value && end === value) this.#remove(chunk, index);
    else if (start === value) starts[index] = value + 1n;
    else {
      ends[index] = value - 1n;
      if (end !== undefined && end > value) this.#insert(chunk, index + 1, value + 1n, end);
    }
    return true;
  }

  clear(): void {
    this.#chunks.length = 0;
    this.#count = 0n;
  }

  addRange(first: Address, last: Address): void {
    if ((typeof first === 'number') !== this.#isIPv4) return;
    const start = BigInt(first) < this.#first ? this.#first : BigInt(first);
    let end = BigInt(last) > this.#last ? this.#last : BigInt(last);
    if (start > end) return;
    const chunk = Math.max(this.#chunkBefore(start), 0);
    const { starts, ends } = this.#chunks[chunk] ?? none;
    const index = lastUpTo(starts, start);
    const endBefore = ends[index];
    if (endBefore === undefined || endBefore < start - 1n) {
      end = this.#takeOut(chunk, index + 1, end);
      this.#insert(chunk, index + 1, start, end);
      this.#count += end - start + 1n;
    } else if (endBefore < end) {
      end = this.#takeOut(chunk, index + 1, end);
      ends[index] = end;
      this.#count += end - endBefore;
    }
  }

  nextFree(first: Address, last: Address): Address | undefined {
    if ((typeof first === 'number') !== this.#isIPv4) return undefined;
    const start = BigInt(first) < this.#first ? this.#first : BigInt(first);
    const covering = this.#endBefore(start);
    const candidate = covering >= start ? covering + 1n : start;
    if (candidate > (BigInt(last) > this.#last ? this.#last : BigInt(last))) return undefined;
    return this.#isIPv4 ? Number(candidate) : candidate;
  }

  takeNext(first: Address, last: Address): Address | undefined {
    const address = this.nextFree(first, last);
    if (address !== undefined) this.addRange(address, address);
    return address;
  }

  countIn(first: Address, last: Address): bigint {
    if ((typeof first === 'number') !== this.#isIPv4) return 0n;
    const from = BigInt(first);
    const to = BigInt(last);
    let count = 0n;
    for (let position = Math.max(this.#chunkBefore(from), 0); position < this.#chunks.length; position += 1) {
      const { starts, ends } = this.#chunks[position] ?? none;
      for (let index = Math.max(lastUpTo(starts, from), 0); index < starts.length; index += 1) {
        const start = starts[index] ?? 0n;
        const end = ends[index] ?? 0n;
        if (start > to) return count;
        const low = start > from ? start : from;
        const high = end < to ? end : to;
        if (low <= high) count += high - low + 1n;
      }
    }
    return count;
  }

  #isOurs(address: Address): boolean {
    return (
      (typeof address === 'number') === this.#isIPv4 && BigInt(address) >= this.#first && BigInt(address) <= this.#last
    );
  }

  /** Where the last range ends that starts at or before a value; -1 where none does. */
  #endBefore(value: bigint): bigint {
    const { starts, ends } = this.#chunks[this.#chunkBefore(value)] ?? none;
    return ends[lastUpTo(starts, value)] ?? -1n;
  }

  /** The last chunk that starts at or before a value, or -1. */
  #chunkBefore(value: bigint): number {
    return countBefore(this.#chunks.length, (index) => (this.#chunks[index]?.starts[0] ?? 0n) <= value) - 1;
  }

  /** Takes out the ranges from a place on that begin up to one behind an end; the end of all of it. */
  #takeOut(chunk: number, index: number, end: bigint): bigint {
    let reached = end;
    for (;;) {
      const [at, place] = index < (this.#chunks[chunk]?.starts.length ?? 0) ? [chunk, index] : [chunk + 1, 0];
      const start = this.#chunks[at]?.starts[place];
      const last = this.#chunks[at]?.ends[place];
      if (start === undefined || last === undefined || start > reached + 1n) return reached;
      this.#count -= last - start + 1n;
      if (last > reached) reached = last;
      this.#remove(at, place);
    }
  }

  #remove(position: number, index: number): void {
    const { starts, ends } = this.#chunks[position] ?? none;
    starts.splice(index, 1);
    ends.splice(index, 1);
    if (starts.length === 0) this.#chunks.splice(position, 1);
  }

  #insert(position: number, index: number, start: bigint, end: bigint): void {
    const chunk = this.#chunks[position];
    if (chunk === undefined) {
      this.#chunks.push({ starts: [start], ends: [end] });
      return;
    }
    chunk.starts.splice(index, 0, start);
    chunk.ends.splice(index, 0, end);
    if (chunk.starts.length <= mostRanges) return;
    // In order, as lists mostly are, chunks are left full.
    const kept = index === mostRanges ? mostRanges : mostRanges >> 1;
    this.#chunks.splice(position + 1, 0, { starts: chunk.starts.splice(kept), ends: chunk.ends.splice(kept) });
  }
}

const none: Chunk = { starts: [], ends: [] };

/** The last of ascending values that is no larger than another, or -1. */
function lastUpTo(values: readonly bigint[], value: bigint): number {
  return countBefore(values.length, (index) => (values[index] ?? 0n) <= value) - 1;
}
