import { parseAddress, type Address } from '@egressip-ipam/core';
import { parseIPv4At } from '@egressip-ipam/core/plugin';

const equalsSign = 61;

/**
 * Our record on a HostSubnet, `IP=NAMESPACE,…`: what we put there, and for whom. The names are read when somebody asks,
 * as what a namespace has for sure mostly needs no record.
 */
export class HostedRecord {
  readonly addresses: readonly Address[];
  readonly #text: string;
  #namespaces: readonly string[] | undefined;

  private constructor(text: string, addresses: readonly Address[]) {
    this.#text = text;
    this.addresses = addresses;
  }

  /** Reads a record; what is no address in it is passed over. */
  static parse(text: string): HostedRecord {
    const addresses: Address[] = [];
    eachEntry(text, (address) => addresses.push(address));
    return new HostedRecord(text, addresses);
  }

  /**
   * Reads a record that has, to the letter and in this order, just what the HostSubnet shows, as it mostly does: then
   * its addresses are those that are shown, and nothing is parsed twice. Undefined where it has anything else.
   *
   * @param shown the texts of `egressIPs`
   */
  static parseShown(text: string, shown: readonly string[]): HostedRecord | undefined {
    const addresses: Address[] = [];
    let start = 0;
    for (let position = 0; position < shown.length; position += 1) {
      const entry = shown[position] ?? '';
      const equals = start + entry.length;
      if (!text.startsWith(entry, start) || text.charCodeAt(equals) !== equalsSign) return undefined;
      const address = parseIPv4At(text, start, equals);
      if (address === undefined) return undefined;
      addresses.push(address);
      const end = text.indexOf(',', equals);
      start = end === -1 ? text.length + 1 : end + 1;
    }
    return start === text.length + 1 ? new HostedRecord(text, addresses) : undefined;
  }

  /** The namespace that the record names for an address. */
  namespaceOf(address: Address): string | undefined {
    return this.namespaceAt(this.addresses.indexOf(address));
  }

  /** The namespace at a position of the record. */
  namespaceAt(position: number): string | undefined {
    this.#namespaces ??= namespacesIn(this.#text);
    const namespace = this.#namespaces[position];
    return namespace === '' ? undefined : namespace;
  }
}

/** For each address of a record its namespace; the empty text where the record has none. */
function namespacesIn(text: string): readonly string[] {
  const namespaces: string[] = [];
  eachEntry(text, (_address, equals, end) => namespaces.push(text.slice(equals + 1, end)));
  return namespaces;
}

/** Calls back for every entry with an address: where its equals sign stands, and where it ends. */
function eachEntry(text: string, found: (address: Address, equals: number, end: number) => void): void {
  for (let start = 0; start < text.length;) {
    let end = text.indexOf(',', start);
    if (end === -1) end = text.length;
    let equals = text.indexOf('=', start);
    if (equals === -1 || equals > end) equals = end;
    const address = parseIPv4At(text, start, equals) ?? parseAddress(text.slice(start, equals));
    if (address !== undefined) found(address, equals, end);
    start = end + 1;
  }
}

/** Writes a record; `undefined` for a namespace that nobody knows. */
export function formatHostedIPs(
  entries: readonly (readonly [address: string, namespace: string | undefined])[],
): string {
  return entries.map(([address, namespace]) => `${address}=${namespace ?? ''}`).join(',');
}
