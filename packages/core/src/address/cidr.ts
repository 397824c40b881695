import { familyOf, formatAddress, parseAddress, type Address } from './address.ts';

/** A CIDR: a network and all its addresses. */
export interface Cidr {
  /** Canonical text, host bits cleared: `10.0.0.0/24`. */
  readonly text: string;
  readonly family: 4 | 6;
  /** Length of the network part, in bits. */
  readonly prefix: number;
  /** The network's own address. */
  readonly first: Address;
  /** The highest address. */
  readonly last: Address;
  /** Number of addresses. */
  readonly size: bigint;
}

/**
 * Reads a CIDR. Host bits are cleared (`10.0.0.5/24` is 10.0.0.0/24) and `masked`
 * says so. Strict like addresses; the prefix length has no sign and no leading zero.
 */
export function parseCidr(text: string): { readonly cidr: Cidr; readonly masked: boolean } | undefined {
  const slash = text.indexOf('/');
  if (slash === -1) return undefined;
  const addressText = text.slice(0, slash);
  const address = parseAddress(addressText);
  const prefixText = text.slice(slash + 1);
  if (address === undefined || !/^(?:0|[1-9][0-9]{0,2})$/.test(prefixText)) return undefined;
  // The prefix of an IPv4-mapped network counts the 96 bits in front.
  const prefix = Number(prefixText) - (typeof address === 'number' && addressText.includes(':') ? 96 : 0);
  if (prefix < 0 || prefix > (typeof address === 'number' ? 32 : 128)) return undefined;
  const cidr = cidrOf(address, prefix);
  return { cidr, masked: cidr.first !== address };
}

function cidrOf(address: Address, prefix: number): Cidr {
  const family = familyOf(address);
  if (typeof address === 'number') {
    const size = 2 ** (32 - prefix);
    const first = Math.floor(address / size) * size;
    return {
      text: `${formatAddress(first)}/${prefix}`,
      family,
      prefix,
      first,
      last: first + size - 1,
      size: BigInt(size),
    };
  }
  const bits = BigInt(128 - prefix);
  const first = (address >> bits) << bits;
  const size = 1n << bits;
  return { text: `${formatAddress(first)}/${prefix}`, family, prefix, first, last: first + size - 1n, size };
}

/** Whether an address lies in a CIDR, or between any other first and last address. */
export function cidrContains(cidr: Pick<Cidr, 'first' | 'last'>, address: Address): boolean {
  return typeof address === typeof cidr.first && address >= cidr.first && address <= cidr.last;
}

/** Whether all of `inner` lies in `outer`. */
export function cidrContainsCidr(outer: Cidr, inner: Cidr): boolean {
  return outer.family === inner.family && inner.first >= outer.first && inner.last <= outer.last;
}

/** Whether two CIDRs share an address. */
export function cidrsOverlap(a: Cidr, b: Cidr): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}
