import {
  cidrContains,
  parseCidr,
  type Address,
  type ClaimDecision,
  type EgressIPAMDecision,
  type NetworkDecisions,
  type Precondition,
} from '@egressip-ipam/core';
import { afterStep } from '@egressip-ipam/core/plugin';
import type { OpenShiftSdnFacts } from '../facts/read-facts.ts';
import { firstHostId } from './host-id.ts';

/** The nodes that may take addresses of an EgressIPAM, and those of them that have its CIDRs already. */
type Takers = Readonly<Record<'all' | 'ready', ReadonlySet<string>>>;

/** Who takes over what a node carries by CIDR, when the node is to carry it no longer. */
export class CidrTakers {
  readonly #decisions: NetworkDecisions;
  readonly #facts: OpenShiftSdnFacts;
  readonly #wantedOn: (node: string) => readonly string[];
  readonly #takers = new Map<EgressIPAMDecision, Takers>();
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

  /** Whether a node may take an address of a claim. */
  canTake(claim: ClaimDecision, address: Address): boolean {
    return this.#haveRoom(claim, address, 'all');
  }

  /** Whether a node may that has its EgressIPAM's CIDRs already. */
  canTakeNow(claim: ClaimDecision, address: Address): boolean {
    return this.#haveRoom(claim, address, 'ready');
  }

  /**
   * The SDN puts no two addresses of a namespace on one node. Of several that are to go to others those go first that
   * are on none.
   */
  #haveRoom({ egressIPAM, addresses }: ClaimDecision, address: Address, which: keyof Takers): boolean {
    if (egressIPAM === undefined) return false;
    const takers = this.#takersOf(egressIPAM)[which];
    const hosts = addresses.map((own) => this.#decisions.hostOf(own));
    const isToLeave = (host: string | undefined): boolean => host !== undefined && !takers.has(host);
    const leaving = addresses.filter((_, position) => isToLeave(hosts[position]));
    const homeless = hosts.filter((host) => host === undefined).length;
    const busy = new Set(hosts.filter((host) => host !== undefined && takers.has(host))).size;
    return leaving.indexOf(address) < takers.size - busy - homeless;
  }

  #takersOf(egressIPAM: EgressIPAMDecision): Takers {
    let takers = this.#takers.get(egressIPAM);
    if (takers === undefined) {
      const all = egressIPAM.assignments.flatMap(({ candidates }) => candidates);
      takers = { all: new Set(all), ready: new Set(all.filter((node) => this.#hasWanted(node))) };
      this.#takers.set(egressIPAM, takers);
    }
    return takers;
  }

  #look(text: string): readonly Precondition[] | undefined {
    const before: Precondition[] = [];
    for (const egressIPAM of this.#ownersIn(text)) {
      const { all, ready } = this.#takersOf(egressIPAM);
      if (ready.size > 0) continue;
      const [next] = all;
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
