import { cidrContains, parseCidr, type Address, type ClaimDecision, type NetworkDecisions } from '@egressip-ipam/core';
import type { ParsedHostSubnet } from '../facts/parse-host-subnet.ts';
import { staysBeside } from './kept-cidrs.ts';
import type { NodeCidrs } from './node-cidrs.ts';
import type { Placements } from './placements.ts';

const none: readonly never[] = [];

/** One HostSubnet, from what it is to what it should be. */
export interface HostChange {
  readonly hostSubnet: ParsedHostSubnet;
  /** Placed here, and not hosted here yet. */
  readonly additions: readonly Address[];
  /** Hosted here, and leaving for another node: at once, as it must be off here before it is on there. */
  readonly moving: readonly Address[];
  /** Hosted here, and going: when nothing uses it any more. */
  readonly leaving: readonly Address[];
  /** Hosted here, ours, and staying. */
  readonly staying: readonly Address[];
  /**
   * Placed here by the SDN for a CIDR that leaves: when the node's last CIDR is gone nobody else would take them off.
   */
  readonly withCidr: readonly Address[];
  /** Hosted here no more, and still on the node's interface: on record until they are off it. */
  readonly attached: readonly Address[];
}

/** Where an address that a HostSubnet has belongs. */
type Fate = 'moving' | 'leaving' | 'staying' | 'withCidr';

/**
 * Whether a HostSubnet hosts nothing but what is placed there, all on record: the usual case, decided without writing
 * anything down.
 */
export function isAsPlaced(hostSubnet: ParsedHostSubnet, placements: Placements): boolean {
  const { name, egressIPs, recorded, unconfirmed, egressCIDRs, recordedCIDRs } = hostSubnet;
  if (recorded !== egressIPs || unconfirmed.length > 0 || egressCIDRs.length > 0 || recordedCIDRs.length > 0)
    return false;
  return !placements.hostsOthersOn(name);
}

/** What a HostSubnet that hosts just what is placed there takes beside that: nothing it has is looked at. */
export function withAdditions(hostSubnet: ParsedHostSubnet, additions: readonly Address[]): HostChange {
  const unchanged = { moving: none, leaving: none, withCidr: none, attached: none };
  return { hostSubnet, additions, staying: hostSubnet.egressIPs, ...unchanged };
}

/** What a HostSubnet has, by what is to become of it. */
export function changeOf(
  decisions: NetworkDecisions,
  hostSubnet: ParsedHostSubnet,
  additions: readonly Address[],
  cidrs: NodeCidrs,
  attaches: boolean,
): HostChange {
  const lists: Record<Fate, Address[]> = { moving: [], leaving: [], staying: [], withCidr: [] };
  const { name, egressIPs, egressCIDRs, unconfirmed } = hostSubnet;
  const isSdnsBusiness = egressCIDRs.length > 0 && additions.length === 0 && cidrs.wantedOn(name).length > 0;
  if (isSdnsBusiness) return { hostSubnet, additions, ...lists, attached: none };
  const placing = cidrs.ownOn(hostSubnet).flatMap((text) => parseCidr(text)?.cidr ?? []);
  const isPlacedByCidr = (address: Address): boolean => placing.some((cidr) => cidrContains(cidr, address));
  for (const address of egressIPs) {
    const fate = fateOf(decisions, cidrs, hostSubnet, address, isPlacedByCidr(address));
    if (fate !== undefined) lists[fate].push(address);
  }
  // What a write of unknown outcome may have put here: only another write makes sure that it is not here.
  for (const address of unconfirmed) {
    if (egressIPs.includes(address)) continue;
    const fate = fateOfDoubted(decisions, cidrs, hostSubnet, address, isPlacedByCidr(address));
    if (fate === 'leaving' || fate === 'moving') lists[fate].push(address);
  }
  return { hostSubnet, additions, ...lists, attached: attaches ? stillAttached(decisions, hostSubnet, lists) : none };
}

/** Undefined where it is not for us to say. */
function fateOf(
  decisions: NetworkDecisions,
  cidrs: NodeCidrs,
  hostSubnet: ParsedHostSubnet,
  address: Address,
  isPlacedByCidr: boolean,
): Fate | undefined {
  const claim = decisions.claimWith(address);
  if (claim !== undefined) return fateOfOwned(decisions, cidrs, hostSubnet, claim, address, isPlacedByCidr);
  if (decisions.isLeaving(address)) return 'leaving';
  // What carries the traffic of others stays.
  return isPlacedByCidr && !decisions.isUsedByOthers(address) ? 'withCidr' : undefined;
}

function fateOfDoubted(
  decisions: NetworkDecisions,
  cidrs: NodeCidrs,
  hostSubnet: ParsedHostSubnet,
  address: Address,
  isPlacedByCidr: boolean,
): Fate | undefined {
  const claim = decisions.claimWith(address);
  return claim === undefined ? 'leaving' : fateOfOwned(decisions, cidrs, hostSubnet, claim, address, isPlacedByCidr);
}

function fateOfOwned(
  decisions: NetworkDecisions,
  cidrs: NodeCidrs,
  hostSubnet: ParsedHostSubnet,
  claim: ClaimDecision,
  address: Address,
  isPlacedByCidr: boolean,
): Fate | undefined {
  if (claim.egressIPAM === undefined) return 'staying';
  const { egressIPAM } = claim;
  const { name, recorded } = hostSubnet;
  if (egressIPAM.placement === 'us-by-cidr') {
    if (staysBeside(decisions, claim, address)) return 'staying';
    // The SDN takes over what it finds where it has CIDRs; the rest of what we host is ours to take off.
    if (!isPlacedByCidr && (cidrs.wantedOn(name).length > 0 || !recorded.includes(address))) return undefined;
    if (cidrs.staysOn(name, claim, address, isPlacedByCidr)) return 'staying';
    return isPlacedByCidr ? 'withCidr' : 'moving';
  }
  const placed = decisions.nodeOf(address);
  return placed === name ? 'staying' : placed === undefined ? 'leaving' : 'moving';
}

function stillAttached(
  decisions: NetworkDecisions,
  hostSubnet: ParsedHostSubnet,
  lists: Record<Fate, Address[]>,
): readonly Address[] {
  const { name, egressIPs, recorded } = hostSubnet;
  // What has nowhere to go is its namespace's still, and stays on the interface.
  const homeless = lists.leaving.filter((address) => decisions.claimWith(address) !== undefined);
  const forgotten = recorded === egressIPs ? none : recorded.filter((address) => !egressIPs.includes(address));
  const unhosted = new Set([...forgotten, ...lists.moving, ...homeless]);
  return [...unhosted].filter((address) => decisions.isAttachedTo(address, name));
}
