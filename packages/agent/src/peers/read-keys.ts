import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const leastLength = 32;
const readEvery = 10_000;

/**
 * Reads the keys of a folder, the newest (last by name) first, and again when ten seconds have passed: a Secret may be
 * renewed.
 */
export function keyReader(folder: string | undefined, now: () => number): () => readonly Buffer[] {
  let keys: readonly Buffer[] = [];
  let readAt = -Infinity;
  return () => {
    if (folder === undefined || now() - readAt < readEvery) return keys;
    readAt = now();
    try {
      // A mounted Secret has hidden links beside its keys.
      const names = readdirSync(folder)
        .filter((name) => !name.startsWith('.'))
        .sort()
        .reverse();
      keys = names.map((name) => readFileSync(join(folder, name))).filter(({ length }) => length >= leastLength);
    } catch {
      // The folder is not there yet, or not any more: what was read last stays.
    }
    return keys;
  };
}
