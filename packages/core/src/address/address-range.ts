import { countBefore } from './count-before.ts';
import { parseAddress, type Address } from './address.ts';
import { parseCidr, type Cidr } from './cidr.ts';

/** All addresses from the first to the last, both of one family. */
export interface AddressRange {
  readonly first: Address;
  readonly last: Address;
}

/** Reads an address, a CIDR, or a range `first-last` (spaces around the dash do not count). */
export function parseRange(text: string): AddressRange | undefined {
  const trimmed = text.trim();
  const dash = trimmed.indexOf('-');
  if (dash !== -1) {
    const first = parseAddress(trimmed.slice(0, dash).trim());
    const last = parseAddress(trimmed.slice(dash + 1).trim());
    return first === undefined || last === undefined || typeof first !== typeof last || first > last
      ? undefined
      : { first, last };
  }
  if (trimmed.includes('/')) return parseCidr(trimmed)?.cidr;
  const address = parseAddress(trimmed);
  return address === undefined ? undefined : { first: address, last: address };
}

/** Ranges in order, those that overlap as one; IPv4 comes first. */
export function mergeRanges(ranges: readonly AddressRange[]): readonly AddressRange[] {
  const merged: AddressRange[] = [];
  for (const range of [...ranges].sort((a, b) => compareAddresses(a.first, b.first))) {
    const last = merged.at(-1);
    if (last === undefined || compareAddresses(range.first, last.last) > 0) merged.push(range);
    else if (range.last > last.last) merged[merged.length - 1] = { first: last.first, last: range.last };
  }
  return merged;
}

/** The one of some ranges, as {@link mergeRanges} gives them, that has an address. */
export function rangeWith(ranges: readonly AddressRange[], address: Address): AddressRange | undefined {
  const range = ranges[firstReaching(ranges, address)];
  return range !== undefined && compareAddresses(range.first, address) <= 0 ? range : undefined;
}

/** Those of some ranges, as {@link mergeRanges} gives them, that have an address of another one. */
export function rangesWithin(ranges: readonly AddressRange[], { first, last }: AddressRange): readonly AddressRange[] {
  const from = firstReaching(ranges, first);
  let end = from;
  for (let range = ranges[end]; range !== undefined && compareAddresses(range.first, last) <= 0; range = ranges[end])
    end += 1;
  return ranges.slice(from, end);
}

/** Where the first range stands that does not end before an address. */
function firstReaching(ranges: readonly AddressRange[], address: Address): number {
  return countBefore(ranges.length, (index) => {
    const range = ranges[index];
    return range !== undefined && compareAddresses(range.last, address) < 0;
  });
}

/** Orders addresses; those of IPv4 come first. */
export function compareAddresses(a: Address, b: Address): number {
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
  return a < b ? -1 : Number(a > b);
}

/** What an address is that a network keeps for itself, in words; undefined for every other one. */
export function roleInNetwork(cidr: Cidr, address: Address): string | undefined {
  if (!platformReserved(cidr).some(({ first }) => first === address)) return undefined;
  if (address === cidr.last) return 'the broadcast address';
  return cidr.family === 4 ? 'the network address' : 'the subnet-router anycast address';
}

/**
 * What a network keeps for itself: its own address and the broadcast address of an
 * IPv4 network up to /30 (a /31 is RFC 3021's point-to-point link, a /32 one host),
 * and the subnet-router anycast address of an IPv6 network up to /126 (RFC 4291 2.6.1).
 */
export function platformReserved(cidr: Cidr): readonly AddressRange[] {
  const network = { first: cidr.first, last: cidr.first };
  if (cidr.family === 6) return cidr.prefix <= 126 ? [network] : [];
  return cidr.prefix <= 30 ? [network, { first: cidr.last, last: cidr.last }] : [];
}
