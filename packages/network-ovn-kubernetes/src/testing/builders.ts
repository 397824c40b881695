import {
  createPlanner,
  type ClusterSnapshot,
  type Finding,
  type NodeSnapshot,
  type Plan,
  type Step,
} from '@egressip-ipam/core';
import { entriesOf, withEntries } from '@egressip-ipam/core/plugin';
import { aNode, anEgressIPAM, applyStep, aSnapshot, readySteps } from '@egressip-ipam/core/testing';
import type { CloudPrivateIPConfigEntry } from '../kinds/cloud-private-ip-config.ts';
import { egressIPKind, type EgressIPEntry } from '../kinds/egress-ip.ts';
import { egressIPName, namespaceNameLabel } from '../kinds/names.ts';
import { network } from '../network.ts';

/** An EgressIP of ours for a namespace. */
export function anEgressIP(
  namespace: string,
  egressIPs: readonly string[],
  overrides: Partial<EgressIPEntry> = {},
): EgressIPEntry {
  return {
    name: egressIPName(namespace),
    createdAt: '2026-01-03T00:00:00Z',
    egressIPAM: 'pool',
    applied: true,
    egressIPs,
    namespaceSelector: { matchLabels: { [namespaceNameLabel]: namespace } },
    assigned: [],
    ...overrides,
  };
}

/** An EgressIP that somebody else made. */
export function aForeignEgressIP(
  namespace: string,
  egressIPs: readonly string[],
  overrides: Partial<EgressIPEntry> = {},
): EgressIPEntry {
  const { egressIPAM: _egressIPAM, ...entry } = anEgressIP(namespace, egressIPs, { applied: false });
  return { ...entry, ...overrides };
}

/** A node that says what OVN-Kubernetes writes on it. */
export function anOvnNode(
  name: string,
  zone: string,
  annotations: Readonly<Record<string, string>>,
  overrides: Partial<NodeSnapshot> = {},
): NodeSnapshot {
  return aNode(name, zone, { annotations, ...overrides });
}

/** The annotation of the primary interface. */
export function primary(networks: {
  readonly ipv4?: string;
  readonly ipv6?: string;
}): Readonly<Record<string, string>> {
  return { 'k8s.ovn.org/node-primary-ifaddr': JSON.stringify(networks) };
}

/** The annotation of the controller of cloud interfaces. */
export function announced(ifaddr: object, capacity: object = {}): Readonly<Record<string, string>> {
  return { 'cloud.network.openshift.io/egress-ipconfig': JSON.stringify([{ interface: 'eni', ifaddr, capacity }]) };
}

/** A cloud whose own controller attaches. */
export const onCloud: ClusterSnapshot['provider'] = {
  name: 'aws',
  attach: false,
  cloud: true,
  observationRequired: false,
};

type Parts = Partial<Omit<ClusterSnapshot, 'formatVersion' | 'network'>>;

/** A snapshot on OVN-Kubernetes: a pool of 10.0.0.0/27 and two nodes for it, unless others are given. */
export function onOvn(
  parts: Parts = {},
  egressIPs: readonly EgressIPEntry[] = [],
  configs: readonly CloudPrivateIPConfigEntry[] = [],
  settings: Readonly<Record<string, boolean>> = {},
): ClusterSnapshot {
  const nodes = ['n1', 'n2'].map((name) => anOvnNode(name, 'a', primary({ ipv4: '10.0.0.30/27' })));
  const objects = { EgressIP: egressIPs, CloudPrivateIPConfig: configs };
  const cluster = { egressIPAMs: [anEgressIPAM(['10.0.0.0/27=a'])], nodes, ...parts };
  return aSnapshot({ ...cluster, network: { name: network.name, settings, objects } }, network);
}

/** The plan of a snapshot. */
export function planOf(snapshot: ClusterSnapshot): Plan {
  return createPlanner(network).plan(snapshot);
}

/** The cluster once everything that can be done now is done; the network itself does nothing meanwhile. */
export function settled(snapshot: ClusterSnapshot): ClusterSnapshot {
  const planner = createPlanner(network);
  let cluster = snapshot;
  for (let round = 0; round < 64; round += 1) {
    const ready = readySteps(planner.plan(cluster));
    if (ready.length === 0) break;
    cluster = ready.reduce((current, step) => applyStep(current, step, network), cluster);
  }
  return cluster;
}

/** The steps that may start now. */
export function readyOf(snapshot: ClusterSnapshot): readonly Step[] {
  return readySteps(planOf(snapshot));
}

/** The EgressIPs of a snapshot. */
export function egressIPsOf({ network: { objects } }: ClusterSnapshot): readonly EgressIPEntry[] {
  return entriesOf(objects, egressIPKind);
}

/** The snapshot with other EgressIPs. */
export function withEgressIPs(snapshot: ClusterSnapshot, entries: readonly EgressIPEntry[]): ClusterSnapshot {
  const objects = withEntries(snapshot.network.objects, egressIPKind, entries);
  return { ...snapshot, network: { ...snapshot.network, objects } };
}

/** The snapshot with its EgressIPs changed. */
export function withEach(snapshot: ClusterSnapshot, change: (entry: EgressIPEntry) => EgressIPEntry): ClusterSnapshot {
  return withEgressIPs(snapshot, egressIPsOf(snapshot).map(change));
}

/** The snapshot with other CloudPrivateIPConfigs. */
export function withConfigs(snapshot: ClusterSnapshot, configs: readonly CloudPrivateIPConfigEntry[]): ClusterSnapshot {
  const objects = { ...snapshot.network.objects, CloudPrivateIPConfig: configs };
  return { ...snapshot, network: { ...snapshot.network, objects } };
}

/** Steps of the network, by what they do: `apply EgressIP/egressip-shop`. */
export function writesOf(snapshot: ClusterSnapshot): readonly string[] {
  return planOf(snapshot).steps.flatMap((step) =>
    step.kind === 'network' ? [`${step.action} ${step.object.kind}/${step.object.name}`] : [],
  );
}

/** The addresses that are applied next, by name of the EgressIP. */
export function appliedNext(snapshot: ClusterSnapshot, name = 'egressip-shop'): readonly string[] | undefined {
  const step = planOf(snapshot).steps.find(({ object }) => object.kind === 'EgressIP' && object.name === name);
  return step?.kind === 'network' && step.action === 'apply'
    ? (step.payload as { readonly egressIPs: readonly string[] }).egressIPs
    : undefined;
}

/** The findings of a plan with a code. */
export function findingsOf(snapshot: ClusterSnapshot, code: string): readonly Finding[] {
  return planOf(snapshot).findings.filter((finding) => finding.code === code);
}

/** The codes of a plan's findings, each once. */
export function codesOf(snapshot: ClusterSnapshot): readonly string[] {
  return [...new Set(planOf(snapshot).findings.map(({ code }) => code))].sort();
}
