import { familyOf, type Address } from '../address/address.ts';
import { AddressFlag } from '../allocate/address-table.ts';
import { assignmentOf, siblingsOf, type Claim } from '../allocate/claim.ts';
import { compareByAge } from '../allocate/decide-inputs.ts';
import type { World } from '../allocate/world.ts';
import type { NodeGroup } from './node-group.ts';
import type { Placer } from './placer.ts';

/** How the network decides which node carries an address. */
export type PlacementMode =
  /** This project does. */
  | 'explicit'
  /** OpenShift SDN does, among nodes that have the CIDR. */
  | 'by-cidr'
  /** OVN-Kubernetes does. */
  | 'by-network';

/** The placement mode of an EgressIPAM (by index). */
export function placementMode(world: World, egressIPAM: number): PlacementMode {
  const { network, provider } = world.snapshot.source;
  if (network.kind === 'ovn-kubernetes') return 'by-network';
  if (provider.cloud || provider.attach) return 'explicit';
  return (world.snapshot.egressIPAMs[egressIPAM]?.source.cidrAssignments.length ?? 0) === 1 ? 'by-cidr' : 'explicit';
}

/** The nodes for an address of an EgressIPAM: those of its CIDR assignment. Undefined when it lies in none. */
export function groupOf(world: World, egressIPAM: number, address: Address): NodeGroup | undefined {
  const parsed = world.snapshot.egressIPAMs[egressIPAM];
  const assignment = parsed === undefined ? undefined : assignmentOf(parsed, address);
  return assignment === undefined ? undefined : world.nodes.groups[egressIPAM]?.[parsed?.assignments.indexOf(assignment) ?? -1];
}

/**
 * Leaves allocated addresses on the nodes that carry them while these are
 * eligible, and finds a node for the others, oldest claim first. Where none is
 * found, an address stays on a selected node that is out of order: it works again
 * when the node does.
 */
export function placeKept(world: World, placer: Placer): void {
  const homeless: { readonly claim: Claim; readonly address: Address; readonly group: NodeGroup | undefined }[] = [];
  const full: typeof homeless = [];
  const unassigned: { readonly claim: Claim; readonly address: Address }[] = [];
  for (const claim of world.claims) {
    const mode = placementMode(world, claim.egressIPAM);
    for (const address of claim.addresses) {
      const slot = world.addresses.slotOf(address);
      if (mode !== 'explicit') {
        const node = (world.addresses.hostedOn[slot] ?? 0) - 1;
        world.addresses.placedOn[slot] = node + 1;
        if (mode === 'by-network' && node !== -1) world.nodes.addLoad(node, familyOf(address), 1);
        else if (mode === 'by-network') unassigned.push({ claim, address });
        continue;
      }
      const group = groupOf(world, claim.egressIPAM, address);
      const node = currentNode(world, slot);
      if (node === -1 || !mayStay(world, claim, address, group, node)) homeless.push({ claim, address, group });
      else if (world.nodes.hasRoom(node, familyOf(address)) || world.addresses.attachedOn[slot] === node + 1) placer.keep(slot, familyOf(address), node);
      else full.push({ claim, address, group });
    }
  }
  for (const { claim, address } of unassigned) reserve(world, placer, claim, address);
  homeless.push(...full);
  homeless.sort((a, b) => compareByAge(a.claim, b.claim));
  for (const { claim, address, group } of homeless) rehouse(world, placer, claim, address, group);
}

/** The node that hosts an address now, or carries it on its interface; -1 for none. */
function currentNode(world: World, slot: number): number {
  const hosted = world.addresses.hostedOn[slot] ?? 0;
  return (hosted === 0 ? (world.addresses.attachedOn[slot] ?? 0) : hosted) - 1;
}

function mayStay(world: World, claim: Claim, address: Address, group: NodeGroup | undefined, node: number): boolean {
  const eligible = group === undefined ? world.nodes.egressIPAMOf[node] === claim.egressIPAM && isReady(world, node) : group.isEligible[node] === 1;
  return eligible && world.nodes.canHost(node, address) && !hasSiblingOn(world, claim, address, node);
}

function isReady(world: World, node: number): boolean {
  return world.nodes.nodes[node]?.source.ready === true;
}

/** Law 3: whether another address of the same claim is placed on a node. */
function hasSiblingOn(world: World, claim: Claim, address: Address, node: number): boolean {
  for (const other of claim.addresses) {
    if (other !== address && world.addresses.placedOn[world.addresses.slotOf(other)] === node + 1) return true;
  }
  return false;
}

function rehouse(world: World, placer: Placer, claim: Claim, address: Address, group: NodeGroup | undefined): void {
  const target = group ?? anyNodeOf(world, claim.egressIPAM);
  const slot = world.addresses.slotOf(address);
  const siblings = siblingsOf(claim, world.addresses);
  const flags = world.addresses.flags[slot] ?? 0;
  const conflicted = (flags & AddressFlag.boundByOthers) !== 0;
  if (target !== undefined && !conflicted && placer.placeAll([placer.item(address, target, siblings)])) return;
  const node = currentNode(world, slot);
  const stays = node !== -1 && (target === undefined || target.isSelected[node] === 1) && !hasSiblingOn(world, claim, address, node);
  if (stays) placer.keep(slot, familyOf(address), node);
}

/** All nodes of an EgressIPAM, for an address that lies in none of its CIDRs any more. */
function anyNodeOf(world: World, egressIPAM: number): NodeGroup | undefined {
  const groups = world.nodes.groups[egressIPAM];
  if (groups === undefined) return undefined;
  let group = world.anyNodeGroups.get(egressIPAM);
  if (group === undefined) {
    group = uniteGroups(groups, world.nodes.nodes.length, world.nodes.groupCount + egressIPAM);
    world.anyNodeGroups.set(egressIPAM, group);
  }
  return group;
}

function uniteGroups(groups: readonly NodeGroup[], nodeCount: number, index: number): NodeGroup {
  const unite = (pick: (group: NodeGroup) => Uint8Array): Uint8Array => {
    const united = new Uint8Array(nodeCount);
    for (const group of groups) pick(group).forEach((bit, node) => bit === 1 && (united[node] = 1));
    return united;
  };
  const isSelected = unite((group) => group.isSelected);
  const isCandidate = unite((group) => group.isCandidate);
  const listed = (bits: Uint8Array): number[] => [...bits.keys()].filter((node) => bits[node] === 1);
  return {
    index,
    isSelected,
    isCandidate,
    isEligible: unite((group) => group.isEligible),
    selected: listed(isSelected),
    candidates: listed(isCandidate),
    hostable: [],
    uniform: false,
  };
}

/** OVN-Kubernetes: an address that no node carries yet gets its room reserved. What is assigned has been counted where it is. */
function reserve(world: World, placer: Placer, claim: Claim, address: Address): void {
  const group = groupOf(world, claim.egressIPAM, address);
  if (group === undefined) return;
  placer.placeAll([placer.item(address, group, siblingsOf(claim, world.addresses))]);
}

/**
 * OVN-Kubernetes in a cloud: what foreign EgressIPs have on nodes, and what a node has
 * not given back yet, takes of the capacity that the cluster's controller announces.
 */
export function countOthers(world: World): void {
  const { cloudPrivateIPConfigs, egressIPs, source } = world.snapshot;
  if (source.network.kind !== 'ovn-kubernetes' || !source.provider.cloud) return;
  const nodeOf = new Map<Address, string>();
  const note = (address: Address, node: string | undefined): void => {
    if (node !== undefined && world.addresses.owner[world.addresses.slotOf(address)] === 0) nodeOf.set(address, node);
  };
  for (const { assigned } of egressIPs) for (const { address, node } of assigned) note(address, node);
  for (const { address, source: config } of cloudPrivateIPConfigs) {
    // Between two nodes an address has none in its status.
    if (address !== undefined) note(address, config.statusNode === undefined || config.statusNode === '' ? config.specNode : config.statusNode);
  }
  for (const [address, name] of nodeOf) {
    const node = world.nodes.indexOf(name);
    if (node !== -1) world.nodes.addLoad(node, familyOf(address), 1);
  }
}

/** What a node's interface can still take: its limit, less its primary addresses and what is not ours. */
export function limitByInterfaces(world: World): void {
  const { observation } = world.snapshot;
  if (observation === undefined || !world.snapshot.source.provider.attach) return;
  for (const [name, observed] of observation.nodes) {
    const node = world.nodes.indexOf(name);
    if (node === -1) continue;
    let foreign4 = observed.primaries.ipv4;
    let foreign6 = observed.primaries.ipv6;
    for (const address of observed.attached) {
      const slot = world.addresses.slotOf(address);
      const flags = world.addresses.flags[slot] ?? 0;
      const ours = (world.addresses.owner[slot] ?? 0) !== 0 || (flags & (AddressFlag.recorded | AddressFlag.releasing)) !== 0;
      if (ours && (world.addresses.owner[slot] ?? 0) === 0) world.nodes.addLoad(node, familyOf(address), 1);
      if (ours) continue;
      if (familyOf(address) === 4) foreign4 += 1;
      else foreign6 += 1;
    }
    const { ipv4 = Infinity, ipv6 = Infinity } = observed.limits;
    world.nodes.capacityOf[node] = { ipv4: Math.max(0, ipv4 - foreign4), ipv6: Math.max(0, ipv6 - foreign6), total: Infinity };
  }
}
