import {
  formatAddress,
  type Address,
  type ClaimDecision,
  type EgressIPAMDecision,
  type NetworkDecisions,
} from '@egressip-ipam/core';

const none: readonly never[] = [];

/**
 * CIDRs of one address each, for those that namespaces keep though their pool of one CIDR was edited and has them no
 * longer: OpenShift SDN takes off what is in none of a HostSubnet's `egressCIDRs`, and would drop their traffic
 * (law 2).
 */
export class KeptCidrs {
  readonly #byEgressIPAM = new Map<string, string[]>();

  constructor(decisions: NetworkDecisions) {
    if (!decisions.egressIPAMs.some(({ placement }) => placement === 'us-by-cidr')) return;
    for (const claim of decisions.claims) {
      const { egressIPAM } = claim;
      if (egressIPAM?.placement !== 'us-by-cidr' || claim.releases) continue;
      for (const address of claim.addresses) {
        if (typeof address !== 'number' || decisions.assignmentOf(egressIPAM, address) !== undefined) continue;
        if (!staysBeside(decisions, claim, address)) this.#add(egressIPAM, `${formatAddress(address)}/32`);
      }
    }
  }

  /** What the SDN has to place for an EgressIPAM beside its one CIDR. */
  of({ name }: EgressIPAMDecision): readonly string[] {
    return this.#byEgressIPAM.get(name) ?? none;
  }

  #add({ name }: EgressIPAMDecision, cidr: string): void {
    const list = this.#byEgressIPAM.get(name);
    if (list === undefined) this.#byEgressIPAM.set(name, [cidr]);
    else list.push(cidr);
  }
}

/**
 * Whether an address in no CIDR of its pool is hosted, on our record, by a node that the pool's CIDR has nothing to do
 * with: it stays there.
 */
export function staysBeside(decisions: NetworkDecisions, { egressIPAM }: ClaimDecision, address: Address): boolean {
  const node = decisions.hostOf(address);
  if (egressIPAM === undefined || node === undefined || !decisions.isRecorded(address)) return false;
  if (decisions.assignmentOf(egressIPAM, address) !== undefined) return false;
  return egressIPAM.assignments[0]?.selected.includes(node) !== true;
}
