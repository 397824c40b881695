import type { Address } from './address.ts';
import type { AddressSet } from './address-set.ts';
import { BitmapAddressSet } from './bitmap-address-set.ts';
import { SparseAddressSet } from './sparse-address-set.ts';

/** Up to 2²⁴ addresses a bitmap is small (2 MiB) and fast; beyond, only what is in the set takes memory. */
const bitmapLimit = 1n << 24n;

/**
 * Makes an empty set for the addresses from `first` to `last`.
 *
 * @example
 * ```ts
 * import { createAddressSet, formatAddress, parseCidr } from '@egressip-ipam/core';
 *
 * const { cidr } = parseCidr('10.1.0.0/28') ?? {};
 * if (cidr !== undefined) {
 *   const address = createAddressSet(cidr.first, cidr.last).takeNext(cidr.first, cidr.last);
 *   console.log(address === undefined ? 'full' : formatAddress(address)); // 10.1.0.0
 * }
 * ```
 */
export function createAddressSet(first: Address, last: Address): AddressSet {
  return BigInt(last) - BigInt(first) < bitmapLimit
    ? new BitmapAddressSet(first, last)
    : new SparseAddressSet(first, last);
}
