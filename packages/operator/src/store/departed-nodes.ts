import type { NodeSnapshot } from '@egressip-ipam/core';

/**
 * Nodes that went away while they were watched. Their machines may run on, with
 * addresses on their interfaces that only somebody who knows them can take from there.
 */
export class DepartedNodes {
  readonly #departed = new Map<string, NodeSnapshot>();
  #combined: { readonly present: readonly NodeSnapshot[]; readonly all: readonly NodeSnapshot[] } | undefined;

  /** Notes that a node went away. */
  note({ name, providerID }: NodeSnapshot): void {
    if (providerID === undefined) return;
    // Chosen by nobody, and never ready.
    this.#departed.set(name, { name, labels: {}, ready: false, addresses: [], providerID });
    this.#combined = undefined;
  }

  /** Forgets those of which nothing is left. */
  forget(isEmpty: (name: string) => boolean): void {
    const gone = [...this.#departed.keys()].filter(isEmpty);
    if (gone.length > 0) this.#combined = undefined;
    for (const name of gone) this.#departed.delete(name);
  }

  /** The nodes that are there, and those that went away, sorted by name; the same array while nothing changed. */
  with(present: readonly NodeSnapshot[]): readonly NodeSnapshot[] {
    if (this.#departed.size === 0) return present;
    if (this.#combined?.present === present) return this.#combined.all;
    for (const { name } of present) this.#departed.delete(name);
    const all = [...present, ...this.#departed.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    this.#combined = { present, all };
    return all;
  }
}
