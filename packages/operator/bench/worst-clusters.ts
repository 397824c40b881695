import type {
  CidrAssignmentSnapshot,
  ClusterSnapshot,
  EgressIPAMSnapshot,
  NamespaceSnapshot,
  NodeSnapshot,
} from '@egressip-ipam/core';

/** A cluster as large as Kubernetes takes them, in a shape that asks much of a planner. */
export interface WorstCluster {
  readonly name: string;
  readonly nodes: number;
  readonly namespaces: number;
  /** How many topology values the nodes have, by turns. */
  readonly zones: number;
  readonly egressIPAMs: readonly EgressIPAMSnapshot[];
  /** The subnet of a node's own; absent, all are in one. */
  readonly subnetOf?: (node: number) => string;
  readonly listOf?: (namespace: number) => string;
  /** What happens to it once all is as planned; absent, it is planned for the first time. */
  readonly happening?: (settled: ClusterSnapshot) => ClusterSnapshot;
}

const createdAt = '2026-01-01T00:00:00Z';
const first = 10 * 2 ** 24;

/** As many CIDRs as nodes, and each namespace has an address of each: every node that is lost is missed by all. */
const wide = {
  ...{ nodes: 121, namespaces: 1_000, zones: 1 },
  egressIPAMs: [
    egressIPAM(
      'pool',
      range(120).map((index) => assignment(index * 2 ** 10, 22, 0)),
    ),
  ],
};

export const worstClusters: readonly WorstCluster[] = [
  {
    ...{ name: '10,000 new namespaces × 3 CIDRs', nodes: 5_000, namespaces: 10_000, zones: 3 },
    egressIPAMs: [
      egressIPAM(
        'pool',
        [0, 1, 2].map((zone) => assignment(zone * 2 ** 16, 16, zone)),
      ),
    ],
  },
  {
    ...{ name: '391 namespaces × 128 CIDRs, each with a zone', nodes: 5_000, namespaces: 391, zones: 128 },
    egressIPAMs: [
      egressIPAM(
        'pool',
        range(128).map((zone) => assignment(zone * 2 ** 10, 22, zone)),
      ),
    ],
  },
  { ...wide, name: '120 CIDRs of one zone on 121 nodes' },
  {
    ...{ ...wide, name: '120 CIDRs of one zone on 121 nodes, of which half go down' },
    happening: (settled) => ({
      ...settled,
      nodes: settled.nodes.map((node, index) => ({ ...node, ready: index % 2 === 0 })),
    }),
  },
  {
    ...{ ...wide, name: '120 CIDRs of one zone on 121 nodes, and the EgressIPAM ends' },
    happening: (settled) => ({
      ...settled,
      egressIPAMs: settled.egressIPAMs.map((pool) => ({ ...pool, deletedAt: '2026-06-01T00:00:00Z' })),
    }),
  },
  {
    ...{ name: 'each node in a subnet of its own', nodes: 5_000, namespaces: 10_000, zones: 1 },
    egressIPAMs: [egressIPAM('pool', [assignment(0, 8, 0)])],
    subnetOf: (node) => `${addressAt(node * 16 + 3)}/28`,
  },
  {
    ...{ name: '5,000 EgressIPAMs of one node each', nodes: 5_000, namespaces: 10_000, zones: 5_000 },
    egressIPAMs: range(5_000).map((zone) => egressIPAM(`pool-${zone}`, [assignment(zone * 256, 24, zone)])),
  },
  {
    ...{ name: '1,000 EgressIPAMs with one CIDR', nodes: 5_000, namespaces: 10_000, zones: 1 },
    egressIPAMs: range(1_000).map((index) => egressIPAM(`pool-${index}`, [assignment(0, 8, 0)])),
  },
  {
    ...{ name: 'everybody asks for one address', nodes: 5_000, namespaces: 10_000, zones: 1 },
    egressIPAMs: [egressIPAM('pool', [assignment(0, 16, 0)])],
    listOf: () => addressAt(7),
  },
  {
    ...{ name: 'a million addresses asked for by name', nodes: 5_000, namespaces: 10_000, zones: 100 },
    egressIPAMs: [
      egressIPAM(
        'pool',
        range(100).map((zone) => assignment(zone * 2 ** 16, 16, zone)),
      ),
    ],
    listOf: (namespace) =>
      range(100)
        .map((zone) => addressAt(zone * 2 ** 16 + 300 + namespace))
        .join(','),
  },
  {
    ...{ name: '3,200,000 addresses that cool down', nodes: 5_000, namespaces: 10_000, zones: 3 },
    egressIPAMs: range(1_000).map((index) => ({
      ...egressIPAM(`pool-${index}`, [assignment(index * 2 ** 12, 20, index % 3)]),
      coolDown: '8760h',
      released: range(200).map((entry) => ({
        namespace: `gone-${entry}`,
        addresses: range(16).map((order) => addressAt(index * 2 ** 12 + entry * 16 + order)),
        releasedAt: '2026-05-31T00:00:00Z',
      })),
    })),
  },
  {
    ...{ name: '60,000 IPv6 reservations', nodes: 5_000, namespaces: 10_000, zones: 1 },
    egressIPAMs: [
      egressIPAM('pool', [
        {
          CIDR: 'fd00::/64',
          labelValue: 'zone-0',
          reservedIPs: range(60_000).map(
            (index) => `fd00::${index >> 15}:${(((index * 2) % 2 ** 16) + 16).toString(16)}`,
          ),
        },
      ]),
    ],
  },
];

/** The cluster as a network of this name shows it before it carries anything. */
export function worstSnapshot(
  { nodes: nodeCount, namespaces: count, zones, egressIPAMs, subnetOf, listOf }: WorstCluster,
  network: string,
): ClusterSnapshot {
  const nodes = range(nodeCount).map((index): NodeSnapshot => {
    const cidr = subnetOf?.(index) ?? `${addressAt(2 ** 23 + index)}/8`;
    const [ipv4 = ''] = cidr.split('/');
    return {
      name: `worker-${padded(index)}`,
      labels: {
        zone: `zone-${index % zones}`,
        'kubernetes.io/hostname': `worker-${index}`,
        'k8s.ovn.org/egress-assignable': '',
      },
      ready: true,
      addresses: [ipv4],
      annotations: {
        'k8s.ovn.org/host-cidrs': JSON.stringify([cidr]),
        'k8s.ovn.org/node-primary-ifaddr': JSON.stringify({ ipv4: cidr }),
      },
    };
  });
  const namespaces = range(count).map((index): NamespaceSnapshot => ({
    name: `team-${padded(index)}`,
    createdAt,
    egressIPAM: egressIPAMs[index % egressIPAMs.length]?.name ?? '',
    ...(listOf === undefined ? {} : { egressIPs: listOf(index) }),
  }));
  const objects =
    network === 'openshift-sdn'
      ? {
          HostSubnet: nodes.map(({ name, addresses }) => ({
            ...{ name, hostIP: addresses[0] ?? '', egressIPs: [], egressCIDRs: [] },
          })),
          NetNamespace: namespaces.map(({ name }, index) => ({ name, netid: index + 1, egressIPs: [] })),
        }
      : {};
  return {
    formatVersion: 2,
    time: '2026-06-01T00:00:00Z',
    network: { name: network, objects },
    infrastructure: { virtualIPs: [] },
    provider: { name: 'baremetal', attach: false, cloud: false, observationRequired: false },
    egressIPAMs,
    namespaces,
    nodes,
  };
}

function egressIPAM(name: string, cidrAssignments: readonly CidrAssignmentSnapshot[]): EgressIPAMSnapshot {
  return { name, createdAt, finalizers: ['EgressIPAM_controller'], topologyLabel: 'zone', cidrAssignments };
}

function assignment(offset: number, prefix: number, zone: number): CidrAssignmentSnapshot {
  return { CIDR: `${addressAt(offset)}/${prefix}`, labelValue: `zone-${zone}` };
}

function addressAt(offset: number): string {
  const address = first + offset;
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}

function padded(index: number): string {
  return String(index).padStart(5, '0');
}

function range(length: number): readonly number[] {
  return Array.from({ length }, (_, index) => index);
}
