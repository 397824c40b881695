import {
  check as checkSnapshot,
  plan as planSnapshot,
  type CheckReport,
  type ClusterSnapshot,
  type NamespaceSnapshot,
  type NodeSnapshot,
  type Plan,
  type Step,
} from '@egressip-ipam/core';
import { applyStep as applyToSnapshot, settle as settleSnapshot } from '@egressip-ipam/core/simulate';
import { aSnapshot as aNetworkSnapshot } from '@egressip-ipam/core/testing';
import type { HostSubnetEntry } from '../../src/kinds/host-subnet.ts';
import type { NetNamespaceEntry } from '../../src/kinds/net-namespace.ts';
import { network } from '../../src/index.ts';

export { aNamespace, aNode, anEgressIPAM, readySteps, zoneLabel } from '@egressip-ipam/core/testing';
export { aHostSubnet, aNetNamespace } from '../../src/testing/builders.ts';

/** A snapshot on OpenShift SDN, with its objects beside the others: so that tests read as the cluster does. */
export interface FlatSnapshot extends Omit<ClusterSnapshot, 'network'> {
  readonly hostSubnets: readonly HostSubnetEntry[];
  readonly netNamespaces: readonly NetNamespaceEntry[];
  readonly cloudPrivateIPConfigs?: readonly { readonly name: string; readonly deletedAt?: string }[];
}

/** A snapshot; HostSubnets and NetNamespaces come by themselves where they are not given. */
export function aSnapshot(parts: Partial<Omit<FlatSnapshot, 'formatVersion'>>): FlatSnapshot {
  const { hostSubnets = [], netNamespaces = [], cloudPrivateIPConfigs = [], ...rest } = parts;
  const objects = { HostSubnet: hostSubnets, NetNamespace: netNamespaces, CloudPrivateIPConfig: cloudPrivateIPConfigs };
  return flatten(aNetworkSnapshot({ ...rest, network: { name: network.name, objects } }, network));
}

/**
 * NetNamespaces that bind each namespace to what it has on record: so it is confirmed, though no node may carry it yet.
 */
export function boundByRecord(namespaces: readonly NamespaceSnapshot[]): readonly NetNamespaceEntry[] {
  return namespaces.map(({ name, allocated }) => ({
    name,
    egressIPs: allocated === undefined ? [] : allocated.slice(allocated.indexOf('/') + 1).split(','),
  }));
}

/** The snapshot as core has it. */
export function deepen({
  hostSubnets,
  netNamespaces,
  cloudPrivateIPConfigs = [],
  ...rest
}: FlatSnapshot): ClusterSnapshot {
  const objects = { HostSubnet: hostSubnets, NetNamespace: netNamespaces, CloudPrivateIPConfig: cloudPrivateIPConfigs };
  return { ...rest, network: { name: network.name, objects } };
}

function flatten({ network: { objects }, ...rest }: ClusterSnapshot): FlatSnapshot {
  return {
    ...rest,
    hostSubnets: (objects['HostSubnet'] ?? []) as readonly HostSubnetEntry[],
    netNamespaces: (objects['NetNamespace'] ?? []) as readonly NetNamespaceEntry[],
    cloudPrivateIPConfigs: objects['CloudPrivateIPConfig'] ?? [],
  };
}

export const plan = (snapshot: FlatSnapshot): Plan => planSnapshot(deepen(snapshot), network);
export const settle = (snapshot: FlatSnapshot): FlatSnapshot => flatten(settleSnapshot(deepen(snapshot), network));
export const check = (snapshot: FlatSnapshot): CheckReport => checkSnapshot(deepen(snapshot), network);
export const applyStep = (snapshot: FlatSnapshot, step: Step): FlatSnapshot =>
  flatten(applyToSnapshot(deepen(snapshot), step, network));

/** What a step does, and to which object. */
export const inShort = (step: Step): string =>
  `${step.kind === 'network' ? step.action : step.kind} ${step.object.name}`;

/** A node as the cloud network config controller describes it. */
export function cloudNode(node: NodeSnapshot, ipv4: string, capacity: number): NodeSnapshot {
  const value = JSON.stringify([{ interface: node.name, ifaddr: { ipv4 }, capacity: { ipv4: capacity } }]);
  return { ...node, annotations: { 'cloud.network.openshift.io/egress-ipconfig': value } };
}
