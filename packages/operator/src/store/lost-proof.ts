import type { Allocation, NamespaceSnapshot } from '@egressip-ipam/core';

/**
 * What the last plan let namespaces keep and a new one does not, though neither their owners nor their records say
 * otherwise: somebody took away what proved it, such as the network's object. This process still knows whose it is.
 *
 * @param before by the last plan, in the order of names
 * @param after by the new one, in the same order
 */
export function lostProof(
  before: readonly Allocation[],
  after: readonly Allocation[],
  namespaceOf: (name: string) => NamespaceSnapshot | undefined,
): readonly Allocation[] {
  const lost: Allocation[] = [];
  let position = 0;
  for (const had of before) {
    while ((after[position]?.namespace ?? had.namespace) < had.namespace) position += 1;
    const has = after[position]?.namespace === had.namespace ? after[position] : undefined;
    if (had.source !== 'kept' || has?.addresses === had.addresses || has?.source === 'input') continue;
    const missing = had.addresses.filter((address) => has?.addresses.includes(address) !== true);
    if (missing.length > 0 && isStillMeant(had, missing, namespaceOf(had.namespace))) lost.push(had);
  }
  return lost;
}

function isStillMeant(
  { egressIPAM }: Allocation,
  addresses: readonly string[],
  namespace: NamespaceSnapshot | undefined,
): boolean {
  if (namespace === undefined || namespace.deletedAt !== undefined || namespace.egressIPAM !== egressIPAM) return false;
  const { allocated } = namespace;
  if (allocated?.startsWith(`${egressIPAM}/`) !== true) return false;
  const record = allocated.slice(egressIPAM.length + 1).split(',');
  return addresses.every((address) => record.includes(address));
}
