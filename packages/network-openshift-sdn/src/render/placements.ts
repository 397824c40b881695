import type { Address, NetworkDecisions } from '@egressip-ipam/core';
import type { OpenShiftSdnFacts } from '../facts/read-facts.ts';

const none: readonly never[] = [];

/** What is placed on each node, looked at once for all claims. */
export class Placements {
  readonly #decisions: NetworkDecisions;
  /** By node: what is placed there and not hosted there yet, or only perhaps. */
  readonly #additions = new Map<string, Address[]>();

  constructor(decisions: NetworkDecisions, facts: OpenShiftSdnFacts) {
    this.#decisions = decisions;
    const doubted = new Set(facts.hosts.filter(({ unconfirmed }) => unconfirmed.length > 0).map(({ name }) => name));
    const isShown = (address: Address, node: string): boolean =>
      !doubted.has(node) || facts.hostSubnetOf(node)?.egressIPs.includes(address) === true;
    for (const { egressIPAM, addresses, releases } of decisions.claims) {
      if (egressIPAM?.placement !== 'us' || releases) continue;
      for (const address of addresses) {
        if (doubted.size === 0 && decisions.isInPlace(address)) continue;
        const node = decisions.nodeOf(address);
        if (node === undefined) continue;
        if (!decisions.isInPlace(address) || !isShown(address, node)) this.#add(node, address);
      }
    }
  }

  /** What is placed on a node and not hosted there yet, or only perhaps. */
  additionsOn(node: string): readonly Address[] {
    return this.#additions.get(node) ?? none;
  }

  /** How many addresses are placed on a node and hosted there; of one that is not in doubt. */
  hostedOn(node: string): number {
    return this.#decisions.inPlaceOn(node);
  }

  #add(node: string, address: Address): void {
    const additions = this.#additions.get(node);
    if (additions === undefined) this.#additions.set(node, [address]);
    else additions.push(address);
  }
}
