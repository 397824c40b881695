import { pathToFileURL } from 'node:url';
import { createAddressSet } from '../src/address/create-address-set.ts';
import { row, type BenchmarkRow } from './benchmark.ts';

const size = 65_536;
const base = 0x0a000000;
const last = base + size - 1;

/** Compares address sets with a bare loop over the words of a bitmap. */
export async function run(): Promise<BenchmarkRow[]> {
  const shuffled = shuffledOffsets();
  return [
    compare('fill 65,536 addresses, lowest first', fillOurs, fillBare),
    compare(
      'restore 65,536 addresses in random order',
      () => restoreOurs(shuffled),
      () => restoreBare(shuffled),
    ),
    compare('churn: release and re-allocate 65,536 times in a full set', churnOurs(shuffled), churnBare(shuffled)),
  ];
}

/**
 * Best of alternating rounds, so that both see the same machine; many, so that both are compiled as well as they can
 * be.
 */
function compare(name: string, ours: () => number, yardstick: () => number): BenchmarkRow {
  const best = [Infinity, Infinity];
  for (let round = 0; round < 300; round += 1) {
    for (const [index, work] of [ours, yardstick].entries()) {
      const start = performance.now();
      const result = work();
      best[index] = Math.min(best[index] ?? Infinity, performance.now() - start);
      if (result !== size) throw new Error(`${name}: ${result} addresses, expected ${size}`);
    }
  }
  const [oursTime = 0, yardstickTime = 0] = best;
  return row(name, oursTime, yardstickTime, 2);
}

function fillOurs(): number {
  const set = createAddressSet(base, last);
  let highest = 0;
  for (let address = set.takeNext(base, last); address !== undefined; address = set.takeNext(base, last))
    highest = Number(address);
  return highest === last ? Number(set.size) : 0;
}

/** A bare loop over words that gives out the lowest free address, time after time. */
function fillBare(): number {
  const words = new Uint32Array(size >>> 5);
  let word = 0;
  let count = 0;
  let highest = 0;
  for (;;) {
    while (word < words.length && words[word] === 0xffffffff) word += 1;
    if (word === words.length) break;
    const free = ~(words[word] ?? 0);
    const bit = 31 - Math.clz32(free & -free);
    words[word] = (words[word] ?? 0) | (1 << bit);
    highest = base + word * 32 + bit;
    count += 1;
  }
  return highest === last ? count : 0;
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
      set.takeNext(base, last);
    }
    return Number(set.size);
  };
}

/**
 * A bare bitmap of two levels, as plain as it can be written: words, a bit per full
 * word, and the lowest word that may have room.
 */
function churnBare(offsets: Uint32Array): () => number {
  const words = new Uint32Array(size >>> 5).fill(0xffffffff);
  const full = new Uint32Array(words.length >>> 5).fill(0xffffffff);
  let lowest = words.length;
  return () => {
    let count = size;
    for (const offset of offsets) {
      const released = offset >>> 5;
      words[released] = (words[released] ?? 0) & ~(1 << (offset & 31));
      full[released >>> 5] = (full[released >>> 5] ?? 0) & ~(1 << (released & 31));
      if (released < lowest) lowest = released;
      count -= 1;
      let group = lowest >>> 5;
      while (group < full.length && full[group] === 0xffffffff) group += 1;
      const room = ~(full[group] ?? 0);
      const word = group * 32 + 31 - Math.clz32(room & -room);
      const free = ~(words[word] ?? 0);
      words[word] = (words[word] ?? 0) | (1 << (31 - Math.clz32(free & -free)));
      if (words[word] === 0xffffffff) full[group] = (full[group] ?? 0) | (1 << (word & 31));
      lowest = word;
      count += 1;
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

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  console.table(await run());
