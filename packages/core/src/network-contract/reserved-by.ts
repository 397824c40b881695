import type { AddressRange } from '../address/address-range.ts';
import type { ObjectReference } from '../finding/finding.ts';
import type { ReservedRange } from './facts.ts';

/** What an object names beside the addresses that are kept of it one by one, for nobody else. */
export function reservedBy({ kind, name }: ObjectReference, ranges: readonly AddressRange[]): readonly ReservedRange[] {
  const reason = `${kind} ${name}, which has more addresses than are read one by one, names it or those around it`;
  return ranges.map(({ first, last }) => ({ first, last, reason }));
}
