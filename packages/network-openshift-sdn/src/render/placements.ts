import type { Address, NetworkDecisions } from '@egressip-ipam/core';
import type { OpenShiftSdnFacts } from '../facts/read-facts.ts';

const none: readonly never[] = [];

/** What is placed on one node by us. */
interface NodePlacements {
  /** Not hosted there yet, or only perhaps. */
  readonly additions: Address[];
  /** How many more are placed there, and hosted. */
  hosted: number;
}

/** What is placed on each node, looked at once for all claims. */
export class Placements {
  readonly #byNode = new Map<string, NodePlacements>();

  constructor(decisions: NetworkDecisions, facts: OpenShiftSdnFacts) {
    const doubted = new Set(facts.hosts.filter(({ unconfirmed }) => unconfirmed.length > 0).map(({ name }) => name));
    const isShown = (address: Address, node: string): boolean =>
      !doubted.has(node) || facts.hostSubnetOf(node)?.egressIPs.includes(address) === true;
    for (const { egressIPAM, addresses, releases } of decisions.claims) {
      if (egressIPAM?.placement !== 'us' || releases) continue;
      for (const address of addresses) {
        const node = decisions.nodeOf(address);
        if (node === undefined) continue;
        const placements = this.#on(node);
        if (decisions.hostOf(address) === node && isShown(address, node)) placements.hosted += 1;
        else placements.additions.push(address);
      }
    }
  }

  /** What is placed on a node and not hosted there yet, or only perhaps. */
  additionsOn(node: string): readonly Address[] {
    return this.#byNode.get(node)?.additions ?? none;
  }

  /** How many addresses are placed on a node and hosted there. */
  hostedOn(node: string): number {
    return this.#byNode.get(node)?.hosted ?? 0;
  }

  #on(node: string): NodePlacements {
    let placements = this.#byNode.get(node);
    if (placements === undefined) this.#byNode.set(node, (placements = { additions: [], hosted: 0 }));
    return placements;
  }
}
