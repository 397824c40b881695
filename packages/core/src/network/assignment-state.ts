import type { Claim } from '../allocate/claim.ts';
import type { World } from '../allocate/world.ts';
import type { AssignmentState } from '../plan/plan-types.ts';

/** What OVN-Kubernetes has made of a claim's addresses, from its EgressIP's spec and status. Its Events may be gone, and count for nothing. */
export function stateOf(world: World, claim: Claim): AssignmentState {
  const existing = world.egressIPOf[claim.namespaceIndex];
  if (claim.waiting?.code === 'EgressIPConflict' || world.contested.some((entry) => entry.claim === claim)) return 'Conflict';
  if (existing === undefined) return 'Allocated';
  const assigned = claim.addresses.filter((address) => existing.assigned.some((entry) => entry.address === address)).length;
  return assigned === claim.addresses.length ? 'Assigned' : assigned === 0 ? 'Unassigned' : 'PartiallyAssigned';
}
