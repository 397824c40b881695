import { parseAddress, parseIPv4At, type Address } from '@egressip-ipam/core';

/** Our record on a HostSubnet, `IP=NAMESPACE,…`: what we put there, and for whom. */
export class HostedRecord {
  readonly addresses: readonly Address[];
  /** For each address its namespace; the empty text where the record has none. */
  readonly namespaces: readonly string[];

  private constructor(addresses: readonly Address[], namespaces: readonly string[]) {
    this.addresses = addresses;
    this.namespaces = namespaces;
  }

  /** Reads a record; what is no address in it is passed over. */
  static parse(record: string): HostedRecord {
    const addresses: Address[] = [];
    const namespaces: string[] = [];
    for (let start = 0; start < record.length; ) {
      let end = record.indexOf(',', start);
      if (end === -1) end = record.length;
      let equals = record.indexOf('=', start);
      if (equals === -1 || equals > end) equals = end;
      const fast = parseIPv4At(record, start, equals);
      const address = fast === -1 ? parseAddress(record.slice(start, equals)) : fast;
      if (address !== undefined) {
        addresses.push(address);
        namespaces.push(record.slice(equals + 1, end));
      }
      start = end + 1;
    }
    return new HostedRecord(addresses, namespaces);
  }

  /** The namespace that the record names for an address. */
  namespaceOf(address: Address): string | undefined {
    return this.namespaceAt(this.addresses.indexOf(address));
  }

  /** The namespace at a position of the record. */
  namespaceAt(position: number): string | undefined {
    const namespace = this.namespaces[position];
    return namespace === '' ? undefined : namespace;
  }
}

/** Writes a record; `undefined` for a namespace that nobody knows. */
export function formatHostedIPs(
  entries: readonly (readonly [address: string, namespace: string | undefined])[],
): string {
  return entries.map(([address, namespace]) => `${address}=${namespace ?? ''}`).join(',');
}
