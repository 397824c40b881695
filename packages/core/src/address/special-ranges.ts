import { cidrsOverlap, parseCidr, type Cidr } from './cidr.ts';

interface SpecialRange {
  readonly cidr: Cidr;
  readonly name: string;
}

/**
 * Addresses that no packet may leave a host with (IANA special-purpose registries, RFC 6890; class E: RFC 1112 section
 * 4).
 */
const specialRanges: readonly SpecialRange[] = [
  ['0.0.0.0/8', 'addresses of "this network"'],
  ['127.0.0.0/8', 'loopback addresses'],
  ['169.254.0.0/16', 'link-local addresses'],
  ['224.0.0.0/4', 'multicast addresses'],
  ['240.0.0.0/4', 'class E and broadcast addresses'],
  ['::/127', 'the unspecified and the loopback address'],
  ['fe80::/10', 'link-local addresses'],
  ['ff00::/8', 'multicast addresses'],
].flatMap(([text = '', name = '']) => {
  const cidr = parseCidr(text)?.cidr;
  return cidr === undefined ? [] : [{ cidr, name }];
});

/** What is in a CIDR that no packet may leave a host with, in words with its range; undefined for none. */
export function specialAddressesIn(cidr: Cidr): string | undefined {
  const special = specialRanges.find((range) => cidrsOverlap(range.cidr, cidr));
  return special === undefined ? undefined : `${special.name} (${special.cidr.text})`;
}
