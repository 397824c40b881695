import { compareNames } from '../snapshot/compare-names.ts';

/**
 * A list sorted by name, with one of its entries changed, added or left out.
 *
 * @param update the new entry for what is there under the name, if anything; undefined leaves it out
 */
export function withEntry<Entry extends { readonly name: string }>(
  entries: readonly Entry[],
  name: string,
  update: (entry: Entry | undefined) => Entry | undefined,
): readonly Entry[] {
  const position = entries.findIndex((entry) => entry.name === name);
  const updated = update(entries[position]);
  if (position !== -1) return updated === undefined ? entries.toSpliced(position, 1) : entries.with(position, updated);
  if (updated === undefined) return entries;
  const behind = entries.findIndex((entry) => compareNames(entry.name, name) > 0);
  return entries.toSpliced(behind === -1 ? entries.length : behind, 0, updated);
}
