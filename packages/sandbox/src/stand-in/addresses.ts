import { BlockList, isIPv4, isIPv6 } from 'node:net';

/**
 * The canonical form of an address (IPv6 compressed, lower case); undefined for anything else, CIDR notation included.
 */
export function canonicalAddress(text: string): string | undefined {
  if (isIPv4(text)) return text;
  // A zone such as %eth0 is no part of an address.
  if (!isIPv6(text) || text.includes('%')) return undefined;
  return new URL(`http://[${text}]`).hostname.slice(1, -1);
}

/** Is this canonical address an IPv6 one? */
export function isVersion6(address: string): boolean {
  return address.includes(':');
}

/** The address part of `ADDRESS/PREFIX`, canonical; undefined when it is none. */
export function addressOfCidr(cidr: string): string | undefined {
  return canonicalAddress(cidr.split('/')[0] ?? '');
}

/** The prefix length of `ADDRESS/PREFIX`; 0 when there is none. */
export function prefixOfCidr(cidr: string): number {
  return Number(cidr.split('/')[1] ?? 0);
}

const networks = new Map<string, BlockList>();

/** Is the address inside the CIDR? False for a CIDR that is none. */
export function cidrContains(cidr: string, address: string): boolean {
  // A BlockList finds IPv4 addresses in ::/64 too, as mapped ones.
  if (isVersion6(cidr) !== isVersion6(address)) return false;
  let network = networks.get(cidr);
  if (!network) {
    network = new BlockList();
    const base = addressOfCidr(cidr);
    if (base !== undefined && /^[^/]+\/\d{1,3}$/.test(cidr))
      network.addSubnet(base, prefixOfCidr(cidr), isVersion6(base) ? 'ipv6' : 'ipv4');
    networks.set(cidr, network);
  }
  return network.check(address, isVersion6(address) ? 'ipv6' : 'ipv4');
}
