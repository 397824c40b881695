import type { FindingCode } from '../finding/codes.ts';

/** Reasons to wait that the owner of a namespace alone can mend, by what the annotations ask for. */
const ownersToMend: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'AddressInUse',
  'AddressNotHostable',
  'AddressOutsideCIDR',
  'AddressReserved',
  'DuplicateAddress',
  'EgressIPAMNotFound',
  'InvalidAddress',
  'NamespaceNotAllowed',
  'TeamLimitReached',
  'TooManyChanges',
  'WrongAddressCount',
]);

/** Who can mend what a claim waits for. */
export function menderOf(code: FindingCode): 'owner' | 'cluster' {
  return ownersToMend.has(code) ? 'owner' : 'cluster';
}
