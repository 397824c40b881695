import type { ClusterSnapshot, HostSubnetSnapshot, NamespaceSnapshot, NetNamespaceSnapshot, NodeSnapshot } from '../src/index.ts';

/** Shape of a made-up cluster. */
export interface LargeClusterOptions {
  readonly namespaces: number;
  readonly nodes: number;
  /** Whether every namespace has its addresses already, hosted and bound. */
  readonly settled: boolean;
}

/** A cluster on OpenShift SDN with three CIDR assignments, one per zone, as JSON text. */
export function largeClusterJson({ namespaces, nodes, settled }: LargeClusterOptions): string {
  const zones = ['a', 'b', 'c'];
  const nodeList: NodeSnapshot[] = Array.from({ length: nodes }, (_, index) => ({
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
  }));
  const addressOf = (zone: number, index: number): string => `10.${zone * 2 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;
  const hosted = nodeList.map((): string[] => []);
  const owners = nodeList.map((): string[] => []);
  const namespaceList: NamespaceSnapshot[] = [];
  const netNamespaceList: NetNamespaceSnapshot[] = [];
  const perZone = Math.floor(nodes / 3);
  for (let index = 0; index < namespaces; index += 1) {
    const name = `team-${String(index).padStart(6, '0')}`;
    const addresses = zones.map((_, zone) => addressOf(zone, index + 1));
    const text = addresses.join(',');
    const base = { name, createdAt: `2026-01-01T00:00:${String(index % 60).padStart(2, '0')}Z`, egressIPAM: 'example' };
    namespaceList.push(settled ? { ...base, egressIPs: text, allocated: `example/${text}` } : base);
    netNamespaceList.push({ name, egressIPs: settled ? addresses : [] });
    if (!settled) continue;
    addresses.forEach((address, zone) => {
      const node = (index % perZone) * 3 + zone;
      hosted[node]?.push(address);
      owners[node]?.push(`${address}=${name}`);
    });
  }
  const hostSubnets: HostSubnetSnapshot[] = nodeList.map((node, index) => ({
    name: node.name,
    hostIP: node.addresses[0] ?? '',
    egressIPs: hosted[index] ?? [],
    egressCIDRs: [],
    ...(owners[index]?.length ? { hostedIPs: owners[index].join(',') } : {}),
  }));
  const snapshot: ClusterSnapshot = {
    formatVersion: 1,
    time: '2026-02-01T00:00:00Z',
    network: { kind: 'openshift-sdn' },
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
    namespaces: namespaceList,
    nodes: nodeList,
    hostSubnets,
    netNamespaces: netNamespaceList,
    egressIPs: [],
    cloudPrivateIPConfigs: [],
  };
  return JSON.stringify(snapshot);
}

/** The same cluster after one namespace changed: new lists, all other objects shared. */
export function withOneChange(snapshot: ClusterSnapshot, round: number): ClusterSnapshot {
  const index = (round * 7919) % snapshot.namespaces.length;
  const namespaces = [...snapshot.namespaces];
  const changed = namespaces[index];
  if (changed !== undefined) namespaces[index] = { ...changed, labels: { round: String(round) } };
  return { ...snapshot, namespaces };
}
