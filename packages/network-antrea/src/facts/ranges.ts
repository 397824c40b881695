import { formatAddress, type Address, type AddressRange } from '@egressip-ipam/core';
import type { IPRange } from '../kinds/ip-range.ts';

/** Antrea tracks no more addresses of one range. */
const mostPerRange = 65_536;
/** More ranges than any EgressIPAM will fill: a pool of a million addresses. */
const mostRanges = 16;

/** Have two ranges an address in common? */
export function overlap(one: AddressRange, other: AddressRange): boolean {
  return typeof one.first === typeof other.first && one.first <= other.last && other.first <= one.last;
}

/**
 * What ranges lack of a CIDR, as ranges to append: what a pool has may be neither changed nor removed. By first and
 * last address, as Antrea leaves the first and the last of a `cidr` out.
 */
export function missingRanges(wanted: AddressRange, present: readonly AddressRange[]): readonly IPRange[] {
  const missing: IPRange[] = [];
  let next: Address = wanted.first;
  const fill = (last: Address): void => {
    for (let start = next; start <= last && missing.length < mostRanges; start = plus(start, mostPerRange)) {
      const end = plus(start, mostPerRange - 1);
      missing.push({ start: formatAddress(start), end: formatAddress(end < last ? end : last) });
    }
  };
  for (const { first, last } of present
    .filter((range) => overlap(range, wanted))
    .sort((a, b) => (a.first < b.first ? -1 : 1))) {
    if (first > next) fill(plus(first, -1));
    if (last >= next) next = plus(last, 1);
  }
  fill(wanted.last);
  return missing;
}

function plus(address: Address, count: number): Address {
  return typeof address === 'number' ? address + count : address + BigInt(count);
}
