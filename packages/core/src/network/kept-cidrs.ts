import { formatAddress, type Address } from '../address/address.ts';
import { AddressFlag } from '../allocate/address-table.ts';
import type { Claim } from '../allocate/claim.ts';
import type { World } from '../allocate/world.ts';
import { groupOf, placementMode } from '../place/place-kept.ts';

/**
 * CIDRs of one address each, for those that namespaces keep though their pool of one CIDR was edited and has them no longer:
 * OpenShift SDN takes off what is in none of a HostSubnet's `egressCIDRs`, and would drop their traffic (law 2). By EgressIPAM.
 */
export function keptCidrs(world: World): ReadonlyMap<number, readonly string[]> {
  const kept = new Map<number, string[]>();
  for (const claim of world.claims) {
    if (claim.egressIPAM === -1 || claim.release !== undefined || placementMode(world, claim.egressIPAM) !== 'by-cidr') continue;
    for (const address of claim.addresses) {
      if (typeof address !== 'number' || groupOf(world, claim.egressIPAM, address) !== undefined || staysBeside(world, claim, address)) continue;
      const list = kept.get(claim.egressIPAM) ?? [];
      kept.set(claim.egressIPAM, [...list, `${formatAddress(address)}/32`]);
    }
  }
  return kept;
}

/** Whether an address in no CIDR of its pool is hosted, on our record, by a node that the pool's CIDR has nothing to do with: it stays there. */
export function staysBeside(world: World, claim: Claim, address: Address): boolean {
  const slot = world.addresses.slotOf(address);
  const node = (world.addresses.hostedOn[slot] ?? 0) - 1;
  const isRecorded = ((world.addresses.flags[slot] ?? 0) & AddressFlag.recorded) !== 0;
  return isRecorded && node !== -1 && groupOf(world, claim.egressIPAM, address) === undefined && world.nodes.groups[claim.egressIPAM]?.[0]?.isSelected[node] !== 1;
}
