import { Address6 } from 'ip-address';

/**
 * An address inside the core: an IPv4 address is a `number` (0 … 2³²−1), an IPv6
 * address a `bigint` (0 … 2¹²⁸−1). The type tells the family, so that addresses
 * compare, sort and key maps without an object around them.
 */
export type Address = number | bigint;

const dot = 46;
const zero = 48;
const mappedPrefix = 0xffffn << 32n;

/**
 * Reads an address. Strict: no leading zeros, no short forms, no spaces, no zone,
 * no prefix length. An IPv4-mapped IPv6 address (`::ffff:10.0.0.1`) is the IPv4
 * address that it maps, so that one address never has two identities.
 */
export function parseAddress(text: string): Address | undefined {
  const ipv4 = parseIPv4At(text, 0, text.length);
  if (ipv4 !== undefined) return ipv4;
  return text.includes(':') ? parseIPv6(text) : undefined;
}

/**
 * Reads the IPv4 address that stands in a text from `start` to before `end`;
 * undefined when there is none. Allocates nothing: this is the hot path of parsing.
 */
export function parseIPv4At(text: string, start: number, end: number): number | undefined {
  let address = 0;
  let octet = 0;
  let digits = 0;
  let dots = 0;
  for (let position = start; position < end; position += 1) {
    const code = text.charCodeAt(position);
    if (code === dot) {
      if (digits === 0 || dots === 3) return undefined;
      address = address * 256 + octet;
      octet = 0;
      digits = 0;
      dots += 1;
      continue;
    }
    const digit = code - zero;
    if (digit < 0 || digit > 9 || (digits > 0 && octet === 0)) return undefined;
    octet = octet * 10 + digit;
    digits += 1;
    if (octet > 255) return undefined;
  }
  return dots === 3 && digits > 0 ? address * 256 + octet : undefined;
}

function parseIPv6(text: string): Address | undefined {
  if (text.length > 45 || !/^[0-9a-fA-F:.]+$/.test(text)) return undefined;
  try {
    const value = new Address6(text).bigInt();
    return value >> 32n === mappedPrefix >> 32n ? Number(value & 0xffffffffn) : value;
  } catch {
    return undefined;
  }
}

/** Writes an address: dotted decimal, or RFC 5952 for IPv6. */
export function formatAddress(address: Address): string {
  if (typeof address === 'bigint') return Address6.fromBigInt(address).correctForm();
  const high = Math.floor(address / 65_536);
  return `${high >> 8}.${high & 255}.${(address >> 8) & 255}.${address & 255}`;
}

/** The family of an address. */
export function familyOf(address: Address): 4 | 6 {
  return typeof address === 'number' ? 4 : 6;
}

/** Orders addresses: all of IPv4 before all of IPv6, each by value. */
export function compareAddresses(a: Address, b: Address): number {
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}
