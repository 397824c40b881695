import type { NodeIndex } from './indexes.ts';

/**
 * The nodes of a plan by name: those of the snapshot, and behind them those that are gone while something is still
 * hosted on them.
 */
export class NodeNames {
  /** How many nodes the snapshot has. */
  readonly present: number;
  readonly #departed: string[] = [];
  readonly #indexes = new Map<string, NodeIndex>();

  constructor(nodes: readonly { readonly name: string }[]) {
    this.present = nodes.length;
    nodes.forEach(({ name }, index) => this.#indexes.set(name, index as NodeIndex));
  }

  /** The names of nodes that are gone. */
  get departed(): readonly string[] {
    return this.#departed;
  }

  /** The index of a node. */
  indexOf(name: string): NodeIndex | undefined {
    return this.#indexes.get(name);
  }

  /** The index of a node that something is hosted on. */
  indexOfHost(name: string): NodeIndex {
    const known = this.#indexes.get(name);
    if (known !== undefined) return known;
    const index = (this.present + this.#departed.length) as NodeIndex;
    this.#indexes.set(name, index);
    this.#departed.push(name);
    return index;
  }
}
