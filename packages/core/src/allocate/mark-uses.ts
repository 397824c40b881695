import type { Address } from '../address/address.ts';
import { Attention } from '../parse/namespace-list.ts';
import { parseAddresses } from '../parse/parse-namespace.ts';
import { AddressFlag } from './address-table.ts';
import { unsettle } from './classify.ts';
import type { World } from './world.ts';

const none: readonly never[] = [];

/** Takes out of the pools what nobody may ever get: reserved addresses, nodes' own, API and ingress, foreign EgressIPs. */
export function markExclusions(world: World): void {
  const { snapshot, addresses } = world;
  for (const egressIPAM of snapshot.egressIPAMs) {
    for (const assignment of egressIPAM.assignments) {
      for (const range of assignment.reserved) addresses.takeRange(range.first, range.last);
    }
  }
  for (const cidr of snapshot.observation?.cidrs.values() ?? []) {
    for (const range of cidr.reserved) addresses.takeRange(range.first, range.last);
  }
  const take = (list: readonly Address[]): void => list.forEach((address) => addresses.take(address));
  for (const node of snapshot.nodes) take(node.addresses);
  for (const hostSubnet of snapshot.hostSubnets) if (hostSubnet.hostIP !== undefined) addresses.take(hostSubnet.hostIP);
  for (const node of snapshot.observation?.nodes.values() ?? []) take(node.fixed);
  take(parseAddresses(snapshot.source.infrastructure.virtualIPs));
  take(parseAddresses(snapshot.source.refused ?? []));
  for (const egressIP of snapshot.egressIPs) {
    if (!world.isForeign(egressIP)) continue;
    take(egressIP.egressIPs);
    take(egressIP.assigned.map(({ address }) => address));
  }
}

/** Notes which node hosts each address, what of it is on record as ours, and what interfaces carry. */
export function markHosts(world: World): void {
  const { snapshot, addresses, nodes } = world;
  const record = (slot: number): void => {
    addresses.flags[slot] = (addresses.flags[slot] ?? 0) | AddressFlag.recorded;
  };
  const host = (slot: number, node: number): void => {
    const before = addresses.hostedOn[slot] ?? 0;
    if (before !== 0 && before !== node + 1) addresses.flags[slot] = (addresses.flags[slot] ?? 0) | AddressFlag.hostedTwice;
    else addresses.hostedOn[slot] = node + 1;
  };
  nodes.hostSubnetOf.forEach((hostSubnet, node) => {
    if (hostSubnet === undefined) return;
    const slots = hostSubnet.hosted.slotsIn(addresses);
    const isRecorded = hostSubnet.recorded === hostSubnet.egressIPs;
    const { hostedOn, flags } = addresses;
    for (let index = 0; index < hostSubnet.egressIPs.length; index += 1) {
      const slot = slots?.[index];
      if (slot !== undefined && isRecorded && hostedOn[slot] === 0) {
        hostedOn[slot] = node + 1;
        flags[slot] = (flags[slot] ?? 0) | AddressFlag.recorded;
        continue;
      }
      const other = slot ?? addresses.slotOf(hostSubnet.egressIPs[index] ?? 0);
      host(other, node);
      if (isRecorded) record(other);
    }
    for (const address of hostSubnet.unconfirmed) host(addresses.slotOf(address), node);
    if (!isRecorded) for (const address of hostSubnet.recorded) record(addresses.slotOf(address));
  });
  for (const egressIP of snapshot.egressIPs) {
    if (world.isForeign(egressIP)) continue;
    for (const { node, address } of egressIP.assigned) {
      const index = nodes.indexOf(node);
      if (index !== -1) host(addresses.slotOf(address), index);
    }
  }
  markAttachments(world);
}

/** Where an interface was not seen, it is taken to carry what its node hosts for us: nothing is forgotten unseen (law 9). */
function markAttachments(world: World): void {
  const { snapshot, addresses, nodes } = world;
  if (!snapshot.source.provider.attach) return;
  if (snapshot.observation === undefined) {
    addresses.attachedOn.set(addresses.hostedOn);
    return;
  }
  for (const [name, observed] of snapshot.observation.nodes) {
    const node = nodes.indexOf(name);
    if (node === -1) continue;
    for (const address of observed.attached) {
      const slot = addresses.slotOf(address);
      addresses.attachedOn[slot] = node + 1;
    }
  }
  nodes.hostSubnetOf.forEach((hostSubnet, node) => {
    if (hostSubnet === undefined || node >= nodes.departedFrom || !isUnknown(world, nodes.nameOf(node))) return;
    for (const address of hostSubnet.recorded) {
      const slot = addresses.slotOf(address);
      if (addresses.attachedOn[slot] === 0) addresses.attachedOn[slot] = node + 1;
    }
  });
  // What is in use may be on an interface of ours that could not be read.
  if (snapshot.nodes.some(({ name }) => isUnknown(world, name))) return;
  for (const cidr of snapshot.observation.cidrs.values()) {
    for (const { address } of cidr.inUse) {
      const slot = addresses.slotOf(address);
      if (addresses.attachedOn[slot] === 0) world.refusedAddresses.add(address);
    }
  }
}

/** Whether it is not known what a node's interface carries: it was not looked at, or could not be read. */
export function isUnknown(world: World, node: string): boolean {
  return world.snapshot.observation?.nodes.get(node)?.isUnknown !== false;
}

/** Takes out of the pools what is in use in any way, by us or by others: nothing is handed out twice (law 1). Settled addresses are placed by now. */
export function markUses(world: World): void {
  const { snapshot, addresses } = world;
  const take = (list: readonly Address[]): void => {
    for (const address of list) addresses.take(address);
  };
  usedInNetwork(world, take);
  for (const config of snapshot.cloudPrivateIPConfigs) if (config.address !== undefined) addresses.take(config.address);
  for (const node of snapshot.observation?.nodes.values() ?? []) take(node.attached);
  for (const cidr of snapshot.observation?.cidrs.values() ?? []) {
    for (const { address } of cidr.inUse) addresses.take(address);
  }
}

function usedInNetwork(world: World, take: (addresses: readonly Address[]) => void): void {
  const { snapshot } = world;
  for (const [position, hostSubnet] of snapshot.hostSubnets.entries()) {
    // What settled namespaces own is taken already.
    if (world.isUndisturbed(world.nodes.nodeOfHostSubnet[position] ?? -1)) continue;
    take(hostSubnet.egressIPs);
    if (hostSubnet.recorded !== hostSubnet.egressIPs) take(hostSubnet.recorded);
    take(hostSubnet.unconfirmed);
  }
  for (const index of unsettledBindings(world)) {
    const netNamespace = world.netNamespaceOf(index);
    take(netNamespace?.egressIPs ?? none);
    take(netNamespace?.unconfirmed ?? none);
  }
  for (const orphan of world.orphanNetNamespaces) take(orphan.egressIPs);
  for (const egressIP of snapshot.egressIPs) {
    take(egressIP.egressIPs);
    take(egressIP.unconfirmed);
    take(egressIP.assigned.map(({ address }) => address));
  }
}

/** Notes which addresses are bound to the traffic of namespaces outside our care. */
export function markForeignBindings(world: World): void {
  const { addresses } = world;
  const foreign = (list: readonly Address[]): void => {
    for (const address of list) {
      const slot = addresses.slotOf(address);
      addresses.flags[slot] = (addresses.flags[slot] ?? 0) | AddressFlag.boundByOthers;
      unsettle(world, (addresses.owner[slot] ?? 0) - 1);
    }
  };
  for (const index of unsettledBindings(world)) {
    const bound = world.netNamespaceOf(index)?.egressIPs ?? none;
    const claim = world.claimOf(index);
    if (claim === undefined) foreign(bound);
    else if (claim.release !== undefined) foreign(bound.filter((address) => !claim.leaving.includes(address)));
  }
  for (const orphan of world.orphanNetNamespaces) {
    foreign(orphan.egressIPs.filter((address) => ((addresses.flags[addresses.slotOf(address)] ?? 0) & AddressFlag.recorded) === 0));
  }
}

/** Namespaces whose NetNamespaces may say something else than they do. */
function unsettledBindings(world: World): readonly number[] {
  const { namespaces } = world.snapshot;
  const { attention, netOf } = namespaces;
  const indexes: number[] = [];
  for (let index = 0; index < namespaces.length; index += 1) {
    if (world.settledIn[index] === -1 && attention[index] !== Attention.none && netOf[index] !== -1) indexes.push(index);
  }
  return indexes;
}
