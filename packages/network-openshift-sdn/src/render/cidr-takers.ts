import {
  cidrContains,
  parseCidr,
  type EgressIPAMDecision,
  type NetworkDecisions,
  type Precondition,
} from '@egressip-ipam/core';
import { afterStep } from '@egressip-ipam/core/plugin';
import type { OpenShiftSdnFacts } from '../facts/read-facts.ts';
import { firstHostId } from './host-id.ts';

/** Who takes over what a node carries by CIDR, when the node is to carry it no longer. */
export class CidrTakers {
  readonly #decisions: NetworkDecisions;
  readonly #facts: OpenShiftSdnFacts;
  readonly #wantedOn: (node: string) => readonly string[];
  readonly #beforeLeaving = new Map<string, readonly Precondition[] | undefined>();

  constructor(decisions: NetworkDecisions, facts: OpenShiftSdnFacts, wantedOn: (node: string) => readonly string[]) {
    this.#decisions = decisions;
    this.#facts = facts;
    this.#wantedOn = wantedOn;
  }

  /**
   * What has to be before a node gives up a CIDR; undefined where no other node can take what namespaces have of it.
   */
  beforeLeaving(text: string): readonly Precondition[] | undefined {
    if (!this.#beforeLeaving.has(text)) this.#beforeLeaving.set(text, this.#look(text));
    return this.#beforeLeaving.get(text);
  }

  /** Whether a node that may take addresses of an EgressIPAM has its CIDRs already. */
  areReady({ assignments }: EgressIPAMDecision): boolean {
    return assignments.some(({ candidates }) => candidates.some((node) => this.#hasWanted(node)));
  }

  #look(text: string): readonly Precondition[] | undefined {
    const before: Precondition[] = [];
    for (const egressIPAM of this.#ownersIn(text)) {
      if (this.areReady(egressIPAM)) continue;
      const [next] = egressIPAM.assignments.flatMap(({ candidates }) => candidates);
      if (next === undefined) return undefined;
      before.push(afterStep(firstHostId(next)));
    }
    return before;
  }

  /** The EgressIPAMs whose namespaces have addresses of a CIDR that the SDN places. */
  #ownersIn(text: string): ReadonlySet<EgressIPAMDecision> {
    const owners = new Set<EgressIPAMDecision>();
    const cidr = parseCidr(text)?.cidr;
    if (cidr === undefined) return owners;
    for (const { egressIPAM, addresses, releases } of this.#decisions.claims) {
      if (releases || egressIPAM?.placement !== 'us-by-cidr' || owners.has(egressIPAM)) continue;
      if (addresses.some((address) => cidrContains(cidr, address))) owners.add(egressIPAM);
    }
    return owners;
  }

  #hasWanted(node: string): boolean {
    const present = this.#facts.hostSubnetOf(node)?.egressCIDRs;
    return present !== undefined && this.#wantedOn(node).every((text) => present.includes(text));
  }
}
