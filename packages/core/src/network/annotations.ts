import { formatAddress, type Address } from '../address/address.ts';
import { sameAddresses } from '../allocate/classify.ts';
import type { Claim } from '../allocate/claim.ts';
import type { World } from '../allocate/world.ts';
import type { AnnotateStep } from '../plan/step.ts';
import type { StepList } from './step-list.ts';

/** The id of a namespace's annotate step. */
export function annotateId(namespace: string): string {
  return `annotate/${namespace}`;
}

/** What has to be written into a claim's namespace, or undefined when it stands there already. */
function annotationOf(world: World, claim: Claim): Omit<AnnotateStep, 'after'> | undefined {
  const { namespace } = claim;
  const base = { kind: 'annotate', id: annotateId(namespace.name), namespace: namespace.name } as const;
  const { egressIPs, allocated } = namespace.source;
  if (claim.release !== undefined) {
    const clearList = claim.release === 'all' && egressIPs !== undefined;
    if (!clearList && allocated === undefined) return undefined;
    return { ...base, ...(clearList ? { egressIPs: null } : {}), allocated: null, addresses: claim.leaving.map(formatAddress) };
  }
  if (claim.edited || claim.addresses.length === 0) return undefined;
  if (claim.addresses === namespace.listed && isLegacy(claim)) return undefined;
  const egressIPAM = world.egressIPAMOf(claim);
  if (egressIPAM === undefined) return undefined;
  const listsAll = claim.addresses === namespace.listed || claim.addresses.every((address) => namespace.listed.includes(address));
  const onRecord = namespace.allocated !== undefined && namespace.allocated.egressIPAM === egressIPAM.name && sameAddresses(namespace.allocated.addresses, claim.addresses);
  if (listsAll && (onRecord || isLegacy(claim))) return undefined;
  const list = claim.addresses.map(formatAddress);
  const text = list.join(',');
  return { ...base, ...(listsAll ? {} : { egressIPs: text }), allocated: `${egressIPAM.name}/${text}`, addresses: list };
}

/** What carried traffic before this project came needs no record: its annotation and the network agree already. */
function isLegacy(claim: Claim): boolean {
  return claim.namespace.allocated === undefined && claim.source === 'kept';
}

/** Whether an allocation is on record, so that a crash from here on loses nothing (law 9). */
export function isAnnotated(claim: Claim, address: Address): boolean {
  return claim.namespace.allocated?.addresses.includes(address) ?? (isLegacy(claim) && claim.namespace.listed.includes(address));
}

/** Writes the allocations; what is given back is cleared last, after the steps that undo it. */
export function addAnnotateSteps(world: World, steps: StepList, afterRelease: (claim: Claim) => readonly string[]): void {
  for (const claim of world.claims) {
    const annotation = annotationOf(world, claim);
    if (annotation === undefined) continue;
    const after = claim.release === undefined ? finalizerOf(world, claim, steps) : afterRelease(claim);
    steps.add({ ...annotation, after }, claim.egressIPAM === -1 ? [] : [claim.egressIPAM]);
  }
}

function finalizerOf(world: World, claim: Claim, steps: StepList): readonly string[] {
  const id = `finalizer/${world.egressIPAMOf(claim)?.name ?? ''}`;
  return steps.has(id) ? [id] : [];
}
