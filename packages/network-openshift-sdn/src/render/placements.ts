import type { Address, NetworkDecisions } from '@egressip-ipam/core';
import type { OpenShiftSdnFacts } from '../facts/read-facts.ts';

const none: readonly never[] = [];

/**
 * What is placed on nodes and not hosted there yet, and where anything else is not as placed: looked at once for all
 * claims.
 */
export class Placements {
  /** By node: what is placed there and not hosted there yet, or only perhaps. */
  readonly #additions = new Map<string, Address[]>();
  /** Nodes that host something that is not placed there by us. */
  readonly #hostsOthers = new Set<string>();

  constructor(decisions: NetworkDecisions, facts: OpenShiftSdnFacts) {
    const doubted = new Set(facts.hosts.filter(({ unconfirmed }) => unconfirmed.length > 0).map(({ name }) => name));
    const isShown = (address: Address, node: string): boolean =>
      !doubted.has(node) || facts.hostSubnetOf(node)?.egressIPs.includes(address) === true;
    for (const { node } of decisions.stray) this.#hostsOthers.add(node);
    decisions.claims.forEach((claim) => {
      // Mostly all is where it stays.
      if (claim.isInPlace && claim.egressIPAM?.placement === 'us' && doubted.size === 0) return;
      const isOurs = claim.egressIPAM?.placement === 'us' && !claim.releases;
      for (const address of claim.addresses) {
        const node = isOurs ? decisions.nodeOf(address) : undefined;
        const host = decisions.hostOf(address);
        if (host !== undefined && host !== node) this.#hostsOthers.add(host);
        if (node !== undefined && !(host === node && isShown(address, node))) this.#add(node, address);
      }
    });
  }

  /** What is placed on a node and not hosted there yet, or only perhaps. */
  additionsOn(node: string): readonly Address[] {
    return this.#additions.get(node) ?? none;
  }

  /** Whether a node hosts anything that is not placed there by us. */
  hostsOthersOn(node: string): boolean {
    return this.#hostsOthers.has(node);
  }

  #add(node: string, address: Address): void {
    const additions = this.#additions.get(node);
    if (additions === undefined) this.#additions.set(node, [address]);
    else additions.push(address);
  }
}
