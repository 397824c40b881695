import type { Plan, Step } from '@egressip-ipam/core';

/** What a namespace's traffic left by, on which nodes; null: the network has not said. */
interface Binding {
  readonly addresses: readonly string[];
  readonly nodes: readonly (string | null)[];
}

/**
 * What namespaces' traffic leaves by, as long as nothing else is decided and we do not unbind it: a step that binds it
 * once more, or writes it down anew, puts back what somebody else undid, however long ago it was written, and by whom.
 */
export class StandingBindings {
  readonly #standing = new Map<string, Binding>();

  /** Takes in what is decided now, and what carries traffic. */
  note({ allocations }: Plan): void {
    for (const allocation of allocations) {
      const { namespace, carried, carrying = [] } = allocation;
      if (carried) this.#standing.set(namespace, allocation);
      else this.#keep(namespace, standingOf(allocation, carrying, this.#standing.get(namespace)));
    }
    if (this.#standing.size <= allocations.length) return;
    const present = new Set(allocations.map(({ namespace }) => namespace));
    for (const namespace of this.#standing.keys()) if (!present.has(namespace)) this.#standing.delete(namespace);
  }

  #keep(namespace: string, binding: Binding): void {
    if (binding.addresses.length > 0) this.#standing.set(namespace, binding);
    else this.#standing.delete(namespace);
  }

  /** Takes in that a step was done; whether it puts back what somebody else undid. */
  done({ kind, namespace, effects: { recorded = [], bound = [], unbound = [] } }: Step): boolean {
    const standing = namespace === undefined ? undefined : this.#standing.get(namespace);
    if (kind !== 'network' || namespace === undefined || standing === undefined) return false;
    const isPutBack = [...recorded, ...bound].some((address) => standing.addresses.includes(address));
    if (unbound.some((address) => standing.addresses.includes(address)))
      this.#keep(
        namespace,
        partOf(standing, (address) => !unbound.includes(address)),
      );
    return isPutBack;
  }
}

/** Of what is decided, what carries traffic, and what did, of which nothing else was decided since. */
function standingOf(decided: Binding, carrying: readonly string[], before: Binding | undefined): Binding {
  return partOf(decided, (address, node) => {
    if (carrying.includes(address)) return true;
    const position = before?.addresses.indexOf(address) ?? -1;
    if (position < 0) return false;
    const was = before?.nodes[position] ?? null;
    return node === null || was === null || node === was;
  });
}

function partOf({ addresses, nodes }: Binding, isPart: (address: string, node: string | null) => boolean): Binding {
  const positions = addresses.flatMap((address, position) =>
    isPart(address, nodes[position] ?? null) ? [position] : [],
  );
  return {
    addresses: positions.map((position) => addresses[position] ?? ''),
    nodes: positions.map((position) => nodes[position] ?? null),
  };
}
