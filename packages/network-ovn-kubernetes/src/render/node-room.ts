import type { Address } from '@egressip-ipam/core';
import type { OvnKubernetesFacts } from '../facts/read-facts.ts';
import { egressAssignableLabel } from '../kinds/names.ts';

/**
 * Which nodes the network may assign one more address to: it takes those with its label, also one that is about to get
 * it, up to what the cloud lets each have.
 */
export class NodeRoom {
  readonly #facts: OvnKubernetesFacts;
  readonly #isLabelled: ReadonlySet<string>;
  readonly #load = new Map<string, number>();

  constructor(facts: OvnKubernetesFacts, coming: ReadonlySet<string> = new Set()) {
    this.#facts = facts;
    const labelled = facts.nodes.filter(({ source }) => Object.hasOwn(source.labels, egressAssignableLabel));
    this.#isLabelled = new Set([...coming, ...labelled.map(({ name }) => name)]);
    for (const { node } of facts.occupied) this.#load.set(node, (this.#load.get(node) ?? 0) + 1);
  }

  /** Whether a node has room for an address that it does not have. */
  isOn(node: string, address: Address): boolean {
    const { ipv4, ipv6, total } = this.#facts.nodeOf(node).capacity;
    const most = Math.min(total, typeof address === 'number' ? ipv4 : ipv6);
    return this.#isLabelled.has(node) && (this.#load.get(node) ?? 0) < most;
  }
}
