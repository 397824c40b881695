import type { NodeIndex } from '../ledger/indexes.ts';

/** Some nodes: a bit each, as every address is asked whether its node is one of them. */
export class NodeSet {
  readonly #bits: Uint8Array;

  constructor(nodes: readonly NodeIndex[]) {
    this.#bits = new Uint8Array((nodes.reduce((most, node) => Math.max(most, node), 0) >> 3) + 1);
    for (const node of nodes) this.#bits[node >> 3] = (this.#bits[node >> 3] ?? 0) | (1 << (node & 7));
  }

  /** Whether a node is one of them. */
  has(node: NodeIndex): boolean {
    return ((this.#bits[node >> 3] ?? 0) & (1 << (node & 7))) !== 0;
  }
}
