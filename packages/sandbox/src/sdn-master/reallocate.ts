import { cidrContains } from '../stand-in/addresses.ts';
import { claimsOf, type HostSubnet, type NetNamespace } from './sdn-objects.ts';

/** A node as the SDN master's allocator sees it. */
export interface SdnNode extends HostSubnet {
  readonly online: boolean;
  /** How many egress IPs its interface can hold; no limit when undefined. */
  readonly capacity?: number;
}

/** An address to be placed. */
interface Wanted {
  readonly address: string;
  readonly namespace: string;
}

/**
 * The egress IPs of every node that has egressCIDRs, by OpenShift SDN's `ReallocateEgressIPs`: what is well placed
 * stays; then addresses that only one node can have; then one of the namespace that has the fewest, on the node that
 * has the fewest, and so on. When this leaves some node with less than half of what a fresh start would give it, what a
 * fresh start would place elsewhere is dropped, to be placed in the next round.
 */
export function reallocateEgressIps(
  nodes: readonly SdnNode[],
  netNamespaces: readonly NetNamespace[],
): Map<string, readonly string[]> {
  const wanted = singlyWanted(nodes, netNamespaces);
  const kept = new Allocation(nodes, wanted);
  kept.keep();
  const before = kept.result();
  kept.fill();
  const result = kept.result();

  const fresh = new Allocation(nodes, wanted);
  fresh.fill();
  const full = fresh.result();
  const isUnbalanced = [...full].some(
    ([node, addresses]) => (result.get(node)?.length ?? 0) < Math.floor(addresses.length / 2),
  );
  if (!isUnbalanced) return result;
  return new Map(
    [...before].map(([node, addresses]) => [node, addresses.filter((address) => full.get(node)?.includes(address))]),
  );
}

// Skipped: what nobody, or more than one namespace, asks for; and what a node holds that a person manages.
function singlyWanted(nodes: readonly SdnNode[], netNamespaces: readonly NetNamespace[]): Map<string, Wanted> {
  const manual = new Set(
    nodes.filter(({ egressCIDRs }) => egressCIDRs.length === 0).flatMap(({ egressIPs }) => egressIPs),
  );
  const wanted = new Map<string, Wanted>();
  for (const [address, names] of claimsOf(netNamespaces)) {
    const [namespace, other] = names;
    if (namespace !== undefined && other === undefined && !manual.has(address))
      wanted.set(address, { address, namespace });
  }
  return wanted;
}

class Allocation {
  readonly #nodes: readonly SdnNode[];
  readonly #wanted: ReadonlyMap<string, Wanted>;
  readonly #byNode: Map<string, Wanted[]>;
  readonly #placed = new Set<string>();
  readonly #perNamespace = new Map<string, number>();

  constructor(nodes: readonly SdnNode[], wanted: ReadonlyMap<string, Wanted>) {
    this.#nodes = nodes.filter(({ egressCIDRs }) => egressCIDRs.length > 0);
    this.#wanted = wanted;
    this.#byNode = new Map(this.#nodes.map(({ name }) => [name, []]));
  }

  keep(): void {
    const hosts = claimsOf(this.#nodes);
    for (const node of this.#nodes) {
      for (const address of node.egressIPs) {
        const wanted = this.#wanted.get(address);
        if (wanted && hosts.get(address)?.length === 1 && this.#accepts(node, wanted)) this.#place(node, wanted);
      }
    }
  }

  fill(): void {
    for (;;) {
      const open = [...this.#wanted.values()]
        .filter(({ address }) => !this.#placed.has(address))
        .map((wanted) => ({ wanted, candidates: this.#nodes.filter((node) => this.#accepts(node, wanted)) }))
        .filter(({ candidates }) => candidates.length > 0);
      // The first of those with the fewest addresses; one without a choice goes before all.
      const next =
        open.find(({ candidates }) => candidates.length === 1) ??
        fewest(open, ({ wanted }) => this.#perNamespace.get(wanted.namespace) ?? 0);
      const node = next && fewest(next.candidates, ({ name }) => this.#byNode.get(name)?.length ?? 0);
      if (!node) return;
      this.#place(node, next.wanted);
    }
  }

  result(): Map<string, readonly string[]> {
    return new Map([...this.#byNode].map(([node, placed]) => [node, placed.map(({ address }) => address)]));
  }

  #accepts(node: SdnNode, { address, namespace }: Wanted): boolean {
    const placed = this.#byNode.get(node.name) ?? [];
    return (
      node.online &&
      placed.length < (node.capacity ?? Number.POSITIVE_INFINITY) &&
      node.egressCIDRs.some((cidr) => cidrContains(cidr, address)) &&
      !placed.some((other) => other.namespace === namespace)
    );
  }

  #place(node: SdnNode, wanted: Wanted): void {
    this.#byNode.get(node.name)?.push(wanted);
    this.#placed.add(wanted.address);
    this.#perNamespace.set(wanted.namespace, (this.#perNamespace.get(wanted.namespace) ?? 0) + 1);
  }
}

function fewest<Item>(items: readonly Item[], count: (item: Item) => number): Item | undefined {
  return items.reduce<Item | undefined>(
    (best, item) => (best === undefined || count(item) < count(best) ? item : best),
    undefined,
  );
}
