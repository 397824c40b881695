import type { Address } from '../address/address.ts';
import { compareAddresses } from '../address/address-range.ts';
import { cidrContainsCidr, type Cidr } from '../address/cidr.ts';
import { RangeIndex } from '../address/range-index.ts';
import type { NodeIndex } from '../ledger/indexes.ts';

/** Nodes that can all carry the same addresses of a group, in order. */
export interface NodePart {
  /** Tells it from other parts of its group; `all` is the part that is the whole group. */
  readonly id: number | 'all';
  readonly candidates: readonly NodeIndex[];
}

/** A subnet of nodes, and the next larger one around it. */
interface Subnet {
  readonly first: Address;
  readonly last: Address;
  readonly cidr: Cidr;
  readonly id: number;
  readonly around: Subnet | undefined;
  readonly nodes: NodeIndex[];
}

/** Finds nodes by the subnets that they are in: of thousands, each with a subnet of its own, one is not to ask all. */
export class SubnetNodes {
  /** Nodes of which nothing is known: they may carry anything. */
  readonly #open: readonly NodeIndex[];
  readonly #innermost: RangeIndex<Subnet>;
  readonly #parts = new Map<number, NodePart>();

  constructor(nodes: readonly NodeIndex[], subnetsOf: (node: NodeIndex) => readonly Cidr[] | undefined) {
    this.#open = nodes.filter((node) => subnetsOf(node) === undefined);
    const subnets = nest(nodes.flatMap((node) => subnetsOf(node) ?? []));
    for (const node of nodes) for (const { text } of subnetsOf(node) ?? []) subnets.get(text)?.nodes.push(node);
    this.#innermost = new RangeIndex([...subnets.values()].sort((a, b) => b.cidr.prefix - a.cidr.prefix));
  }

  /** The nodes that can carry an address. */
  partFor(address: Address): NodePart {
    const innermost = this.#innermost.find(address);
    const id = innermost?.id ?? 0;
    let part = this.#parts.get(id);
    if (part === undefined) {
      // Whatever has the address lies around the innermost: of two CIDRs one lies in the other, or they are apart.
      const candidates = new Set(this.#open);
      for (let subnet = innermost; subnet !== undefined; subnet = subnet.around)
        for (const node of subnet.nodes) candidates.add(node);
      part = { id, candidates: [...candidates].sort((a, b) => a - b) };
      this.#parts.set(id, part);
    }
    return part;
  }
}

/** Subnets by their text, each with the one around it; numbered from 1. */
function nest(cidrs: readonly Cidr[]): ReadonlyMap<string, Subnet> {
  const distinct = [...new Map(cidrs.map((cidr) => [cidr.text, cidr])).values()];
  distinct.sort((a, b) => compareAddresses(a.first, b.first) || a.prefix - b.prefix);
  const subnets = new Map<string, Subnet>();
  let around: Subnet | undefined;
  for (const cidr of distinct) {
    while (around !== undefined && !cidrContainsCidr(around.cidr, cidr)) around = around.around;
    around = { first: cidr.first, last: cidr.last, cidr, id: subnets.size + 1, around, nodes: [] };
    subnets.set(cidr.text, around);
  }
  return subnets;
}
