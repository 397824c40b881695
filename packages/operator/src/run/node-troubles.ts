import { isNodeLeaving, type NodeSnapshot } from '@egressip-ipam/core';

const notReady = 'node not ready';
const deleted = 'node deleted';
const leaving = 'node about to be removed';

/**
 * What is wrong with nodes, and what was since addresses were told of last: a node that fails for a second loses its
 * addresses, and is well again when that is told.
 */
export class NodeTroubles {
  #nodes: readonly NodeSnapshot[] = [];
  #known: ReadonlySet<string> = new Set();
  /** Those that were known and are gone. */
  readonly #gone = new Set<string>();
  #now: ReadonlyMap<string, string> = new Map();
  #lately = new Map<string, string>();

  /** Takes in how nodes are now. */
  look(nodes: readonly NodeSnapshot[]): void {
    if (nodes === this.#nodes) return;
    this.#nodes = nodes;
    const present = new Set(nodes.map(({ name }) => name));
    for (const name of this.#known) if (!present.has(name)) this.#gone.add(name);
    for (const name of this.#gone) if (present.has(name)) this.#gone.delete(name);
    this.#known = present;
    const now = new Map([...this.#gone].map((name) => [name, deleted]));
    for (const node of nodes) {
      if (!node.ready) now.set(node.name, notReady);
      else if (isNodeLeaving(node)) now.set(node.name, leaving);
    }
    this.#now = now;
    for (const [name, trouble] of now) this.#lately.set(name, trouble);
  }

  /** Forgets what is over: what came of it is told. */
  told(): void {
    this.#lately = new Map(this.#now);
  }

  /** Whether nothing on a node can carry traffic. */
  isDown(name: string): boolean {
    const trouble = this.#now.get(name);
    return trouble === notReady || trouble === deleted;
  }

  /** Why an address left a node. */
  whyLeft(name: string): string {
    const trouble = this.#now.get(name) ?? this.#lately.get(name);
    if (trouble !== undefined) return trouble;
    return this.#known.has(name) ? 'node not eligible any more, or full' : deleted;
  }
}
