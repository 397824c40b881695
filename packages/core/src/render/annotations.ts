import { formatAddress, type Address } from '../address/address.ts';
import type { Allotment } from '../allocate/allotment.ts';
import type { AnnotateStep } from '../network-contract/step.ts';
import { sameAddresses } from '../parse/parse-lists.ts';

/** What has to be written into a namespace, or undefined when it stands there already. */
export function annotationOf(allotment: Allotment): AnnotateStep | undefined {
  return allotment.claim.intent.kind === 'release'
    ? releaseOf(allotment, allotment.claim.intent.scope)
    : allocationOf(allotment);
}

function releaseOf({ claim, leaving }: Allotment, scope: 'all' | 'record'): AnnotateStep | undefined {
  const { name, source } = claim.namespace;
  const clearsList = scope === 'all' && source.egressIPs !== undefined;
  if (!clearsList && source.allocated === undefined) return undefined;
  const addresses = leaving.map(formatAddress);
  return {
    kind: 'annotate',
    id: `annotate ${name}`,
    object: { kind: 'Namespace', name },
    effects: { released: addresses },
    after: [],
    namespace: name,
    ...(claim.pool === undefined ? {} : { egressIPAM: claim.pool.name }),
    ...(clearsList ? { egressIPs: null } : {}),
    allocated: null,
    addresses,
  };
}

function allocationOf(allotment: Allotment): AnnotateStep | undefined {
  const { claim, pool, addresses, edited, leaving, waiting } = allotment;
  // What waits has what it had: nothing new is to be written down.
  if (edited || addresses.length === 0 || pool === undefined || waiting !== undefined) return undefined;
  const { name, listed, allocated } = claim.namespace;
  const isLegacy = carriedBefore(allotment);
  if (addresses === listed && isLegacy) return undefined;
  const listsAll = addresses === listed || addresses.every((address) => listed.includes(address));
  const isOnRecord = allocated?.egressIPAM === pool.name && sameAddresses(allocated.addresses, addresses);
  if (listsAll && (isOnRecord || isLegacy)) return undefined;
  const list = addresses.map(formatAddress);
  const text = list.join(',');
  return {
    kind: 'annotate',
    id: `annotate ${name}`,
    object: { kind: 'Namespace', name },
    effects: { allocated: list, ...(leaving.length === 0 ? {} : { released: leaving.map(formatAddress) }) },
    after: [],
    namespace: name,
    egressIPAM: pool.name,
    ...(listsAll ? {} : { egressIPs: text }),
    allocated: `${pool.name}/${text}`,
    addresses: list,
  };
}

/** What carried traffic before this project came needs no record: its annotation and the network agree already. */
function carriedBefore({ claim, source }: Allotment): boolean {
  return claim.namespace.allocated === undefined && source === 'kept';
}

/** Whether an allocation is on record, so that a crash from here on loses nothing (law 9). */
export function isAnnotated(allotment: Allotment, address: Address): boolean {
  const { allocated, listed } = allotment.claim.namespace;
  return allocated?.addresses.includes(address) ?? (carriedBefore(allotment) && listed.includes(address));
}
