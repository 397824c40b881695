import { isNodeLeaving, type NodeSnapshot } from '@egressip-ipam/core';

const notReady = 'node not ready';
const deleted = 'node deleted';
const leaving = 'node about to be removed';
/** Of nodes that are gone so many are remembered, and those that addresses are on: nodes come and go for years. */
const mostGone = 1_000;

/**
 * What is wrong with nodes, and what was since addresses were told of last: a node that fails for a second loses its
 * addresses, and is well again when that is told.
 */
export class NodeTroubles {
  #nodes: readonly NodeSnapshot[] = [];
  #known: ReadonlySet<string> = new Set();
  #now: ReadonlyMap<string, string> = new Map();
  #lately = new Map<string, string>();

  /**
   * Takes in how nodes are now.
   *
   * @param named nodes that addresses are on, or were on when that was told last
   */
  look(nodes: readonly NodeSnapshot[], named: () => ReadonlySet<string>): void {
    if (nodes === this.#nodes) return;
    this.#nodes = nodes;
    const present = new Set(nodes.map(({ name }) => name));
    const now = this.#goneBut(present, named);
    for (const name of this.#lately.keys()) if (!present.has(name)) this.#lately.delete(name);
    for (const node of nodes) {
      if (!node.ready) now.set(node.name, notReady);
      else if (isNodeLeaving(node)) now.set(node.name, leaving);
    }
    this.#known = present;
    this.#now = now;
    for (const [name, trouble] of now) this.#lately.set(name, trouble);
  }

  /** What were nodes and are none any more, in the order in which they went. */
  #goneBut(present: ReadonlySet<string>, named: () => ReadonlySet<string>): Map<string, string> {
    const gone = new Map<string, string>();
    for (const [name, trouble] of this.#now) if (trouble === deleted && !present.has(name)) gone.set(name, deleted);
    for (const name of this.#known) if (!present.has(name)) gone.set(name, deleted);
    if (gone.size <= mostGone) return gone;
    const kept = named();
    for (const name of gone.keys()) {
      if (gone.size <= mostGone) break;
      if (!kept.has(name)) gone.delete(name);
    }
    return gone;
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
    return this.#known.has(name) ? 'node not eligible any more or full, or the network took it off' : deleted;
  }
}
