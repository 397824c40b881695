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

/**
 * Takes out of a namespace's record what another namespace has for certain: nothing of ours wrote it there (law 11). It
 * would come before what others ask for once the address is free, and whoever reads the annotation would believe it.
 */
export function correctionOf(
  { claim }: Allotment,
  isAnothers: (address: Address) => boolean,
): AnnotateStep | undefined {
  const { name, allocated } = claim.namespace;
  const refuted = allocated?.addresses.filter(isAnothers) ?? [];
  if (allocated === undefined || claim.intent.kind === 'release' || refuted.length === 0) return undefined;
  const rest = allocated.addresses.filter((address) => !refuted.includes(address)).map(formatAddress);
  return {
    kind: 'annotate',
    id: `annotate ${name}`,
    object: { kind: 'Namespace', name },
    effects: {},
    after: [],
    namespace: name,
    allocated: rest.length === 0 ? null : `${allocated.egressIPAM}/${rest.join(',')}`,
    addresses: claim.kept.map(formatAddress),
    refuted: refuted.map(formatAddress),
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
