import { parseAddress, parseIPv4At, type Address } from './address.ts';

/** A list of addresses as read from a text. */
export interface ParsedAddressList {
  readonly addresses: readonly Address[];
  /** Entries that are no address, trimmed, as they stand in the text. */
  readonly invalid: readonly string[];
}

const none: readonly never[] = [];

/**
 * Reads a comma-separated list. Spaces around entries do not count. A blank text
 * is an empty list; an empty entry among others is invalid.
 */
export function parseAddressList(text: string): ParsedAddressList {
  const addresses = parsePlainList(text);
  return addresses === undefined ? parseAnyList(text) : { addresses, invalid: none };
}

/** The usual case: IPv4 addresses with commas between and nothing else, read without making a text for each. */
function parsePlainList(text: string): readonly Address[] | undefined {
  let count = 1;
  for (let position = text.indexOf(','); position !== -1; position = text.indexOf(',', position + 1)) count += 1;
  const addresses = new Array<Address>(count);
  let start = 0;
  for (let index = 0; index < count; index += 1) {
    const comma = text.indexOf(',', start);
    const end = comma === -1 ? text.length : comma;
    const address = parseIPv4At(text, start, end);
    if (address === undefined) return undefined;
    addresses[index] = address;
    start = end + 1;
  }
  return addresses;
}

function parseAnyList(text: string): ParsedAddressList {
  if (text.trim() === '') return { addresses: none, invalid: none };
  const addresses: Address[] = [];
  const invalid: string[] = [];
  for (const entry of text.split(',')) {
    const address = parseAddress(entry.trim());
    if (address === undefined) invalid.push(entry.trim());
    else addresses.push(address);
  }
  return { addresses, invalid };
}
