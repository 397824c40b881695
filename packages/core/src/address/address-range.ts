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
