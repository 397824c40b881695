import type { Address } from './address.ts';
import { cidrContains, type Cidr } from './cidr.ts';
import { firstOverlaps } from './first-overlaps.ts';
import { RangeIndex } from './range-index.ts';

/** A CIDR of a list, as a range. */
interface HeldRange {
  readonly first: Address;
  readonly last: Address;
  readonly position: number;
}

/** Of so few holders one is found as fast by looking at each. */
const few = 4;

const known = new WeakMap<readonly object[], RangeIndex<HeldRange>>();

/**
 * The first of a list whose CIDR has an address, and where it stands in the list; undefined when it lies in none. What
 * is made for a list to find it fast is kept as long as the list is, which must not change.
 */
export function firstWith<Holder extends { readonly cidr: Cidr }>(
  holders: readonly Holder[],
  address: Address,
): { readonly holder: Holder; readonly position: number } | undefined {
  if (holders.length <= few) {
    for (let position = 0; position < holders.length; position += 1) {
      const holder = holders[position];
      if (holder !== undefined && cidrContains(holder.cidr, address)) return { holder, position };
    }
    return undefined;
  }
  let index = known.get(holders);
  if (index === undefined) known.set(holders, (index = indexOf(holders)));
  const position = index.find(address)?.position;
  const holder = position === undefined ? undefined : holders[position];
  return position === undefined || holder === undefined ? undefined : { holder, position };
}

const apart = new WeakMap<readonly object[], boolean>();

/** Whether no two CIDRs of a list, which must not change, have an address in common. */
export function areApart(holders: readonly { readonly cidr: Cidr }[]): boolean {
  let are = apart.get(holders);
  if (are === undefined) {
    are = firstOverlaps(holders.map(({ cidr }) => cidr)).every((other) => other === undefined);
    apart.set(holders, are);
  }
  return are;
}

function indexOf(holders: readonly { readonly cidr: Cidr }[]): RangeIndex<HeldRange> {
  return new RangeIndex(holders.map(({ cidr: { first, last } }, position) => ({ first, last, position })));
}
