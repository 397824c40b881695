import type { NodeSnapshot } from '@egressip-ipam/core';

/**
 * Nodes that went away while they were watched. Their machines may run on, with
 * addresses on their interfaces that only somebody who knows them can take from there.
 */
export class DepartedNodes {
  /** By providerID, or by name where a platform gives none. */
  readonly #departed = new Map<string, NodeSnapshot>();
  readonly #isNameEnough: boolean;
  #combined: { readonly present: readonly NodeSnapshot[]; readonly all: readonly NodeSnapshot[] } | undefined;

  /** @param isNameEnough whether a machine can be told by the name of its node, where it has no providerID */
  constructor(isNameEnough = false) {
    this.#isNameEnough = isNameEnough;
  }

  /** Notes that a node went away. */
  note(node: NodeSnapshot): void {
    const { name, providerID } = node;
    if (providerID === undefined && !this.#isNameEnough) return;
    // Chosen by nobody, and never ready.
    const machine = providerID === undefined ? {} : { providerID };
    this.#departed.set(keyOf(node), { name, labels: {}, ready: false, addresses: [], ...machine });
    this.#combined = undefined;
  }

  /** Forgets those of which nothing is left. */
  forget(isEmpty: (name: string) => boolean): void {
    const gone = [...this.#departed].filter(([, { name }]) => isEmpty(name));
    if (gone.length > 0) this.#combined = undefined;
    for (const [key] of gone) this.#departed.delete(key);
  }

  /** The nodes that are there, and those that went away, sorted by name; the same array while nothing changed. */
  with(present: readonly NodeSnapshot[]): readonly NodeSnapshot[] {
    if (this.#departed.size === 0) return present;
    if (this.#combined?.present === present) return this.#combined.all;
    for (const node of present) this.#departed.delete(keyOf(node));
    const names = new Set(present.map(({ name }) => name));
    // Another machine may have come under the name.
    for (const [key, node] of this.#departed)
      if (names.has(node.name)) this.#departed.set(key, { ...node, name: `${node.name} (${key})` });
    const all = [...present, ...this.#departed.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    this.#combined = { present, all };
    return all;
  }
}

/** What tells a machine from others. */
function keyOf({ name, providerID }: Pick<NodeSnapshot, 'name' | 'providerID'>): string {
  return providerID ?? name;
}
