import { parseAddress, parseIPv4At, type Address } from './address.ts';

const comma = 44;

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
  const addresses: Address[] = [];
  let invalid: string[] | undefined;
  let start = 0;
  for (let position = 0; position <= text.length; position += 1) {
    if (position < text.length && text.charCodeAt(position) !== comma) continue;
    const fast = parseIPv4At(text, start, position);
    if (fast !== -1) addresses.push(fast);
    else {
      const entry = text.slice(start, position).trim();
      const address = parseAddress(entry);
      if (address !== undefined) addresses.push(address);
      else (invalid ??= []).push(entry);
    }
    start = position + 1;
  }
  if (addresses.length === 0 && text.trim() === '') return { addresses: none, invalid: none };
  return { addresses, invalid: invalid ?? none };
}
