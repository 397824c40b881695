import { pathToFileURL } from 'node:url';
import { createAddressSet } from '../src/address/address-set.ts';

/** One comparison: times in milliseconds of the same work. */
export interface BenchmarkRow {
  readonly name: string;
  readonly ours: number;
  readonly yardstick: number;
  /** `ours / yardstick`. */
  readonly ratio: number;
  /** The ratio that must not be passed. */
  readonly budget: number;
}

const size = 65_536;
const base = 0x0a000000;
const last = base + size - 1;

/** Compares address sets with a bare loop over the words of a bitmap. */
export async function run(): Promise<BenchmarkRow[]> {
  const shuffled = shuffledOffsets();
  return [
    compare('fill 65,536 addresses, lowest first', fillOurs, fillBare),
    compare('restore 65,536 addresses in random order', () => restoreOurs(shuffled), () => restoreBare(shuffled)),
    compare('churn: release and re-allocate 65,536 times in a full set', churnOurs(shuffled), churnBare(shuffled)),
  ];
}

/** Best of alternating rounds, so that both see the same machine. */
function compare(name: string, ours: () => number, yardstick: () => number): BenchmarkRow {
  const best = [Infinity, Infinity];
  for (let round = 0; round < 60; round += 1) {
    for (const [index, work] of [ours, yardstick].entries()) {
      const start = performance.now();
      const result = work();
      best[index] = Math.min(best[index] ?? Infinity, performance.now() - start);
      if (result !== size) throw new Error(`${name}: ${result} addresses, expected ${size}`);
    }
  }
  const [oursTime = 0, yardstickTime = 0] = best;
  return { name, ours: oursTime, yardstick: yardstickTime, ratio: oursTime / yardstickTime, budget: 2 };
}

function fillOurs(): number {
  const set = createAddressSet(base, last);
  for (let address = set.nextFree(base, last); address !== undefined; address = set.nextFree(base, last)) set.add(address);
  return Number(set.size);
}

/** Takes the lowest free bit at or after a word; the word it was in, or -1. */
function takeBare(words: Uint32Array, from: number): number {
  for (let word = from; word < words.length; word += 1) {
    const free = ~(words[word] ?? 0);
    if (free === 0) continue;
    words[word] = (words[word] ?? 0) | (1 << (31 - Math.clz32(free & -free)));
    return word;
  }
  return -1;
}

function fillBare(): number {
  const words = new Uint32Array(size >>> 5);
  let count = 0;
  for (let word = takeBare(words, 0); word !== -1; word = takeBare(words, word)) count += 1;
  return count;
}

function restoreOurs(offsets: Uint32Array): number {
  const set = createAddressSet(base, last);
  for (const offset of offsets) set.add(base + offset);
  return Number(set.size);
}

function restoreBare(offsets: Uint32Array): number {
  const words = new Uint32Array(size >>> 5);
  let count = 0;
  for (const offset of offsets) {
    const bit = 1 << (offset & 31);
    if (((words[offset >>> 5] ?? 0) & bit) === 0) count += 1;
    words[offset >>> 5] = (words[offset >>> 5] ?? 0) | bit;
  }
  return count;
}

function churnOurs(offsets: Uint32Array): () => number {
  const set = createAddressSet(base, last);
  set.addRange(base, last);
  return () => {
    for (const offset of offsets) {
      set.delete(base + offset);
      const free = set.nextFree(base, last);
      if (free !== undefined) set.add(free);
    }
    return Number(set.size);
  };
}

/**
 * The bare loop remembers, as the set does, below which word nothing is free, and
 * has to find the free one. (A loop that is told the word is some 15 times as fast as the set.)
 */
function churnBare(offsets: Uint32Array): () => number {
  const words = new Uint32Array(size >>> 5).fill(0xffffffff);
  return () => {
    let count = size;
    let lowest = words.length;
    for (const offset of offsets) {
      const word = offset >>> 5;
      lowest = Math.min(lowest, word);
      words[word] = (words[word] ?? 0) & ~(1 << (offset & 31));
      count -= 1;
      lowest = takeBare(words, lowest);
      if (lowest !== -1) count += 1;
    }
    return count;
  };
}

/** All offsets in an order that is random and the same in each run (a full-period linear congruence). */
function shuffledOffsets(): Uint32Array {
  const offsets = new Uint32Array(size);
  let value = 1;
  for (let index = 0; index < size; index += 1) {
    value = (Math.imul(value, 25_173) + 13_849) & (size - 1);
    offsets[index] = value;
  }
  return offsets;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) console.table(await run());
