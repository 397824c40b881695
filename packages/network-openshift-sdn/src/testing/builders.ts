import {
  createPlanner,
  type ClusterSnapshot,
  type Finding,
  type NetworkEntry,
  type NetworkKind,
  type NodeSnapshot,
  type Plan,
  type Step,
} from '@egressip-ipam/core';
import { entriesOf, withEntries } from '@egressip-ipam/core/plugin';
import { applyStep, aSnapshot, readySteps } from '@egressip-ipam/core/testing';
import { hostSubnetKind, type HostSubnetEntry } from '../kinds/host-subnet.ts';
import { netNamespaceKind, type NetNamespaceEntry } from '../kinds/net-namespace.ts';
import { network } from '../network.ts';

/** The HostSubnet of a node. */
export function aHostSubnet(
  node: NodeSnapshot | string,
  egressIPs: readonly string[] = [],
  overrides: Partial<HostSubnetEntry> = {},
): HostSubnetEntry {
  const [name, hostIP] = typeof node === 'string' ? [node, '192.168.255.1'] : [node.name, node.addresses[0] ?? ''];
  return { name, hostIP, egressIPs, egressCIDRs: [], ...overrides };
}

/** The NetNamespace of a namespace. */
export function aNetNamespace(name: string, egressIPs: readonly string[] = [], netid?: number): NetNamespaceEntry {
  return { name, egressIPs, ...(netid === undefined ? {} : { netid }) };
}

/** A snapshot on OpenShift SDN; HostSubnets and NetNamespaces come by themselves, but for those that are given. */
export function onSdn(
  parts: Partial<Omit<ClusterSnapshot, 'formatVersion' | 'network'>>,
  hostSubnets: readonly HostSubnetEntry[] = [],
  netNamespaces: readonly NetNamespaceEntry[] = [],
): ClusterSnapshot {
  const objects = { HostSubnet: hostSubnets, NetNamespace: netNamespaces };
  return aSnapshot({ ...parts, network: { name: network.name, objects } }, network);
}

/** The plan of a snapshot. */
export function planOf(snapshot: ClusterSnapshot): Plan {
  return createPlanner(network).plan(snapshot);
}

/** The cluster once everything that can be done now is done. */
export function settled(snapshot: ClusterSnapshot): ClusterSnapshot {
  const planner = createPlanner(network);
  let cluster = snapshot;
  for (let round = 0; round < 64; round += 1) {
    const ready = readySteps(planner.plan(cluster));
    if (ready.length === 0) break;
    cluster = applied(cluster, ...ready);
  }
  return cluster;
}

/** The cluster after some steps. */
export function applied(snapshot: ClusterSnapshot, ...steps: readonly Step[]): ClusterSnapshot {
  return steps.reduce((cluster, step) => applyStep(cluster, step, network), snapshot);
}

/** The steps that may start now. */
export function readyOf(snapshot: ClusterSnapshot): readonly Step[] {
  return readySteps(planOf(snapshot));
}

/** The HostSubnets of a snapshot. */
export function hostSubnetsOf({ network: { objects } }: ClusterSnapshot): readonly HostSubnetEntry[] {
  return entriesOf(objects, hostSubnetKind);
}

/** The NetNamespaces of a snapshot. */
export function netNamespacesOf({ network: { objects } }: ClusterSnapshot): readonly NetNamespaceEntry[] {
  return entriesOf(objects, netNamespaceKind);
}

/** The snapshot with its HostSubnets changed. */
export function withHosts(
  snapshot: ClusterSnapshot,
  change: (entry: HostSubnetEntry) => HostSubnetEntry,
): ClusterSnapshot {
  return withChanged(snapshot, hostSubnetKind, hostSubnetsOf(snapshot).map(change));
}

/** The snapshot with other NetNamespaces. */
export function withNets(snapshot: ClusterSnapshot, entries: readonly NetNamespaceEntry[]): ClusterSnapshot {
  return withChanged(snapshot, netNamespaceKind, entries);
}

function withChanged<Entry extends NetworkEntry>(
  snapshot: ClusterSnapshot,
  kind: NetworkKind<Entry>,
  entries: readonly Entry[],
): ClusterSnapshot {
  const objects = withEntries(snapshot.network.objects, kind, entries);
  return { ...snapshot, network: { ...snapshot.network, objects } };
}

/** What a step writes, in short. */
export function inShort({ kind, object }: Step): string {
  return `${kind === 'network' ? '' : `${kind} `}${object.kind}/${object.name}`;
}

/** The findings of a plan with a code. */
export function findingsOf(snapshot: ClusterSnapshot, code: string): readonly Finding[] {
  return planOf(snapshot).findings.filter((finding) => finding.code === code);
}
