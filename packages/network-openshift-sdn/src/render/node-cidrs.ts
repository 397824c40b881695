import {
  cidrContains,
  formatAddress,
  parseCidr,
  type Address,
  type Cidr,
  type ClaimDecision,
  type EgressIPAMDecision,
  type NetworkDecisions,
  type Precondition,
} from '@egressip-ipam/core';
import type { ParsedHostSubnet } from '../facts/parse-host-subnet.ts';
import type { OpenShiftSdnFacts } from '../facts/read-facts.ts';
import { CidrTakers } from './cidr-takers.ts';
import type { KeptCidrs } from './kept-cidrs.ts';

const none: readonly never[] = [];

/** CIDRs of a HostSubnet. */
export interface HostedCidrs {
  readonly all: readonly string[];
  readonly ours: readonly string[];
}

/** The CIDRs of a HostSubnet, from what they are to what they should be. */
export interface CidrsChange {
  readonly now: HostedCidrs;
  readonly target: HostedCidrs;
  /** What has to be before `target` may follow `now`. */
  readonly after: readonly Precondition[];
}

/**
 * The CIDRs of which OpenShift SDN shall place addresses, by node. A node that is not to carry them any more keeps a
 * CIDR until another has it: the SDN takes off at once what lies in none.
 */
export class NodeCidrs {
  readonly #decisions: NetworkDecisions;
  readonly #wanted = new Map<string, string[]>();
  /** CIDRs that some node is to have. */
  readonly #placed = new Set<string>();
  readonly #takers: CidrTakers;

  constructor(decisions: NetworkDecisions, facts: OpenShiftSdnFacts, kept: KeptCidrs) {
    this.#decisions = decisions;
    for (const egressIPAM of decisions.egressIPAMs) {
      if (egressIPAM.deleting) continue;
      const open = new Set<string>();
      for (const { cidr, selected } of egressIPAM.assignments) {
        const taking = selected.filter((node) => !isPlacedByCidr(egressIPAM) || decisions.standingOf(node) === 'open');
        if (taking.length > 0) this.#placed.add(cidr.text);
        if (!isPlacedByCidr(egressIPAM)) continue;
        for (const node of taking) {
          open.add(node);
          this.#want(node, [cidr.text]);
        }
      }
      if (isPlacedByCidr(egressIPAM)) for (const node of open) this.#want(node, kept.of(egressIPAM));
    }
    this.#takers = new CidrTakers(decisions, facts, (node) => this.wantedOn(node));
    for (const hostSubnet of facts.hosts)
      if (hostSubnet.egressCIDRs.length > 0) this.#want(hostSubnet.name, this.#keptOn(hostSubnet));
  }

  /** The CIDRs that a node shall have. */
  wantedOn(node: string): readonly string[] {
    return this.#wanted.get(node) ?? none;
  }

  /** CIDRs on a HostSubnet that this project, or the original for the same EgressIPAM, put there. */
  ownOn({ name, egressCIDRs, recordedCIDRs }: ParsedHostSubnet): readonly string[] {
    if (egressCIDRs.length === 0) return none;
    const assignments = this.#decisions.egressIPAMOfNode(name)?.assignments ?? none;
    const known = new Set([...recordedCIDRs, ...assignments.map(({ cidr }) => cidr.text)]);
    return egressCIDRs.filter((cidr) => known.has(cidr));
  }

  /**
   * Whether an address of a claim stays on a node that the SDN is not to place it on any more, until another that can
   * take it has the CIDR. On a node of an EgressIPAM whose addresses this project places it does so without a CIDR, as
   * the SDN would take off theirs.
   */
  staysOn(node: string, claim: ClaimDecision, address: Address, isPlacedByCidr: boolean): boolean {
    return (!isPlacedByCidr || this.#isPlacedByUs(node)) && !this.#takers.canTakeNow(claim, address);
  }

  /** A CIDR leaves a node when another can take its addresses; where no other is to, when nothing is bound to them. */
  changeOf(hostSubnet: ParsedHostSubnet, unbindingIn: (cidr: Cidr) => readonly Precondition[]): CidrsChange {
    const { name } = hostSubnet;
    const wanted = this.wantedOn(name);
    const own = this.ownOn(hostSubnet);
    const foreign = hostSubnet.egressCIDRs.filter((cidr) => !own.includes(cidr));
    const hosted = (ours: readonly string[]): HostedCidrs => ({
      all: inPlace(hostSubnet.egressCIDRs, [...foreign, ...ours]),
      ours: inPlace(hostSubnet.recordedCIDRs, ours),
    });
    const target = hosted(wanted);
    const leaving = own.filter((cidr) => !wanted.includes(cidr));
    const after = leaving.flatMap((text) => {
      const parsed = this.#placed.has(text) ? undefined : parseCidr(text);
      const unbinding = parsed === undefined ? none : unbindingIn(parsed.cidr);
      return this.#isPlacedByUs(name) ? unbinding : [...unbinding, ...(this.#takers.beforeLeaving(text) ?? none)];
    });
    return { now: after.length === 0 ? target : hosted([...leaving, ...wanted]), target, after };
  }

  /**
   * What stays of the CIDRs that a node has and is not to have: all where no other can take them, or what a cordoned
   * node carries, or of that what no other can take.
   */
  #keptOn(hostSubnet: ParsedHostSubnet): readonly string[] {
    const { name } = hostSubnet;
    if (this.#isPlacedByUs(name)) return none;
    const leaving = this.ownOn(hostSubnet).filter((text) => !this.wantedOn(name).includes(text));
    if (leaving.length === 0) return none;
    const isCordoned = this.#isCordoned(name);
    const carried = this.#carriedOn(hostSubnet, (address) => isCordoned || this.#hasNowhereToGo(address));
    const needed = leaving.filter((text) => {
      if (carried.includes(text)) return false;
      const before = this.#takers.beforeLeaving(text);
      return before === undefined || (carried.length > 0 && before.length > 0);
    });
    return needed.length > 0 ? needed : carried;
  }

  /** What the SDN has placed on a node and stays, as CIDRs of one address each, so that it puts nothing else there. */
  #carriedOn(hostSubnet: ParsedHostSubnet, stays: (address: Address) => boolean): readonly string[] {
    const own = this.ownOn(hostSubnet).flatMap((text) => parseCidr(text)?.cidr ?? none);
    return hostSubnet.egressIPs
      .filter((address) => own.some((cidr) => cidrContains(cidr, address)) && stays(address))
      .map((address) => `${formatAddress(address)}/32`);
  }

  #hasNowhereToGo(address: Address): boolean {
    const claim = this.#decisions.claimWith(address);
    if (claim?.egressIPAM === undefined || claim.releases || !isPlacedByCidr(claim.egressIPAM)) return false;
    return !this.#takers.canTake(claim, address);
  }

  #isCordoned(node: string): boolean {
    const egressIPAM = this.#decisions.egressIPAMOfNode(node);
    if (egressIPAM === undefined || egressIPAM.deleting) return false;
    return isPlacedByCidr(egressIPAM) && this.#decisions.standingOf(node) === 'cordoned';
  }

  #isPlacedByUs(node: string): boolean {
    const egressIPAM = this.#decisions.egressIPAMOfNode(node);
    return egressIPAM !== undefined && !egressIPAM.deleting && !isPlacedByCidr(egressIPAM);
  }

  #want(node: string, cidrs: readonly string[]): void {
    if (cidrs.length === 0) return;
    const wanted = this.#wanted.get(node);
    if (wanted === undefined) this.#wanted.set(node, [...cidrs]);
    else for (const cidr of cidrs) wanted.push(cidr);
  }
}

function isPlacedByCidr({ placement }: EgressIPAMDecision): boolean {
  return placement === 'us-by-cidr';
}

/** A list with what is there already in its place, so that nothing is written for the sake of order. */
function inPlace(present: readonly string[], wanted: readonly string[]): readonly string[] {
  const isPresent = new Set(present);
  const isWanted = new Set(wanted);
  return [...present.filter((text) => isWanted.has(text)), ...wanted.filter((text) => !isPresent.has(text))];
}
