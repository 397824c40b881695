import type { Address } from './address.ts';
import type { AddressSet } from './address-set.ts';

/**
 * A set for spans that are too large for a bitmap, such as an IPv6 /64: sorted,
 * disjoint, non-touching ranges, found by bisection. Addresses given out in order
 * make one growing range, so that the next free one is where that range ends.
 */
export class SparseAddressSet implements AddressSet {
  readonly #first: bigint;
  readonly #last: bigint;
  readonly #isIPv4: boolean;
  readonly #starts: bigint[] = [];
  readonly #ends: bigint[] = [];
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
    if (!this.#isOurs(address)) return false;
    const value = BigInt(address);
    const position = this.#before(value);
    return position !== -1 && value <= (this.#ends[position] ?? -1n);
  }

  add(address: Address): boolean {
    if (!this.#isOurs(address) || this.has(address)) return false;
    this.addRange(address, address);
    return true;
  }

  delete(address: Address): boolean {
    if (!this.has(address)) return false;
    const value = BigInt(address);
    const position = this.#before(value);
    const start = this.#starts[position] ?? value;
    const end = this.#ends[position] ?? value;
    const left: [bigint, bigint][] = start < value ? [[start, value - 1n]] : [];
    const right: [bigint, bigint][] = value < end ? [[value + 1n, end]] : [];
    this.#replace(position, 1, [...left, ...right]);
    this.#count -= 1n;
    return true;
  }

  clear(): void {
    this.#starts.length = 0;
    this.#ends.length = 0;
    this.#count = 0n;
  }

  addRange(first: Address, last: Address): void {
    if ((typeof first === 'number') !== this.#isIPv4) return;
    let start = BigInt(first) < this.#first ? this.#first : BigInt(first);
    let end = BigInt(last) > this.#last ? this.#last : BigInt(last);
    if (start > end) return;
    const before = this.#before(start);
    const from = before !== -1 && (this.#ends[before] ?? -2n) >= start - 1n ? before : before + 1;
    let to = from;
    let covered = 0n;
    for (; to < this.#starts.length && (this.#starts[to] ?? 0n) <= end + 1n; to += 1) {
      const otherStart = this.#starts[to] ?? 0n;
      const otherEnd = this.#ends[to] ?? 0n;
      covered += otherEnd - otherStart + 1n;
      if (otherStart < start) start = otherStart;
      if (otherEnd > end) end = otherEnd;
    }
    this.#count += end - start + 1n - covered;
    this.#replace(from, to - from, [[start, end]]);
  }

  nextFree(first: Address, last: Address): Address | undefined {
    if ((typeof first === 'number') !== this.#isIPv4) return undefined;
    let candidate = BigInt(first) < this.#first ? this.#first : BigInt(first);
    const end = BigInt(last) > this.#last ? this.#last : BigInt(last);
    const position = this.#before(candidate);
    const covering = this.#ends[position];
    if (covering !== undefined && covering >= candidate) candidate = covering + 1n;
    if (candidate > end) return undefined;
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
    for (let position = Math.max(this.#before(from), 0); position < this.#starts.length; position += 1) {
      const start = this.#starts[position] ?? 0n;
      const end = this.#ends[position] ?? 0n;
      if (start > to) break;
      const low = start > from ? start : from;
      const high = end < to ? end : to;
      if (low <= high) count += high - low + 1n;
    }
    return count;
  }

  #isOurs(address: Address): boolean {
    return (
      (typeof address === 'number') === this.#isIPv4 && BigInt(address) >= this.#first && BigInt(address) <= this.#last
    );
  }

  /** The last range that starts at or before a value, or -1. */
  #before(value: bigint): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0n) <= value) low = middle + 1;
      else high = middle - 1;
    }
    return high;
  }

  #replace(position: number, count: number, ranges: readonly (readonly [bigint, bigint])[]): void {
    this.#starts.splice(position, count, ...ranges.map(([start]) => start));
    this.#ends.splice(position, count, ...ranges.map(([, end]) => end));
  }
}
