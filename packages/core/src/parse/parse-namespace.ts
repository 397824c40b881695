import { formatAddress, parseAddress, type Address } from '../address/address.ts';
import { parseAddressList } from '../address/address-list.ts';
import type { NamespaceSnapshot } from '../snapshot/snapshot.ts';
import { hasDuplicate, parseAddresses, parseTime } from './parse-lists.ts';

/** What this project wrote last into a namespace: the EgressIPAM and its addresses. */
export interface AllocatedRecord {
  readonly egressIPAM: string;
  readonly addresses: readonly Address[];
}

const none: readonly never[] = [];
const comma = 44;

/** More text than any EgressIPAM can ask for: 128 IPv6 addresses take some 5,000 characters. */
const longestList = 8_192;

/** What few namespaces are asked for. */
interface ParsedOnDemand {
  unconfirmed?: readonly Address[];
  list?: ParsedList;
  createdAt?: number;
  /** Null until it is asked for. */
  allocated: AllocatedRecord | undefined | null;
}

/** A namespace whose annotation values are parsed when somebody asks, once. */
export class ParsedNamespace {
  readonly name: string;
  readonly source: NamespaceSnapshot;
  /** The EgressIPAM it claims from. */
  readonly egressIPAM: string | undefined;
  #parsed: ParsedOnDemand | undefined;
  /** The addresses of `list` as canonical text, or other texts that say just the same. */
  #texts: readonly string[] | undefined;
  #isOnRecord: boolean | undefined;

  constructor(source: NamespaceSnapshot) {
    this.name = source.name;
    this.source = source;
    this.egressIPAM = source.egressIPAM === undefined || source.egressIPAM === '' ? undefined : source.egressIPAM;
  }

  /** What a write of unknown outcome may have added. */
  get unconfirmed(): readonly Address[] {
    const { unconfirmed } = this.source;
    return unconfirmed === undefined ? none : (this.#onDemand.unconfirmed ??= parseAddresses(unconfirmed));
  }

  get #onDemand(): ParsedOnDemand {
    return (this.#parsed ??= { allocated: null });
  }

  /** The addresses of the `egressips` annotation, in its order. */
  get listed(): readonly Address[] {
    return this.#parsedList.addresses;
  }

  /** Entries of that annotation that are no address, or stand there twice. */
  get invalid(): readonly string[] {
    return this.#parsedList.invalid;
  }

  get #parsedList(): ParsedList {
    return (this.#onDemand.list ??= parseList(this.source.egressIPs));
  }

  /**
   * Whether the annotation is, to the letter, these texts with commas between; of two that are equal, either counts
   * from then on.
   */
  lists(texts: readonly string[]): boolean {
    if (this.#texts === texts) return true;
    if (!isJoined(this.source.egressIPs, texts)) return false;
    this.#texts = texts;
    return true;
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
    return (this.#onDemand.createdAt ??= parseTime(this.source.createdAt));
  }

  /** What this project wrote last. */
  get allocated(): AllocatedRecord | undefined {
    const { allocated, egressIPs } = this.source;
    if (allocated === undefined) return undefined;
    const parsed = this.#onDemand;
    if (parsed.allocated === null) parsed.allocated = parseAllocated(allocated, egressIPs, this.listed);
    return parsed.allocated;
  }

  /** Whether, as mostly, its record names just the EgressIPAM that it claims from and the addresses that it lists. */
  get isOnRecord(): boolean {
    this.#isOnRecord ??= namesJust(this.source);
    return this.#isOnRecord;
  }

  /** Whether it claims nothing, has nothing and never had. */
  get isIdle(): boolean {
    const { egressIPs, allocated } = this.source;
    return (
      this.egressIPAM === undefined &&
      egressIPs === undefined &&
      allocated === undefined &&
      this.unconfirmed.length === 0
    );
  }
}

const emptyList: ParsedList = { addresses: none, invalid: none };

/** Parses a namespace's annotations; nothing in them makes it throw. */
export function parseNamespace(source: NamespaceSnapshot): ParsedNamespace {
  return new ParsedNamespace(source);
}

/** Whether a text is these texts with commas between. */
function isJoined(text: string | undefined, texts: readonly string[]): boolean {
  if (text === undefined || texts.length === 0 || text.length > longestList) return false;
  let start = 0;
  for (let index = 0; index < texts.length; index += 1) {
    const entry = texts[index] ?? '';
    if (index > 0 && text.charCodeAt(start - 1) !== comma) return false;
    if (!text.startsWith(entry, start)) return false;
    start += entry.length + 1;
  }
  return start === text.length + 1;
}

interface ParsedList {
  readonly addresses: readonly Address[];
  readonly invalid: readonly string[];
}

function parseList(text: string | undefined): ParsedList {
  if (text === undefined) return emptyList;
  if (text.length > longestList) return { addresses: none, invalid: [text.slice(0, 100)] };
  const { addresses, invalid } = parseAddressList(text);
  if (!hasDuplicate(addresses)) return { addresses, invalid };
  return { addresses: [...new Set(addresses)], invalid: [...invalid, ...repeatsIn(text)] };
}

/** The entries of a list whose address stands in front of them already, in this spelling or another. */
function repeatsIn(text: string): readonly string[] {
  const seen = new Set<Address>();
  const repeats: string[] = [];
  for (const entry of text.split(',')) {
    const address = parseAddress(entry.trim());
    if (address === undefined) continue;
    if (seen.has(address)) repeats.push(entry.trim());
    seen.add(address);
  }
  return repeats;
}

/** Whether the record of a namespace is, to the letter, what its other annotations say. */
function namesJust({ egressIPAM, egressIPs, allocated }: NamespaceSnapshot): boolean {
  if (egressIPAM === undefined || egressIPs === undefined || allocated === undefined) return false;
  const end = egressIPAM.length;
  if (allocated.length !== end + 1 + egressIPs.length || allocated.indexOf('/') !== end) return false;
  return allocated.startsWith(egressIPAM) && allocated.endsWith(egressIPs);
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
