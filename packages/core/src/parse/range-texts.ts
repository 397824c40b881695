import { formatAddress, parseAddress } from '../address/address.ts';
import type { AddressRange } from '../address/address-range.ts';
import { coveringRanges } from '../address/covering-ranges.ts';
import { parseAddresses } from './parse-lists.ts';

/** First and last address, as texts. */
export type RangeText = readonly [first: string, last: string];

/** So few that anybody's object may have them. */
const most = 64;

/** What has all addresses in some texts, in few ranges: perhaps also what lies between them. */
export function rangesAround(texts: readonly string[]): readonly RangeText[] {
  const alone = parseAddresses(texts).map((address) => ({ first: address, last: address }));
  return coveringRanges(alone, most).map(({ first, last }) => [formatAddress(first), formatAddress(last)]);
}

/** Such ranges; what is no address in them is passed over. */
export function rangesIn(texts: readonly RangeText[]): readonly AddressRange[] {
  return texts.flatMap(([from, to]) => {
    const [first, last] = [parseAddress(from), parseAddress(to)];
    return first === undefined || last === undefined ? [] : [{ first, last }];
  });
}
