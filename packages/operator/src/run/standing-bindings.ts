import type { Plan, Step } from '@egressip-ipam/core';

/** What a namespace's traffic left by, on which nodes; null: the network has not said. */
interface Binding {
  readonly addresses: readonly string[];
  readonly nodes: readonly (string | null)[];
}

/**
 * What namespaces' traffic leaves by, as long as nothing else is decided and we do not unbind it: a step that binds it
 * once more puts back what somebody else undid, however long ago it was written, and by whom.
 */
export class StandingBindings {
  readonly #standing = new Map<string, Binding>();

  /** Takes in what is decided now, and what carries traffic. */
  note({ allocations }: Plan): void {
    for (const { namespace, addresses, nodes, carried } of allocations) {
      if (carried) this.#standing.set(namespace, { addresses, nodes });
      else {
        const before = this.#standing.get(namespace);
        if (before !== undefined && !isSame(before, { addresses, nodes })) this.#standing.delete(namespace);
      }
    }
    if (this.#standing.size <= allocations.length) return;
    const present = new Set(allocations.map(({ namespace }) => namespace));
    for (const namespace of this.#standing.keys()) if (!present.has(namespace)) this.#standing.delete(namespace);
  }

  /** Takes in that a step was done; whether it puts back what somebody else undid. */
  done({ kind, namespace, effects: { bound = [], unbound = [] } }: Step): boolean {
    if (kind !== 'network' || namespace === undefined) return false;
    const standing = this.#standing.get(namespace)?.addresses ?? [];
    if (unbound.some((address) => standing.includes(address))) this.#standing.delete(namespace);
    return bound.some((address) => standing.includes(address));
  }
}

function isSame(before: Binding, { addresses, nodes }: Binding): boolean {
  return (
    before.addresses.length === addresses.length &&
    addresses.every((address, index) => {
      const [was, is] = [before.nodes[index], nodes[index]];
      return before.addresses[index] === address && (is === null || was === null || is === was);
    })
  );
}
