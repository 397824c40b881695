import { formatAddress, type Address } from '../address/address.ts';
import { parseAddressList } from '../address/address-list.ts';
import type { NamespaceSnapshot } from '../snapshot/snapshot.ts';
import { parseAddresses, parseTime } from './parse-lists.ts';

/** What this project wrote last into a namespace: the EgressIPAM and its addresses. */
export interface AllocatedRecord {
  readonly egressIPAM: string;
  readonly addresses: readonly Address[];
}

const none: readonly never[] = [];

/** More text than any EgressIPAM can ask for: 128 IPv6 addresses take some 5,000 characters. */
const longestList = 8_192;

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
  #texts: readonly string[] | undefined;

  constructor(source: NamespaceSnapshot) {
    const { addresses, invalid } = source.egressIPs === undefined ? emptyList : parseList(source.egressIPs);
    this.name = source.name;
    this.source = source;
    this.egressIPAM = source.egressIPAM === undefined || source.egressIPAM === '' ? undefined : source.egressIPAM;
    this.listed = addresses;
    this.invalid = invalid;
    this.unconfirmed = source.unconfirmed === undefined ? none : parseAddresses(source.unconfirmed);
  }

  /** `listed` as canonical text. */
  get texts(): readonly string[] {
    if (this.#texts === undefined) {
      // IPv4 addresses that parse, and have nothing around them, are canonical as they stand.
      const entries = this.source.egressIPs?.split(',') ?? [];
      const isCanonical = entries.length === this.listed.length && !/[^0-9.,]/.test(this.source.egressIPs ?? '');
      this.#texts = isCanonical ? entries : this.listed.map(formatAddress);
    }
    return this.#texts;
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

  /** Whether it claims nothing, has nothing and never had. */
  get isIdle(): boolean {
    const { egressIPs, allocated } = this.source;
    return (
      this.egressIPAM === undefined && egressIPs === undefined && allocated === undefined && this.unconfirmed.length === 0
    );
  }
}

const emptyList = { addresses: none, invalid: none };

/** Parses a namespace's annotations; nothing in them makes it throw. */
export function parseNamespace(source: NamespaceSnapshot): ParsedNamespace {
  return new ParsedNamespace(source);
}

interface ParsedList {
  readonly addresses: readonly Address[];
  readonly invalid: readonly string[];
}

function parseList(text: string): ParsedList {
  if (text.length > longestList) return { addresses: none, invalid: [text.slice(0, 100)] };
  const { addresses, invalid } = parseAddressList(text);
  if (!hasDuplicate(addresses)) return { addresses, invalid };
  const distinct = [...new Set(addresses)];
  return { addresses: distinct, invalid: [...invalid, ...text.split(',').slice(distinct.length)] };
}

function hasDuplicate(addresses: readonly Address[]): boolean {
  if (addresses.length > 32) return new Set(addresses).size !== addresses.length;
  for (let index = 1; index < addresses.length; index += 1) {
    for (let earlier = 0; earlier < index; earlier += 1) if (addresses[earlier] === addresses[index]) return true;
  }
  return false;
}

/**
 * Value `EGRESSIPAM/IP1,IP2`. A value that is not of that form, or names no address, is as good as none: it is ours to
 * write anew.
 */
function parseAllocated(
  value: string,
  listedText: string | undefined,
  listed: readonly Address[],
): AllocatedRecord | undefined {
  const end = value.indexOf('/');
  if (end <= 0 || value.length > longestList + end) return undefined;
  const same = listedText !== undefined && value.length === end + 1 + listedText.length && value.endsWith(listedText);
  const addresses = same ? listed : [...new Set(parseAddressList(value.slice(end + 1)).addresses)];
  return addresses.length === 0 ? undefined : { egressIPAM: value.slice(0, end), addresses };
}
