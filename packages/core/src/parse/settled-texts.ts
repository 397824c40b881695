import { parseIPv4At } from '../address/address.ts';

const comma = 44;
const slash = 47;

/**
 * Reads IPv4 addresses from a list of texts when the same texts, with commas between, are what
 * another text says; in one pass, and without making an object. Returns how many different
 * addresses there are; 0 for anything else, and for more than `most`.
 */
export function readAgreedAddresses(text: string, entries: readonly string[], into: Uint32Array, at: number, most: number): number {
  if (entries.length > most) return 0;
  let position = 0;
  for (let index = 0; index < entries.length; index += 1) {
    const entry = entries[index] ?? '';
    if (index > 0 && text.charCodeAt(position++) !== comma) return 0;
    const address = text.startsWith(entry, position) ? parseIPv4At(entry, 0, entry.length) : -1;
    if (address === -1) return 0;
    for (let earlier = 0; earlier < index; earlier += 1) if (into[at + earlier] === address) return 0;
    into[at + index] = address;
    position += entry.length;
  }
  return position === text.length ? entries.length : 0;
}

/** Whether our record of a namespace is `EGRESSIPAM/LIST` with just the two annotations beside it. */
export function recordAgrees(egressIPAM: string, egressIPs: string, allocated: string): boolean {
  return allocated.length === egressIPAM.length + 1 + egressIPs.length && allocated.charCodeAt(egressIPAM.length) === slash && allocated.startsWith(egressIPAM) && allocated.endsWith(egressIPs);
}

/** Whether our record of a HostSubnet, `IP=NAMESPACE,…`, is of just these addresses, in their order. */
export function recordsJust(record: string, entries: readonly string[]): boolean {
  let start = 0;
  for (const entry of entries) {
    const end = start + entry.length;
    if (start > record.length || record.charCodeAt(end) !== equals || !record.startsWith(entry, start)) return false;
    const next = record.indexOf(',', end);
    start = next === -1 ? record.length + 1 : next + 1;
  }
  return start === record.length + 1;
}

const equals = 61;
