import type { FindingCode } from '../finding/codes.ts';
import type { Claim } from './claim.ts';
import { egressIPName, type World } from './world.ts';

/** Why a claim can have no EgressIP, on OVN-Kubernetes: somebody else's has its name. */
export function egressIPConflict(world: World, claim: Claim): { readonly code: FindingCode; readonly message: string } | undefined {
  if (world.egressIPOf[claim.namespaceIndex] !== undefined) return undefined;
  const name = egressIPName(claim.namespace.name);
  const existing = world.egressIPByName(name);
  if (existing === undefined || !world.isForeign(existing)) return undefined;
  return {
    code: 'EgressIPConflict',
    message: `EgressIP ${name} is not ours and names other addresses or namespaces; delete it, or put its addresses into the namespace's annotation to have it adopted`,
  };
}
