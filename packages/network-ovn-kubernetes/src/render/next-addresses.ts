import { familyOf, type Address, type ClaimDecision, type NetworkDecisions } from '@egressip-ipam/core';
import { sameAddresses } from '@egressip-ipam/core/plugin';
import type { ParsedEgressIP } from '../facts/parse-egress-ip.ts';

/**
 * One address at a time, each replaced by that of its own CIDR assignment, and none that carries traffic goes while
 * another is on its way: so the namespace is never without any for a while. The last one that carries anything of its
 * family stays beside the one that replaces it until that does, where a node has room for it.
 *
 * @param hasRoom whether a node has room for an address that it does not have
 */
export function nextAddresses(
  decisions: NetworkDecisions,
  claim: ClaimDecision,
  existing: ParsedEgressIP | undefined,
  hasRoom: (node: string, address: Address) => boolean,
): readonly Address[] {
  const target = claim.addresses;
  if (existing === undefined || existing.source.egressIPAM === undefined) return target;
  // What is left of a copy is the namespace's own, and what goes may be anybody's: once applied it would prove that.
  if (existing.source.applied === false) return target;
  const present = existing.addresses;
  const isAssigned = (address: Address): boolean => existing.hosted.some((entry) => entry.address === address);
  const stale = present.filter((address) => !target.includes(address));
  const carrying = stale.filter(isAssigned);
  if (carrying.length === 0) return target;
  const missing = target.filter((address) => !present.includes(address));
  const [idle] = missing.length === 0 ? [] : stale.filter((address) => !isAssigned(address));
  const isLast = (address: Address): boolean =>
    present.every((other) => other === address || familyOf(other) !== familyOf(address) || !isAssigned(other));
  const fits = (address: Address): boolean =>
    mayBeAssigned(decisions, claim, existing, address, (node) => hasRoom(node, address));
  // What is there beside the last one needs room of its own; what replaces another gets that one's.
  const isBeside = present.length > target.length && carrying.some(isLast);
  const isOnItsWay = (address: Address): boolean =>
    !isAssigned(address) && (isBeside ? fits(address) : mayBeAssigned(decisions, claim, existing, address));
  if (idle === undefined && present.some((address) => target.includes(address) && isOnItsWay(address))) return present;
  const leaving = idle ?? carrying[0];
  const coming = missing.find((address) => isSameAssignment(decisions, claim, address, leaving)) ?? missing[0];
  if (idle === undefined && leaving !== undefined && coming !== undefined && isLast(leaving) && fits(coming))
    return [...present, coming];
  const next = [...present.filter((address) => address !== leaving), ...(coming === undefined ? [] : [coming])];
  return sameAddresses(next, target) ? target : next;
}

/**
 * Whether a node is there for an address. Room counts for nothing, unless it is asked for: what is replaced may still
 * have it.
 */
export function mayBeAssigned(
  decisions: NetworkDecisions,
  { egressIPAM }: ClaimDecision,
  { hosted, addresses }: ParsedEgressIP,
  address: Address,
  isOpen: (node: string) => boolean = () => true,
): boolean {
  const busy = new Set(hosted.filter((entry) => addresses.includes(entry.address)).map(({ node }) => node));
  const candidates = egressIPAM === undefined ? [] : (decisions.assignmentOf(egressIPAM, address)?.candidates ?? []);
  return candidates.some((node) => !busy.has(node) && isOpen(node) && decisions.canHost(node, address));
}

function isSameAssignment(
  decisions: NetworkDecisions,
  { egressIPAM }: ClaimDecision,
  one: Address,
  other: Address | undefined,
): boolean {
  if (egressIPAM === undefined || other === undefined) return false;
  return decisions.assignmentOf(egressIPAM, one) === decisions.assignmentOf(egressIPAM, other);
}
