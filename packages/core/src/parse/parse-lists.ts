import { parseAddress, type Address } from '../address/address.ts';
import { parseCidr, type Cidr } from '../address/cidr.ts';

const none: readonly never[] = [];

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

/**
 * Texts themselves, where each is an IPv4 address, and so the only way to write it, and no two are the same; undefined
 * where that is not sure.
 */
export function canonicalTexts(texts: readonly string[], addresses: readonly Address[]): readonly string[] | undefined {
  if (texts.length !== addresses.length) return undefined;
  for (let index = 0; index < texts.length; index += 1) {
    // An IPv4 address may be written as an IPv6 one.
    if (typeof addresses[index] !== 'number' || texts[index]?.includes(':') === true) return undefined;
  }
  return hasDuplicate(addresses) ? undefined : texts;
}

/** Whether a list has an address twice. */
export function hasDuplicate(addresses: readonly Address[]): boolean {
  if (addresses.length > 32) return new Set(addresses).size !== addresses.length;
  for (let index = 1; index < addresses.length; index += 1) {
    for (let earlier = 0; earlier < index; earlier += 1) if (addresses[earlier] === addresses[index]) return true;
  }
  return false;
}

/** The CIDRs among texts; the others are dropped. */
export function parseCidrs(texts: readonly string[]): readonly Cidr[] {
  return texts.flatMap((text) => parseCidr(text)?.cidr ?? []);
}

/** RFC 3339 to milliseconds since 1970; what does not parse counts as newest, so that it outranks nobody. */
export function parseTime(text: string): number {
  const time = Date.parse(text);
  return Number.isNaN(time) ? Number.MAX_SAFE_INTEGER : time;
}

/** Whether two lists are the same, in the same order. */
export function sameInOrder<Item>(a: readonly Item[], b: readonly Item[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false;
  return true;
}

/** Those of a list that are there: the list itself, where, as mostly, all are. */
export function presentIn<Item>(items: readonly (Item | undefined)[]): readonly Item[] {
  const isThere = (item: Item | undefined): item is Item => item !== undefined;
  return items.every(isThere) ? items : items.filter(isThere);
}

/** Whether two lists have the same addresses, in any order. */
export function sameAddresses(a: readonly Address[], b: readonly Address[]): boolean {
  return sameInOrder(a, b) || (a.length === b.length && a.every((address) => b.includes(address)));
}
