import type { Address } from './address.ts';

/** A set of addresses within a fixed span. Addresses outside of the span are never in it. */
export interface AddressSet {
  /** How many addresses are in the set. */
  readonly size: bigint;
  has(address: Address): boolean;
  /** Puts an address in; false when it was in already. */
  add(address: Address): boolean;
  /** Takes an address out; false when it was not in. */
  delete(address: Address): boolean;
  /** Takes everything out. */
  clear(): void;
  /** Puts a range in; parts outside of the span do not count. */
  addRange(first: Address, last: Address): void;
  /** The lowest address from `first` to `last` that is not in the set. */
  nextFree(first: Address, last: Address): Address | undefined;
  /** Puts the lowest address from `first` to `last` in that is not in the set yet, and returns it. */
  takeNext(first: Address, last: Address): Address | undefined;
  /** How many addresses from `first` to `last` are in the set. */
  countIn(first: Address, last: Address): bigint;
}
