import type { AddressRange } from '../address/address-range.ts';
import type { Address } from '../address/address.ts';
import { cidrContains, cidrContainsCidr, cidrsOverlap, type Cidr } from '../address/cidr.ts';

/** The nodes of one CIDR assignment. Nodes are indexes into the snapshot's nodes, in the order of their names. */
export interface NodeGroup {
  /** Selected by the EgressIPAM and the topology value, whatever their state. */
  readonly selected: readonly number[];
  /** 1 for each selected node, by node index. */
  readonly isSelected: Uint8Array;
  /** Those of `selected` that may keep what they carry: Ready, and known to the network. */
  readonly isEligible: Uint8Array;
  /** Those that may take more: eligible, and readable by the provider. */
  readonly candidates: readonly number[];
  /** 1 for each candidate, by node index. */
  readonly isCandidate: Uint8Array;
  /** The parts of the CIDR that candidates can carry, in order. */
  readonly hostable: readonly AddressRange[];
  /** Whether every candidate can carry every address of `hostable`. */
  readonly uniform: boolean;
  /** Position in the list of all groups. */
  readonly index: number;
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
  const outermost = [...parts.values()].filter((part) => ![...parts.values()].some((other) => other !== part && cidrContainsCidr(other, part)));
  outermost.sort((a, b) => (a.first < b.first ? -1 : 1));
  const uniform = subnetsOfNodes.every((subnets) => outermost.every((part) => subnets === undefined || subnets.some((subnet) => cidrContainsCidr(subnet, part))));
  return { hostable: outermost, uniform };
}

/** Where a node's subnets are not known, the whole CIDR counts as hostable. */
function partsOf(cidr: Cidr, subnets: readonly Cidr[] | undefined): readonly Cidr[] {
  if (subnets === undefined) return [cidr];
  return subnets.filter((subnet) => cidrsOverlap(subnet, cidr)).map((subnet) => (cidrContainsCidr(subnet, cidr) ? cidr : subnet));
}

/** Whether a node with these subnets can carry an address. */
export function canHost(subnets: readonly Cidr[] | undefined, address: Address): boolean {
  return subnets === undefined || subnets.some((subnet) => cidrContains(subnet, address));
}
