import { compareAddresses, rangeWith, type AddressRange } from '../address/address-range.ts';
import type { Address } from '../address/address.ts';
import { cidrContains, cidrContainsCidr, cidrsOverlap, type Cidr } from '../address/cidr.ts';
import type { NodeIndex } from '../ledger/indexes.ts';
import { NodeSet } from './node-set.ts';
import type { NodeTable } from './node-table.ts';
import { SubnetNodes, type NodePart } from './subnet-nodes.ts';

/** The nodes of one CIDR assignment. */
export interface NodeGroup {
  /** Selected by the EgressIPAM and the topology value, whatever their state. */
  readonly selected: readonly NodeIndex[];
  /** Those of `selected` that may take more: usable, not cordoned, and readable by the provider. */
  readonly candidates: readonly NodeIndex[];
  readonly isSelected: (node: NodeIndex) => boolean;
  readonly isCandidate: (node: NodeIndex) => boolean;
  /** The parts of the CIDR that candidates can carry, in order. */
  readonly hostable: readonly AddressRange[];
  /** Whether every candidate can carry every address of `hostable`. */
  readonly uniform: boolean;
  /** The candidates that can carry an address. */
  readonly partFor: (address: Address) => NodePart;
  /** Whether any of `selected` has a subnet with an address, or may have one, whatever its state. */
  readonly couldHost: (address: Address) => boolean;
  /** Position in the list of all groups. */
  readonly index: number;
}

/** The part of a group that is all of it. */
export const wholeGroup = -1;

/** Makes the group of a CIDR. */
export function nodeGroup(nodes: NodeTable, index: number, selected: readonly NodeIndex[], cidr: Cidr): NodeGroup {
  const candidates = selected.filter((node) => nodes.takesNew(node));
  const parts = hostableParts(
    cidr,
    candidates.map((node) => nodes.subnetsOf(node)),
  );
  const isMember = { isSelected: memberOf(selected), isCandidate: memberOf(candidates) };
  const whole: NodePart = { id: wholeGroup, candidates };
  const partOf = partsOfNodes(nodes, candidates);
  const partFor = (address: Address): NodePart =>
    parts.uniform && isHostable(parts, address) ? whole : partOf(address);
  const couldHost = (address: Address): boolean => selected.some((node) => nodes.canHost(node, address));
  return { index, selected, candidates, ...isMember, ...parts, partFor, couldHost };
}

function partsOfNodes(nodes: NodeTable, candidates: readonly NodeIndex[]): (address: Address) => NodePart {
  let bySubnet: SubnetNodes | undefined;
  return (address) => (bySubnet ??= new SubnetNodes(candidates, (node) => nodes.subnetsOf(node))).partFor(address);
}

/** All nodes of an EgressIPAM as one group, for an address that lies in none of its CIDRs any more. */
export function unitedGroup(nodes: NodeTable, groups: readonly NodeGroup[], index: number): NodeGroup {
  const united = (pick: (group: NodeGroup) => readonly NodeIndex[]): readonly NodeIndex[] =>
    [...new Set(groups.flatMap(pick))].sort((a, b) => a - b);
  const selected = united((group) => group.selected);
  const candidates = united((group) => group.candidates);
  const isMember = { isSelected: memberOf(selected), isCandidate: memberOf(candidates) };
  const partFor = partsOfNodes(nodes, candidates);
  const couldHost = (address: Address): boolean => selected.some((node) => nodes.canHost(node, address));
  return { index, selected, candidates, ...isMember, hostable: [], uniform: false, partFor, couldHost };
}

/** Whether a group's nodes can carry an address at all. */
export function isHostable({ hostable }: Pick<NodeGroup, 'hostable'>, address: Address): boolean {
  const [part] = hostable;
  if (part === undefined) return false;
  return hostable.length === 1 ? cidrContains(part, address) : rangeWith(hostable, address) !== undefined;
}

function memberOf(nodes: readonly NodeIndex[]): (node: NodeIndex) => boolean {
  const members = new NodeSet(nodes);
  return (node) => members.has(node);
}

/** The parts of a CIDR that nodes with these subnets can carry, and whether each node can carry all of them. */
export function hostableParts(
  cidr: Cidr,
  subnetsOfNodes: readonly (readonly Cidr[] | undefined)[],
): { readonly hostable: readonly AddressRange[]; readonly uniform: boolean } {
  const parts = new Map<string, Cidr>();
  for (const subnets of new Set(subnetsOfNodes)) {
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
