import type { Address } from '../address/address.ts';
import type { Cidr } from '../address/cidr.ts';
import type { NodeIndex } from '../ledger/indexes.ts';
import { NodeSet } from './node-set.ts';
import type { NodeTable } from './node-table.ts';
import { SubnetNodes, type NodePart } from './subnet-nodes.ts';

/** Nodes that an EgressIPAM and a topology value select: one selection, however many CIDRs have the value. */
export class NodeSelection {
  /** Whatever their state. */
  readonly selected: readonly NodeIndex[];
  /** Those of `selected` that may take more: usable, not cordoned, and readable by the provider. */
  readonly candidates: readonly NodeIndex[];
  /** All candidates as one part. */
  readonly whole: NodePart;
  readonly #nodes: NodeTable;
  readonly #isSelected: NodeSet;
  #subnets: readonly (readonly Cidr[] | undefined)[] | undefined;
  #bySubnet: SubnetNodes | undefined;
  #names: { readonly selected: readonly string[]; readonly candidates: readonly string[] } | undefined;

  constructor(nodes: NodeTable, selected: readonly NodeIndex[]) {
    this.#nodes = nodes;
    this.selected = selected;
    this.candidates = selected.filter((node) => nodes.takesNew(node));
    this.whole = { id: 'all', candidates: this.candidates };
    this.#isSelected = new NodeSet(selected);
  }

  isSelected(node: NodeIndex): boolean {
    return this.#isSelected.has(node);
  }

  /** Whether any of `selected` has a subnet with an address, or may have one, whatever its state. */
  couldHost(address: Address): boolean {
    return this.selected.some((node) => this.#nodes.canHost(node, address));
  }

  /** What subnets candidates have: each list once, undefined for those of which nothing is known. */
  get subnets(): readonly (readonly Cidr[] | undefined)[] {
    this.#subnets ??= [...new Set(this.candidates.map((node) => this.#nodes.subnetsOf(node)))];
    return this.#subnets;
  }

  /** The candidates that can carry an address. */
  partFor(address: Address): NodePart {
    this.#bySubnet ??= new SubnetNodes(this.candidates, (node) => this.#nodes.subnetsOf(node));
    return this.#bySubnet.partFor(address);
  }

  /** The names of the nodes. */
  get names(): { readonly selected: readonly string[]; readonly candidates: readonly string[] } {
    const namesOf = (list: readonly NodeIndex[]): readonly string[] => list.map((node) => this.#nodes.nameOf(node));
    this.#names ??= { selected: namesOf(this.selected), candidates: namesOf(this.candidates) };
    return this.#names;
  }
}
