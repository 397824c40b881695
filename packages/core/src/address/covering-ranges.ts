import type { Address } from './address.ts';
import { mergeRanges, type AddressRange } from './address-range.ts';

/**
 * No more ranges than `most` that have all addresses of some: exactly these where that is enough, else also what lies
 * between those that are nearest to one another. `most` is at least one for each family.
 */
export function coveringRanges(given: readonly AddressRange[], most: number): readonly AddressRange[] {
  const ranges = mergeRanges(given);
  if (ranges.length <= most) return ranges;
  const gaps = ranges.slice(1).map((range, index) => gapBetween(ranges[index], range));
  const widest = gaps
    .map((gap, index) => ({ gap, index }))
    .sort((a, b) => (a.gap === b.gap ? a.index - b.index : a.gap > b.gap ? -1 : 1));
  const kept = new Set(widest.slice(0, most - 1).map(({ index }) => index));
  const covering: AddressRange[] = [];
  let first = ranges[0]?.first;
  for (const [index, { last }] of ranges.entries()) {
    if (index < gaps.length && !kept.has(index)) continue;
    if (first !== undefined) covering.push({ first, last });
    first = ranges[index + 1]?.first;
  }
  return covering;
}

function gapBetween(one: AddressRange | undefined, next: AddressRange): number {
  return one === undefined ? Infinity : distance(one.last, next.first);
}

/** Of two families there is nothing in between. A number is near enough: it says which gaps are wide. */
function distance(one: Address, next: Address): number {
  return typeof one === typeof next ? Number(BigInt(next) - BigInt(one)) : Infinity;
}
