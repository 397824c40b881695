import type { Address } from '../address/address.ts';
import { parseAddressList } from '../address/address-list.ts';
import { parseAddress } from '../address/address.ts';
import type { NamespaceSnapshot } from '../snapshot/snapshot.ts';

/** What this project wrote last into a namespace: the EgressIPAM and its addresses. */
export interface AllocatedRecord {
  readonly egressIPAM: string;
  readonly addresses: readonly Address[];
}

/** A namespace with its annotation values parsed. */
export interface ParsedNamespace {
  readonly name: string;
  readonly source: NamespaceSnapshot;
  /** Milliseconds since 1970; what does not parse counts as newest. */
  readonly createdAt: number;
  /** The EgressIPAM it claims from. */
  readonly egressIPAM: string | undefined;
  /** The addresses of the `egressips` annotation, in its order. */
  readonly listed: readonly Address[];
  /** Entries of that annotation that are no address, or stand there twice. */
  readonly invalid: readonly string[];
  readonly allocated: AllocatedRecord | undefined;
  readonly unconfirmed: readonly Address[];
}

const none: readonly never[] = [];

/** Parses a namespace's annotations; nothing in them makes it throw. */
export function parseNamespace(source: NamespaceSnapshot): ParsedNamespace {
  const { addresses, invalid } = source.egressIPs === undefined ? { addresses: none, invalid: none } : parseList(source.egressIPs);
  return {
    name: source.name,
    source,
    createdAt: parseTime(source.createdAt),
    egressIPAM: source.egressIPAM === undefined || source.egressIPAM === '' ? undefined : source.egressIPAM,
    listed: addresses,
    invalid,
    allocated: source.allocated === undefined ? undefined : parseAllocated(source.allocated, source.egressIPs, addresses),
    unconfirmed: source.unconfirmed === undefined ? none : parseAddresses(source.unconfirmed),
  };
}

function parseList(text: string): { addresses: readonly Address[]; invalid: readonly string[] } {
  const { addresses, invalid } = parseAddressList(text);
  if (!hasDuplicate(addresses)) return { addresses, invalid };
  const distinct = [...new Set(addresses)];
  return { addresses: distinct, invalid: [...invalid, ...text.split(',').slice(distinct.length)] };
}

function hasDuplicate(addresses: readonly Address[]): boolean {
  for (let index = 1; index < addresses.length; index += 1) {
    for (let earlier = 0; earlier < index; earlier += 1) {
      if (addresses[earlier] === addresses[index]) return true;
    }
    if (index > 32) return new Set(addresses).size !== addresses.length;
  }
  return false;
}

/** Value `EGRESSIPAM/IP1,IP2`. A value that is not of that form is as good as none: it is ours to write anew. */
function parseAllocated(value: string, listedText: string | undefined, listed: readonly Address[]): AllocatedRecord | undefined {
  const slash = value.indexOf('/');
  if (slash <= 0) return undefined;
  const egressIPAM = value.slice(0, slash);
  const same = listedText !== undefined && value.length === slash + 1 + listedText.length && value.endsWith(listedText);
  return { egressIPAM, addresses: same ? listed : [...new Set(parseAddressList(value.slice(slash + 1)).addresses)] };
}

/** The addresses among texts; the others are dropped. */
export function parseAddresses(texts: readonly string[]): readonly Address[] {
  if (texts.length === 0) return none;
  const addresses: Address[] = [];
  for (const text of texts) {
    const address = parseAddress(text);
    if (address !== undefined) addresses.push(address);
  }
  return addresses;
}

/** RFC 3339 to milliseconds since 1970; what does not parse counts as newest, so that it outranks nobody. */
export function parseTime(text: string): number {
  const time = Date.parse(text);
  return Number.isNaN(time) ? Number.MAX_SAFE_INTEGER : time;
}
