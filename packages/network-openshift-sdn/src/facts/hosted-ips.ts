import { parseAddress, parseIPv4At, type Address } from '@egressip-ipam/core';

/** The addresses of a HostSubnet's record, `IP=NAMESPACE,…`; what is no address is passed over. */
export function parseHostedIPs(record: string): readonly Address[] {
  const addresses: Address[] = [];
  for (let start = 0; start < record.length; ) {
    let end = record.indexOf(',', start);
    if (end === -1) end = record.length;
    let equals = record.indexOf('=', start);
    if (equals === -1 || equals > end) equals = end;
    const fast = parseIPv4At(record, start, equals);
    const address = fast === -1 ? parseAddress(record.slice(start, equals)) : fast;
    if (address !== undefined) addresses.push(address);
    start = end + 1;
  }
  return addresses;
}

/** The namespaces of a HostSubnet's record, taken apart at the first question. */
export class RecordedNamespaces {
  readonly #record: string;
  #byAddress: ReadonlyMap<Address, string> | undefined;

  constructor(record: string) {
    this.#record = record;
  }

  /** The namespace that the record names for an address. */
  of(address: Address): string | undefined {
    this.#byAddress ??= parseNamespaces(this.#record);
    return this.#byAddress.get(address);
  }
}

function parseNamespaces(record: string): ReadonlyMap<Address, string> {
  const namespaces = new Map<Address, string>();
  for (const entry of record.split(',')) {
    const [text = '', namespace = ''] = entry.split('=', 2);
    const address = parseAddress(text);
    if (address !== undefined && namespace !== '') namespaces.set(address, namespace);
  }
  return namespaces;
}

/** Writes a record; `undefined` for a namespace that nobody knows. */
export function formatHostedIPs(entries: readonly (readonly [address: string, namespace: string | undefined])[]): string {
  return entries.map(([address, namespace]) => `${address}=${namespace ?? ''}`).join(',');
}
