import { addressBytes, compareAddresses } from '../stand-in/address-bytes.ts';
import { addressOfCidr, canonicalAddress, isVersion6, prefixOfCidr } from '../stand-in/addresses.ts';
import type { IpRange } from './antrea-objects.ts';

/** First and last address of a range, canonical. */
export interface Bounds {
  readonly first: string;
  readonly last: string;
}

/** The addresses of a range as written, network and broadcast address included; undefined for what is no range. */
export function boundsOf({ cidr, start, end }: IpRange): Bounds | undefined {
  if (cidr === undefined) {
    const [first, last] = [canonicalAddress(start ?? ''), canonicalAddress(end ?? '')];
    return first === undefined || last === undefined || isVersion6(first) !== isVersion6(last)
      ? undefined
      : { first, last };
  }
  const base = addressOfCidr(cidr);
  if (base === undefined) return undefined;
  const masked = (fill: number): string => {
    const prefix = prefixOfCidr(cidr);
    return textOf(
      addressBytes(base).map((byte, index) => {
        const host = 0xff >> Math.min(8, Math.max(0, prefix - index * 8));
        return (byte & ~host) | (fill & host);
      }),
    );
  };
  return { first: masked(0), last: masked(0xff) };
}

/** Does Antrea hand the address out of this range? Of a `cidr` not the first and the last. */
export function rangeHas(range: IpRange, address: string): boolean {
  const bounds = boundsOf(range);
  if (!bounds || isVersion6(bounds.first) !== isVersion6(address)) return false;
  const [low, high] = [compareAddresses(address, bounds.first), compareAddresses(address, bounds.last)];
  return range.cidr === undefined ? low >= 0 && high <= 0 : low > 0 && high < 0;
}

/** Have two ranges an address in common? */
export function overlap(left: Bounds, right: Bounds): boolean {
  return (
    isVersion6(left.first) === isVersion6(right.first) &&
    compareAddresses(left.first, right.last) <= 0 &&
    compareAddresses(right.first, left.last) <= 0
  );
}

/**
 * The first address of a range that may be handed out and is not taken. At most 65,536 are looked at, as Antrea tracks
 * no more.
 */
export function firstFree(range: IpRange, isTaken: (address: string) => boolean): string | undefined {
  const bounds = boundsOf(range);
  if (!bounds) return undefined;
  const bytes = addressBytes(bounds.first);
  for (let count = 0; count < 65_536; count++) {
    const address = textOf(bytes);
    if (compareAddresses(address, bounds.last) > 0) return undefined;
    if (rangeHas(range, address) && !isTaken(address)) return address;
    for (let index = bytes.length - 1; index >= 0; index--) {
      const next = ((bytes[index] ?? 0) + 1) & 0xff;
      bytes[index] = next;
      if (next !== 0) break;
    }
  }
  return undefined;
}

function textOf(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0)).toString(16),
  );
  return canonicalAddress(groups.join(':')) ?? '';
}
