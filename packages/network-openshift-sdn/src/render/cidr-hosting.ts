import type {
  Address,
  AssignmentDecision,
  EgressIPAMDecision,
  NetworkDecisions,
  Precondition,
} from '@egressip-ipam/core';
import { afterStep } from '@egressip-ipam/core/plugin';
import type { OpenShiftSdnFacts } from '../facts/read-facts.ts';
import type { HostPlan } from './host-steps.ts';

/** What gives the SDN a node for addresses that it places by CIDR; found once for each CIDR assignment. */
export class CidrHosting {
  readonly #decisions: NetworkDecisions;
  readonly #facts: OpenShiftSdnFacts;
  readonly #hosts: HostPlan;
  readonly #known = new Map<AssignmentDecision, readonly Precondition[]>();

  constructor(decisions: NetworkDecisions, facts: OpenShiftSdnFacts, hosts: HostPlan) {
    this.#decisions = decisions;
    this.#facts = facts;
    this.#hosts = hosts;
  }

  /** What has to be so before an address is bound; nothing where a node has its CIDR already. */
  before(egressIPAM: EgressIPAMDecision, address: Address): readonly Precondition[] {
    const assignment = this.#decisions.assignmentOf(egressIPAM, address);
    if (assignment === undefined) return [];
    let known = this.#known.get(assignment);
    if (known === undefined) this.#known.set(assignment, (known = this.#find(egressIPAM, assignment)));
    return known;
  }

  #find({ assignments }: EgressIPAMDecision, { selected }: AssignmentDecision): readonly Precondition[] {
    const cidrs = new Set(assignments.map(({ cidr }) => cidr.text));
    if (selected.some((node) => this.#facts.hostSubnetOf(node)?.egressCIDRs.some((cidr) => cidrs.has(cidr)))) return [];
    const nodes = new Set(selected);
    const giving = this.#hosts.steps.find(({ object }) => nodes.has(object.name));
    if (giving !== undefined) return [afterStep(giving.id)];
    return [{ kind: 'observed', object: { kind: 'HostSubnet', name: selected[0] ?? '' }, state: 'present' }];
  }
}
