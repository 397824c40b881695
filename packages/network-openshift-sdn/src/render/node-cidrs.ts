import { parseCidr, type Cidr, type NetworkDecisions, type Precondition } from '@egressip-ipam/core';
import type { ParsedHostSubnet } from '../facts/parse-host-subnet.ts';
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

/** The CIDRs of which OpenShift SDN shall place addresses, by node. */
export class NodeCidrs {
  readonly #decisions: NetworkDecisions;
  readonly #wanted = new Map<string, string[]>();
  /** CIDRs that some node is to have. */
  readonly #placed = new Set<string>();

  constructor(decisions: NetworkDecisions, kept: KeptCidrs) {
    this.#decisions = decisions;
    for (const egressIPAM of decisions.egressIPAMs) {
      if (egressIPAM.deleting) continue;
      for (const { cidr, selected } of egressIPAM.assignments) {
        if (selected.length > 0) this.#placed.add(cidr.text);
        if (egressIPAM.placement !== 'us-by-cidr') continue;
        for (const node of selected) this.#wanted.set(node, [...(this.#wanted.get(node) ?? none), cidr.text]);
      }
      if (egressIPAM.placement !== 'us-by-cidr' || kept.of(egressIPAM).length === 0) continue;
      const nodes = new Set(egressIPAM.assignments.flatMap(({ selected }) => selected));
      for (const node of nodes) this.#wanted.get(node)?.push(...kept.of(egressIPAM));
    }
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

  /** A CIDR that no other node is to have leaves its last node only when nothing is bound to its addresses any more. */
  changeOf(hostSubnet: ParsedHostSubnet, unbindingIn: (cidr: Cidr) => readonly Precondition[]): CidrsChange {
    const wanted = this.wantedOn(hostSubnet.name);
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
      return parsed === undefined ? [] : unbindingIn(parsed.cidr);
    });
    return { now: after.length === 0 ? target : hosted([...leaving, ...wanted]), target, after };
  }
}

/** A list with what is there already in its place, so that nothing is written for the sake of order. */
function inPlace(present: readonly string[], wanted: readonly string[]): readonly string[] {
  return [...present.filter((text) => wanted.includes(text)), ...wanted.filter((text) => !present.includes(text))];
}
