import type { Address } from './address.ts';
import type { AddressSet } from './address-set.ts';

/**
 * A two-level bitmap: one bit per address, and above it one bit per word of 32
 * addresses that says the word is full. A search skips 1,024 full addresses a
 * step; `lowest` remembers below which word nothing is free, so that filling in
 * order costs the same per address however many there are.
 */
export class BitmapAddressSet implements AddressSet {
  private readonly base: Address;
  /** The base of an IPv4 span, and 0 for IPv6. */
  private readonly numberBase: number;
  private readonly isIPv4: boolean;
  private readonly length: number;
  /** Words all of whose addresses are in the span. */
  private readonly wholeWords: number;
  private readonly words: Int32Array;
  private readonly full: Int32Array;
  private count = 0;
  /** No word before this one has room. */
  private lowest = 0;

  constructor(first: Address, last: Address) {
    this.base = first;
    this.numberBase = typeof first === 'number' ? first : 0;
    this.isIPv4 = typeof first === 'number';
    this.length = Number(BigInt(last) - BigInt(first)) + 1;
    this.wholeWords = this.length >>> 5;
    this.words = new Int32Array((this.length + 31) >>> 5);
    this.full = new Int32Array((this.words.length + 31) >>> 5);
  }

  get size(): bigint {
    return BigInt(this.count);
  }

  has(address: Address): boolean {
    const offset = this.offset(address);
    return offset !== -1 && (((this.words[offset >>> 5] ?? 0) >>> (offset & 31)) & 1) === 1;
  }

  add(address: Address): boolean {
    const offset = this.isIPv4 && typeof address === 'number' ? address - this.numberBase : this.offset(address);
    if (offset < 0 || offset >= this.length) return false;
    const word = offset >>> 5;
    const bits = this.words[word] ?? 0;
    const updated = bits | (1 << (offset & 31));
    if (updated === bits) return false;
    this.put(word, updated);
    return true;
  }

  delete(address: Address): boolean {
    const offset = this.isIPv4 && typeof address === 'number' ? address - this.numberBase : this.offset(address);
    if (offset < 0 || offset >= this.length) return false;
    const word = offset >>> 5;
    const bits = this.words[word] ?? 0;
    const bit = 1 << (offset & 31);
    if ((bits & bit) === 0) return false;
    this.words[word] = bits & ~bit;
    this.full[word >>> 5] = (this.full[word >>> 5] ?? 0) & ~(1 << (word & 31));
    this.count -= 1;
    if (word < this.lowest) this.lowest = word;
    return true;
  }

  clear(): void {
    this.words.fill(0);
    this.full.fill(0);
    this.count = 0;
    this.lowest = 0;
  }

  addRange(first: Address, last: Address): void {
    const from = this.clamp(first);
    const to = this.clamp(last);
    if (typeof first !== typeof this.base || from >= this.length || to < 0) return;
    const start = Math.max(from, 0);
    const end = Math.min(to, this.length - 1);
    for (let word = start >>> 5; word <= end >>> 5; word += 1) {
      const mask = maskOf(word, start, end);
      const bits = this.words[word] ?? 0;
      const updated = bits | mask;
      if (updated === bits) continue;
      this.count += popCount(updated ^ bits);
      this.words[word] = updated;
      if (updated === -1) this.markFull(word);
    }
  }

  nextFree(first: Address, last: Address): Address | undefined {
    if (this.isIPv4 && typeof first === 'number' && typeof last === 'number') {
      const offset = this.nextFreeOffset(first - this.numberBase, last - this.numberBase);
      return offset === -1 ? undefined : this.numberBase + offset;
    }
    if (typeof first !== typeof this.base) return undefined;
    const offset = this.nextFreeOffset(this.clamp(first), this.clamp(last));
    return offset === -1 ? undefined : this.address(offset);
  }

  takeNext(first: Address, last: Address): Address | undefined {
    if (this.isIPv4 && typeof first === 'number' && typeof last === 'number') {
      const start = first - this.numberBase;
      const end = last - this.numberBase;
      // Mostly the lowest word has room, and all of it is asked for.
      const word = this.lowest;
      const floor = word << 5;
      if (word < this.wholeWords && start <= floor && end >= floor + 31) {
        const bits = this.words[word] ?? -1;
        if (bits !== -1) {
          const bit = ~bits & (bits + 1);
          this.put(word, bits | bit);
          return this.numberBase + floor + 31 - Math.clz32(bit);
        }
      }
      const offset = this.nextFreeOffset(start, end);
      if (offset === -1) return undefined;
      const found = offset >>> 5;
      this.put(found, (this.words[found] ?? 0) | (1 << (offset & 31)));
      return this.numberBase + offset;
    }
    const address = this.nextFree(first, last);
    if (address !== undefined) this.add(address);
    return address;
  }

  /** Writes a word that has one more address in it. */
  private put(word: number, bits: number): void {
    this.words[word] = bits;
    this.count += 1;
    if (bits === -1) this.markFull(word);
  }

  /** The lowest offset from `from` to `to` that is not in the set, or -1. */
  private nextFreeOffset(from: number, to: number): number {
    const start = from > 0 ? from : 0;
    const end = to < this.length ? to : this.length - 1;
    const firstWord = start >>> 5;
    const lowest = this.lowest;
    let word = firstWord > lowest ? firstWord : lowest;
    const words = this.words;
    while (word * 32 <= end) {
      const free = ~(words[word] ?? 0) & (word === firstWord ? -1 << (start & 31) : -1);
      if (free !== 0) {
        const offset = word * 32 + 31 - Math.clz32(free & -free);
        return offset <= end ? offset : -1;
      }
      const next = this.nextWordWithRoom(word + 1);
      // All words from the lowest one to the next are full: searches need not look at them again.
      if (word === lowest && firstWord <= lowest && words[word] === -1)
        this.lowest = next < words.length ? next : words.length;
      word = next;
    }
    return -1;
  }

  countIn(first: Address, last: Address): bigint {
    if (typeof first !== typeof this.base) return 0n;
    const start = Math.max(this.clamp(first), 0);
    const end = Math.min(this.clamp(last), this.length - 1);
    if (start > end) return 0n;
    if (start === 0 && end === this.length - 1) return BigInt(this.count);
    let count = 0;
    for (let word = start >>> 5; word <= end >>> 5; word += 1)
      count += popCount((this.words[word] ?? 0) & maskOf(word, start, end));
    return BigInt(count);
  }

  private nextWordWithRoom(from: number): number {
    let word = from;
    while (word < this.words.length) {
      const room = ~(this.full[word >>> 5] ?? 0) & (-1 << (word & 31));
      if (room !== 0) return (word & ~31) + 31 - Math.clz32(room & -room);
      word = (word | 31) + 1;
    }
    return word;
  }

  private markFull(word: number): void {
    this.full[word >>> 5] = (this.full[word >>> 5] ?? 0) | (1 << (word & 31));
  }

  private offset(address: Address): number {
    const offset = this.isIPv4 === (typeof address === 'number') ? this.clamp(address) : -1;
    return offset >= 0 && offset < this.length ? offset : -1;
  }

  /** The distance from the base, cut to just outside of the span. */
  private clamp(address: Address): number {
    if (typeof address === 'number') return address - this.numberBase;
    const distance = BigInt(address) - BigInt(this.base);
    return distance < 0n ? -1 : distance > 0xffffffffn ? 0xffffffff : Number(distance);
  }

  private address(offset: number): Address {
    return typeof this.base === 'number' ? this.base + offset : this.base + BigInt(offset);
  }
}

/** The bits of a word that lie between two offsets. */
function maskOf(word: number, start: number, end: number): number {
  const low = word === start >>> 5 ? -1 << (start & 31) : -1;
  const high = word === end >>> 5 ? -1 >>> (31 - (end & 31)) : -1;
  return low & high;
}

function popCount(bits: number): number {
  let rest = bits - ((bits >>> 1) & 0x55555555);
  rest = (rest & 0x33333333) + ((rest >>> 2) & 0x33333333);
  return Math.imul((rest + (rest >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
