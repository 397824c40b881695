import type { FindingCode } from '../finding/codes.ts';

/** What is wrong with a namespace that its owner alone can mend, by what it says. */
const ownersToMend: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'AddressInUse',
  'AddressNotHostable',
  'AddressOutsideCIDR',
  'AddressReserved',
  'DuplicateAddress',
  'EgressIPAMNotFound',
  'InvalidAddress',
  // What a Namespace's labels and annotations say.
  'InvalidObject',
  'NamespaceNotAllowed',
  'TeamLimitReached',
  'TooManyChanges',
  'WrongAddressCount',
]);

/** Who can mend what is wrong with a namespace, or what its claim waits for. */
export function menderOf(code: FindingCode): 'owner' | 'cluster' {
  return ownersToMend.has(code) ? 'owner' : 'cluster';
}
