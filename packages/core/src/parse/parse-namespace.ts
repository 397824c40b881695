import type { Address } from '../address/address.ts';
import { parseAddressList } from '../address/address-list.ts';
import { parseAddress } from '../address/address.ts';
import type { NamespaceSnapshot } from '../snapshot/snapshot.ts';

/** What this project wrote last into a namespace: the EgressIPAM and its addresses. */
export interface AllocatedRecord {
  readonly egressIPAM: string;
  readonly addresses: readonly Address[];
}

const none: readonly never[] = [];

/** A namespace with its annotation values parsed; what few plans ask for is parsed when they do. */
export class ParsedNamespace {
  readonly name: string;
  readonly source: NamespaceSnapshot;
  /** The EgressIPAM it claims from. */
  readonly egressIPAM: string | undefined;
  /** The addresses of the `egressips` annotation, in its order. */
  readonly listed: readonly Address[];
  /** Entries of that annotation that are no address, or stand there twice. */
  readonly invalid: readonly string[];
  readonly unconfirmed: readonly Address[];
  #createdAt: number | undefined;
  #allocated: AllocatedRecord | undefined | null = null;

  constructor(source: NamespaceSnapshot) {
    const { addresses, invalid } = source.egressIPs === undefined ? emptyList : parseList(source.egressIPs);
    this.name = source.name;
    this.source = source;
    this.egressIPAM = source.egressIPAM === undefined || source.egressIPAM === '' ? undefined : source.egressIPAM;
    this.listed = addresses;
    this.invalid = invalid;
    this.unconfirmed = source.unconfirmed === undefined ? none : parseAddresses(source.unconfirmed);
  }

  /** Milliseconds since 1970; what does not parse counts as newest. */
  get createdAt(): number {
    this.#createdAt ??= parseTime(this.source.createdAt);
    return this.#createdAt;
  }

  /** What this project wrote last. */
  get allocated(): AllocatedRecord | undefined {
    if (this.#allocated === null) {
      const { allocated, egressIPs } = this.source;
      this.#allocated = allocated === undefined ? undefined : parseAllocated(allocated, egressIPs, this.listed);
    }
    return this.#allocated;
  }
}

const emptyList = { addresses: none, invalid: none };

/** Parses a namespace's annotations; nothing in them makes it throw. */
export function parseNamespace(source: NamespaceSnapshot): ParsedNamespace {
  return new ParsedNamespace(source);
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

/** Value `EGRESSIPAM/IP1,IP2`. A value that is not of that form, or names no address, is as good as none: it is ours to write anew. */
function parseAllocated(value: string, listedText: string | undefined, listed: readonly Address[]): AllocatedRecord | undefined {
  const end = value.indexOf('/');
  if (end <= 0) return undefined;
  const same = listedText !== undefined && value.length === end + 1 + listedText.length && value.endsWith(listedText);
  const addresses = same ? listed : [...new Set(parseAddressList(value.slice(end + 1)).addresses)];
  return addresses.length === 0 ? undefined : { egressIPAM: value.slice(0, end), addresses };
}

/** The addresses among texts; the others are dropped. */
export function parseAddresses(texts: readonly string[]): readonly Address[] {
  if (texts.length === 0) return none;
  const addresses = new Array<Address>(texts.length);
  let count = 0;
  for (let index = 0; index < texts.length; index += 1) {
    const address = parseAddress(texts[index] ?? '');
    if (address === undefined) continue;
    addresses[count] = address;
    count += 1;
  }
  return count === texts.length ? addresses : addresses.slice(0, count);
}

/** RFC 3339 to milliseconds since 1970; what does not parse counts as newest, so that it outranks nobody. */
export function parseTime(text: string): number {
  const time = Date.parse(text);
  return Number.isNaN(time) ? Number.MAX_SAFE_INTEGER : time;
}

/** Whether two lists are the same, in the same order. */
export function sameInOrder(a: readonly Address[], b: readonly Address[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false;
  return true;
}
