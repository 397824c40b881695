import type { ClusterSnapshot, NamespaceSnapshot, NetworkObjects, NodeSnapshot } from '@egressip-ipam/core';

/** Shape of a made-up cluster. */
export interface LargeClusterOptions {
  readonly network: LargeNetwork;
  readonly namespaces: number;
  readonly nodes: number;
  /** Whether every namespace has its addresses already, hosted and bound. */
  readonly settled: boolean;
}

/** Where an address is, and whose it is. */
interface Assignment {
  readonly namespace: string;
  readonly addresses: readonly string[];
  readonly nodes: readonly string[];
}

/** How a network shows a large cluster. */
export interface LargeNetwork {
  readonly name: string;
  readonly dressNode: (node: NodeSnapshot, index: number) => NodeSnapshot;
  readonly objects: (
    nodes: readonly NodeSnapshot[],
    assignments: readonly Assignment[],
    settled: boolean,
  ) => NetworkObjects;
}

const zones = ['a', 'b', 'c'];
const recordPrefix = 'egressip-ipam-operator.redhat-cop.io';

/** HostSubnets and NetNamespaces. */
export const onOpenShiftSdn: LargeNetwork = {
  name: 'openshift-sdn',
  dressNode: (node) => node,
  objects: (nodes, assignments, settled) => {
    const hosted = new Map(nodes.map(({ name }) => [name, { egressIPs: [] as string[], owners: [] as string[] }]));
    if (settled) {
      for (const { namespace, addresses, nodes: on } of assignments) {
        addresses.forEach((address, index) => {
          const host = hosted.get(on[index] ?? '');
          host?.egressIPs.push(address);
          host?.owners.push(`${address}=${namespace}`);
        });
      }
    }
    const hostSubnets = nodes.map(({ name, addresses }) => {
      const { egressIPs = [], owners = [] } = hosted.get(name) ?? {};
      const record = owners.length === 0 ? {} : { hostedIPs: owners.join(',') };
      return { name, hostIP: addresses[0] ?? '', egressIPs, egressCIDRs: [], ...record };
    });
    const netNamespaces = assignments.map(({ namespace, addresses }, index) => ({
      name: namespace,
      netid: index + 1,
      egressIPs: settled ? addresses : [],
    }));
    return { HostSubnet: hostSubnets, NetNamespace: netNamespaces };
  },
};

/** EgressIPs, and what nodes announce. */
export const onOvnKubernetes: LargeNetwork = {
  name: 'ovn-kubernetes',
  dressNode: (node, index) => {
    const address = `10.200.${index >> 8}.${index & 255}/8`;
    return {
      ...node,
      labels: { ...node.labels, 'k8s.ovn.org/egress-assignable': '' },
      annotations: {
        'k8s.ovn.org/host-cidrs': JSON.stringify([address]),
        'k8s.ovn.org/node-primary-ifaddr': JSON.stringify({ ipv4: address }),
        [`${recordPrefix}/egress-assignable`]: '',
      },
    };
  },
  objects: (_nodes, assignments, settled): NetworkObjects => {
    const egressIPs = settled
      ? assignments.map(({ namespace, addresses, nodes }, index) => ({
          name: `egressip-${namespace}`,
          createdAt: '2026-01-03T00:00:00Z',
          egressIPAM: 'example',
          applied: true,
          appliedAt: '2026-01-03T00:00:00Z',
          mark: String(50_000 + index),
          egressIPs: addresses,
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
          assigned: addresses.map((egressIP, position) => ({ node: nodes[position] ?? '', egressIP })),
        }))
      : [];
    return { EgressIP: egressIPs, CloudPrivateIPConfig: [] };
  },
};

/** A cluster with three CIDR assignments, one per zone, as JSON text. */
export function largeClusterJson({
  network,
  namespaces: count,
  nodes: nodeCount,
  settled,
}: LargeClusterOptions): string {
  const nodes = Array.from({ length: nodeCount }, (_, index): NodeSnapshot =>
    network.dressNode(
      {
        name: `worker-${String(index).padStart(5, '0')}.example.internal`,
        labels: {
          'kubernetes.io/hostname': `worker-${index}`,
          'kubernetes.io/os': 'linux',
          'node-role.kubernetes.io/worker': '',
          'topology.kubernetes.io/region': 'somewhere-1',
          'topology.kubernetes.io/zone': zones[index % 3] ?? '',
        },
        ready: true,
        addresses: [`192.168.${index >> 8}.${index & 255}`],
      },
      index,
    ),
  );
  const perZone = Math.floor(nodeCount / 3);
  const assignments = Array.from({ length: count }, (_, index): Assignment => {
    const addressOf = (zone: number): string => {
      const number = index + 1;
      return `10.${zone * 2 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`;
    };
    return {
      namespace: `team-${String(index).padStart(6, '0')}`,
      addresses: zones.map((_zone, zone) => addressOf(zone)),
      nodes: zones.map((_zone, zone) => nodes[(index % perZone) * 3 + zone]?.name ?? ''),
    };
  });
  const namespaces = assignments.map(({ namespace, addresses }, index): NamespaceSnapshot => {
    const createdAt = `2026-01-01T00:00:${String(index % 60).padStart(2, '0')}Z`;
    const text = addresses.join(',');
    const given = settled ? { egressIPs: text, allocated: `example/${text}` } : {};
    return { name: namespace, createdAt, egressIPAM: 'example', ...given };
  });
  const snapshot: ClusterSnapshot = {
    formatVersion: 2,
    time: '2026-02-01T00:00:00Z',
    network: { name: network.name, objects: network.objects(nodes, assignments, settled) },
    infrastructure: { virtualIPs: [] },
    provider: { name: 'baremetal', attach: false, cloud: false, observationRequired: false },
    egressIPAMs: [
      {
        name: 'example',
        createdAt: '2025-12-01T00:00:00Z',
        finalizers: ['EgressIPAM_controller'],
        topologyLabel: 'topology.kubernetes.io/zone',
        cidrAssignments: zones.map((labelValue, zone) => ({ CIDR: `10.${zone * 2}.0.0/15`, labelValue })),
      },
    ],
    namespaces,
    nodes,
  };
  return JSON.stringify(snapshot);
}

/** The same cluster after one namespace changed: new lists, all other objects shared. */
export function withOneNamespaceChanged(snapshot: ClusterSnapshot, round: number): ClusterSnapshot {
  const index = (round * 7919) % snapshot.namespaces.length;
  const namespaces = snapshot.namespaces.map((namespace, position) =>
    position === index ? { ...namespace, labels: { round: String(round) } } : namespace,
  );
  return { ...snapshot, namespaces };
}

/** The same cluster after one node flipped: new lists, all other objects shared. */
export function withOneNodeFlipped(snapshot: ClusterSnapshot, round: number): ClusterSnapshot {
  const index = (round * 7) % snapshot.nodes.length;
  const nodes = snapshot.nodes.map((node, position) => (position === index ? { ...node, ready: !node.ready } : node));
  return { ...snapshot, nodes };
}
