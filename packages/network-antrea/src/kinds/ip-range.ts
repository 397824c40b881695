import { parseAddress, parseCidr, type AddressRange } from '@egressip-ipam/core';

/** Either `cidr`, or `start` and `end`; as written. */
export interface IPRange {
  readonly cidr?: string;
  readonly start?: string;
  readonly end?: string;
}

/** The addresses of a range; undefined for what is none. */
export function boundsOf({ cidr, start, end }: IPRange): AddressRange | undefined {
  if (cidr !== undefined) return parseCidr(cidr)?.cidr;
  const [first, last] = [parseAddress(start ?? ''), parseAddress(end ?? '')];
  return first === undefined || last === undefined || typeof first !== typeof last || first > last
    ? undefined
    : { first, last };
}
