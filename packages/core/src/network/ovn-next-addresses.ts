import type { Address } from '../address/address.ts';
import { sameAddresses } from '../allocate/classify.ts';
import { assignmentOf, type Claim } from '../allocate/claim.ts';
import type { World } from '../allocate/world.ts';
import type { ParsedEgressIP } from '../parse/parse-network-objects.ts';
import { groupOf } from '../place/place-kept.ts';

/**
 * One address at a time, each replaced by that of its own CIDR assignment, and none that carries
 * traffic goes while another is on its way: so the namespace is never without any for a while.
 */
export function nextAddresses(world: World, claim: Claim, existing: ParsedEgressIP | undefined): readonly Address[] {
  const target = claim.addresses;
  if (existing === undefined || !existing.source.ours) return target;
  const isAssigned = (address: Address): boolean => existing.assigned.some((entry) => entry.address === address);
  const stale = existing.egressIPs.filter((address) => !target.includes(address));
  const missing = target.filter((address) => !existing.egressIPs.includes(address));
  const carrying = stale.filter(isAssigned);
  if (carrying.length === 0) return target;
  const [idle] = missing.length === 0 ? [] : stale.filter((address) => !isAssigned(address));
  const isOnItsWay = (address: Address): boolean => !isAssigned(address) && mayBeAssigned(world, claim, existing, address);
  if (idle === undefined && existing.egressIPs.some((address) => target.includes(address) && isOnItsWay(address))) return existing.egressIPs;
  const leaving = idle ?? carrying[0];
  const coming = missing.find((address) => isSameAssignment(world, claim, address, leaving)) ?? missing[0];
  const next = [...existing.egressIPs.filter((address) => address !== leaving), ...(coming === undefined ? [] : [coming])];
  return sameAddresses(next, target) ? target : next;
}

/** Whether a node is there for an address. Room counts for nothing: what is replaced may still have it. */
function mayBeAssigned(world: World, claim: Claim, existing: ParsedEgressIP, address: Address): boolean {
  const busy = new Set(existing.assigned.filter((entry) => existing.egressIPs.includes(entry.address)).map(({ node }) => node));
  const candidates = groupOf(world, claim.egressIPAM, address)?.candidates ?? [];
  return candidates.some((node) => world.nodes.canHost(node, address) && !busy.has(world.nodes.nameOf(node)));
}

function isSameAssignment(world: World, claim: Claim, one: Address, other: Address | undefined): boolean {
  const egressIPAM = world.egressIPAMOf(claim);
  return egressIPAM !== undefined && other !== undefined && assignmentOf(egressIPAM, one) === assignmentOf(egressIPAM, other);
}
