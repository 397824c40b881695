import { compareAddresses, rangeWith, type AddressRange } from '../address/address-range.ts';
import type { Address } from '../address/address.ts';
import { cidrContains, cidrContainsCidr, cidrsOverlap, type Cidr } from '../address/cidr.ts';
import { NodeSelection } from './node-selection.ts';
import type { NodeTable } from './node-table.ts';
import type { NodePart } from './subnet-nodes.ts';

/** The nodes of one CIDR assignment. */
export interface NodeGroup {
  readonly selection: NodeSelection;
  /** The parts of the CIDR that candidates can carry, in order. */
  readonly hostable: readonly AddressRange[];
  /** Whether every candidate can carry every address of `hostable`. */
  readonly uniform: boolean;
  /** The candidates that can carry an address. */
  readonly partFor: (address: Address) => NodePart;
  /** Position in the list of all groups. */
  readonly index: number;
}

/** Makes the group of a CIDR. */
export function nodeGroup(index: number, selection: NodeSelection, cidr: Cidr): NodeGroup {
  const parts = hostableParts(cidr, selection.subnets);
  const partFor = (address: Address): NodePart =>
    parts.uniform && isHostable(parts, address) ? selection.whole : selection.partFor(address);
  return { index, selection, ...parts, partFor };
}

/** All nodes of an EgressIPAM as one group, for an address that lies in none of its CIDRs any more. */
export function unitedGroup(nodes: NodeTable, groups: readonly NodeGroup[], index: number): NodeGroup {
  const united = new Set([...new Set(groups.map(({ selection }) => selection))].flatMap(({ selected }) => selected));
  const selection = new NodeSelection(
    nodes,
    [...united].sort((a, b) => a - b),
  );
  return { index, selection, hostable: [], uniform: false, partFor: (address) => selection.partFor(address) };
}

/** Whether a group's nodes can carry an address at all. */
export function isHostable({ hostable }: Pick<NodeGroup, 'hostable'>, address: Address): boolean {
  const [part] = hostable;
  if (part === undefined) return false;
  return hostable.length === 1 ? cidrContains(part, address) : rangeWith(hostable, address) !== undefined;
}

/** The parts of a CIDR that nodes with these subnets can carry, and whether each node can carry all of them. */
export function hostableParts(
  cidr: Cidr,
  subnetsOfNodes: readonly (readonly Cidr[] | undefined)[],
): { readonly hostable: readonly AddressRange[]; readonly uniform: boolean } {
  const parts = new Map<string, Cidr>();
  for (const subnets of subnetsOfNodes) {
    for (const part of partsOf(cidr, subnets)) parts.set(part.text, part);
  }
  // Of two CIDRs one lies in the other, or they are apart.
  const sorted = [...parts.values()].sort((a, b) => compareAddresses(a.first, b.first) || a.prefix - b.prefix);
  const outermost: Cidr[] = [];
  for (const part of sorted) {
    const before = outermost.at(-1);
    if (before === undefined || !cidrContainsCidr(before, part)) outermost.push(part);
  }
  const uniform = subnetsOfNodes.every(
    (subnets) =>
      subnets === undefined || outermost.every((part) => subnets.some((subnet) => cidrContainsCidr(subnet, part))),
  );
  return { hostable: outermost, uniform };
}

/** Where a node's subnets are not known, the whole CIDR counts as hostable. */
function partsOf(cidr: Cidr, subnets: readonly Cidr[] | undefined): readonly Cidr[] {
  if (subnets === undefined) return [cidr];
  return subnets
    .filter((subnet) => cidrsOverlap(subnet, cidr))
    .map((subnet) => (cidrContainsCidr(subnet, cidr) ? cidr : subnet));
}
