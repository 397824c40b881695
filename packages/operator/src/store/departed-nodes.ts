import type { NodeSnapshot } from '@egressip-ipam/core';

/**
 * Nodes that went away while they were watched. Their machines may run on, with
 * addresses on their interfaces that only somebody who knows them can take from there.
 */
export class DepartedNodes {
  /** By providerID. */
  readonly #departed = new Map<string, NodeSnapshot>();
  #combined: { readonly present: readonly NodeSnapshot[]; readonly all: readonly NodeSnapshot[] } | undefined;

  /** Notes that a node went away. */
  note({ name, providerID }: NodeSnapshot): void {
    if (providerID === undefined) return;
    // Chosen by nobody, and never ready.
    this.#departed.set(providerID, { name, labels: {}, ready: false, addresses: [], providerID });
    this.#combined = undefined;
  }

  /** Forgets those of which nothing is left. */
  forget(isEmpty: (name: string) => boolean): void {
    const gone = [...this.#departed].filter(([, { name }]) => isEmpty(name));
    if (gone.length > 0) this.#combined = undefined;
    for (const [providerID] of gone) this.#departed.delete(providerID);
  }

  /** The nodes that are there, and those that went away, sorted by name; the same array while nothing changed. */
  with(present: readonly NodeSnapshot[]): readonly NodeSnapshot[] {
    if (this.#departed.size === 0) return present;
    if (this.#combined?.present === present) return this.#combined.all;
    for (const { providerID } of present) if (providerID !== undefined) this.#departed.delete(providerID);
    const names = new Set(present.map(({ name }) => name));
    // Another machine may have come under the name.
    for (const [providerID, node] of this.#departed)
      if (names.has(node.name)) this.#departed.set(providerID, { ...node, name: `${node.name} (${providerID})` });
    const all = [...present, ...this.#departed.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    this.#combined = { present, all };
    return all;
  }
}
