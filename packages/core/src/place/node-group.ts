import type { AddressRange } from '../address/address-range.ts';
import type { Address } from '../address/address.ts';
import { cidrContains, cidrContainsCidr, cidrsOverlap, type Cidr } from '../address/cidr.ts';
import type { NodeIndex } from '../ledger/indexes.ts';
import { NodeSet } from './node-set.ts';
import type { NodeTable } from './node-table.ts';

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
  /** Position in the list of all groups. */
  readonly index: number;
}

/** Makes the group of a CIDR. */
export function nodeGroup(nodes: NodeTable, index: number, selected: readonly NodeIndex[], cidr: Cidr): NodeGroup {
  const candidates = selected.filter((node) => nodes.takesNew(node));
  const parts = hostableParts(
    cidr,
    candidates.map((node) => nodes.subnetsOf(node)),
  );
  return { index, selected, candidates, isSelected: memberOf(selected), isCandidate: memberOf(candidates), ...parts };
}

/** All nodes of an EgressIPAM as one group, for an address that lies in none of its CIDRs any more. */
export function unitedGroup(groups: readonly NodeGroup[], index: number): NodeGroup {
  const united = (pick: (group: NodeGroup) => readonly NodeIndex[]): readonly NodeIndex[] =>
    [...new Set(groups.flatMap(pick))].sort((a, b) => a - b);
  const selected = united((group) => group.selected);
  const candidates = united((group) => group.candidates);
  const isMember = { isSelected: memberOf(selected), isCandidate: memberOf(candidates) };
  return { index, selected, candidates, ...isMember, hostable: [], uniform: false };
}

/** Whether a group's nodes can carry an address at all. */
export function isHostable({ hostable }: NodeGroup, address: Address): boolean {
  return hostable.some((part) => cidrContains(part, address));
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
  const all = [...parts.values()];
  const outermost = all.filter((part) => !all.some((other) => other !== part && cidrContainsCidr(other, part)));
  outermost.sort((a, b) => (a.first < b.first ? -1 : 1));
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
