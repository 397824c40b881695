import { type NetworkObjects, type NetworkStep, type NodeSnapshot, type SimulatedNetwork } from '@egressip-ipam/core';
import { byName, entriesOf, withEntries, withEntry } from '@egressip-ipam/core/plugin';
import { hostSubnetKind, type HostSubnetEntry } from '../kinds/host-subnet.ts';
import { netNamespaceKind, type NetNamespaceEntry } from '../kinds/net-namespace.ts';
import { payloadOf, type HostPayload } from './payload.ts';

/** What a step makes of the cluster. */
export function simulate({ objects, nodes }: SimulatedNetwork, step: NetworkStep): SimulatedNetwork {
  const payload = payloadOf(step);
  const { name } = step.object;
  if (payload.write === 'host') {
    const hostSubnets = withEntry(
      entriesOf(objects, hostSubnetKind),
      name,
      (entry) => entry && hosting(entry, payload),
    );
    return { objects: withEntries(objects, hostSubnetKind, hostSubnets), nodes };
  }
  const netNamespaces = withEntry(
    entriesOf(objects, netNamespaceKind),
    name,
    (entry) => entry && binding(entry, payload.egressIPs),
  );
  return { objects: withEntries(objects, netNamespaceKind, netNamespaces), nodes };
}

function binding(
  { unconfirmed: _unconfirmed, ...entry }: NetNamespaceEntry,
  egressIPs: readonly string[],
): NetNamespaceEntry {
  return { ...entry, egressIPs };
}

function hosting(
  entry: HostSubnetEntry,
  { egressIPs, egressCIDRs, hostedIPs, hostedCIDRs }: HostPayload,
): HostSubnetEntry {
  return {
    name: entry.name,
    hostIP: entry.hostIP,
    egressIPs: egressIPs ?? entry.egressIPs,
    egressCIDRs: egressCIDRs ?? entry.egressCIDRs,
    ...(hostedIPs === null ? {} : { hostedIPs }),
    ...(hostedCIDRs === null ? {} : { hostedCIDRs }),
  };
}

/** The HostSubnets and NetNamespaces that the SDN makes for what is new. */
export function provision(
  objects: NetworkObjects,
  added: { readonly nodes: readonly NodeSnapshot[]; readonly namespaces: readonly string[] },
): NetworkObjects {
  const hostSubnets = added.nodes.map(({ name, addresses }): HostSubnetEntry => ({
    name,
    hostIP: addresses[0] ?? '',
    egressIPs: [],
    egressCIDRs: [],
  }));
  const netNamespaces = added.namespaces.map((name): NetNamespaceEntry => ({ name, egressIPs: [] }));
  const withHosts = withEntries(objects, hostSubnetKind, merge(entriesOf(objects, hostSubnetKind), hostSubnets));
  return withEntries(withHosts, netNamespaceKind, merge(entriesOf(objects, netNamespaceKind), netNamespaces));
}

function merge<Entry extends { readonly name: string }>(
  present: readonly Entry[],
  added: readonly Entry[],
): readonly Entry[] {
  const names = new Set(present.map(({ name }) => name));
  return [...present, ...added.filter(({ name }) => !names.has(name))].sort(byName);
}

/** The objects once nodes are gone: the SDN deletes their HostSubnets. */
export function withoutNodes(objects: NetworkObjects, isGone: (node: string) => boolean): NetworkObjects {
  return withEntries(
    objects,
    hostSubnetKind,
    entriesOf(objects, hostSubnetKind).filter(({ name }) => !isGone(name)),
  );
}
