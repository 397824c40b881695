import { cidrContains, parseAddress, parseCidr, type ClusterSnapshot, type NetworkObjects } from '@egressip-ipam/core';
import { entriesOf, sameInOrder, withEntries } from '@egressip-ipam/core/plugin';
import { hostSubnetKind } from '../kinds/host-subnet.ts';
import { netNamespaceKind } from '../kinds/net-namespace.ts';

/**
 * What OpenShift SDN does by itself: on HostSubnets with CIDRs it places what namespaces are bound to, on nodes that
 * are online, no two of one namespace together, and takes off what is bound no more.
 */
export function placeByCidr(snapshot: ClusterSnapshot): ClusterSnapshot {
  const { objects } = snapshot.network;
  const netNamespaces = entriesOf(objects, netNamespaceKind);
  const owners = new Map(
    netNamespaces.flatMap(({ name, egressIPs }) => egressIPs.map((address) => [address, name] as const)),
  );
  const ready = new Set(snapshot.nodes.flatMap((node) => (node.ready ? [node.name] : [])));
  const hosted = new Map<string, string[]>();
  const hosts = entriesOf(objects, hostSubnetKind);
  for (const { name, egressIPs, egressCIDRs } of hosts) {
    const isKept = (address: string): boolean => owners.has(address) && ready.has(name) && lies(address, egressCIDRs);
    hosted.set(name, egressCIDRs.length === 0 ? [...egressIPs] : egressIPs.filter(isKept));
  }
  const placed = new Set([...hosted.values()].flat());
  for (const [address, owner] of owners) {
    const candidates = hosts.filter(({ name, egressCIDRs }) => ready.has(name) && lies(address, egressCIDRs));
    const isApart = (name: string): boolean => hosted.get(name)?.every((other) => owners.get(other) !== owner) === true;
    const host = candidates.find(({ name }) => isApart(name));
    if (!placed.has(address) && host !== undefined) hosted.get(host.name)?.push(address);
  }
  if (hosts.every(({ name, egressIPs }) => sameInOrder(egressIPs, hosted.get(name) ?? []))) return snapshot;
  const entries = hosts.map((entry) => ({ ...entry, egressIPs: hosted.get(entry.name) ?? [] }));
  return { ...snapshot, network: { ...snapshot.network, objects: withEntries(objects, hostSubnetKind, entries) } };
}

function lies(address: string, cidrs: readonly string[]): boolean {
  return cidrs.some((text) => {
    const cidr = parseCidr(text)?.cidr;
    return cidr !== undefined && cidrContains(cidr, parseAddress(address) ?? 0);
  });
}

/** A person puts an address on a node; undefined where the SDN would take it off again. */
export function hostByHand(objects: NetworkObjects, node: string, address: string): NetworkObjects | undefined {
  const hosts = entriesOf(objects, hostSubnetKind);
  const host = hosts.find(({ name }) => name === node);
  if (host === undefined || host.egressCIDRs.length > 0) return undefined;
  const changed = { ...host, egressIPs: [...host.egressIPs, address] };
  return withEntries(
    objects,
    hostSubnetKind,
    hosts.map((entry) => (entry === host ? changed : entry)),
  );
}
