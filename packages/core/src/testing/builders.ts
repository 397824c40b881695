import type {
  CidrAssignmentSnapshot,
  ClusterSnapshot,
  EgressIPAMSnapshot,
  EgressIPSnapshot,
  HostSubnetSnapshot,
  NamespaceSnapshot,
  NetNamespaceSnapshot,
  NodeSnapshot,
} from '../snapshot/snapshot.ts';
import { buildSnapshot } from '../snapshot/build-snapshot.ts';
import { finalizerName } from '../snapshot/names.ts';

/** The topology label of the builders. */
export const zoneLabel = 'topology.kubernetes.io/zone';

/** An EgressIPAM named `pool` with the finalizer set, its CIDR assignments given as `CIDR=ZONE`. */
export function anEgressIPAM(assignments: readonly (string | CidrAssignmentSnapshot)[], overrides: Partial<EgressIPAMSnapshot> = {}): EgressIPAMSnapshot {
  return {
    name: 'pool',
    createdAt: '2026-01-01T00:00:00Z',
    finalizers: [finalizerName],
    topologyLabel: zoneLabel,
    cidrAssignments: assignments.map((assignment) => {
      if (typeof assignment !== 'string') return assignment;
      const [CIDR = '', labelValue = ''] = assignment.split('=');
      return { CIDR, labelValue };
    }),
    ...overrides,
  };
}

/** A namespace that claims from `pool`; `age` orders namespaces, the lowest is the oldest. */
export function aNamespace(name: string, age = 0, overrides: Partial<NamespaceSnapshot> = {}): NamespaceSnapshot {
  return { name, createdAt: new Date(Date.UTC(2026, 0, 2) + age * 1000).toISOString(), egressIPAM: 'pool', ...overrides };
}

/** A ready node in a zone; its address comes from the number in its name. */
export function aNode(name: string, zone = 'a', overrides: Partial<NodeSnapshot> = {}): NodeSnapshot {
  const number = Number(/\d+$/.exec(name)?.[0] ?? 1);
  return { name, labels: { [zoneLabel]: zone }, ready: true, addresses: [`192.168.${number >> 8}.${number & 255}`], ...overrides };
}

/** The HostSubnet of a node. */
export function aHostSubnet(node: NodeSnapshot | string, egressIPs: readonly string[] = [], overrides: Partial<HostSubnetSnapshot> = {}): HostSubnetSnapshot {
  return { name: typeof node === 'string' ? node : node.name, hostIP: typeof node === 'string' ? '192.168.255.1' : (node.addresses[0] ?? ''), egressIPs, egressCIDRs: [], ...overrides };
}

/** The NetNamespace of a namespace. */
export function aNetNamespace(name: string, egressIPs: readonly string[] = []): NetNamespaceSnapshot {
  return { name, egressIPs };
}

/** An EgressIP of ours for a namespace. */
export function anEgressIP(namespace: string, egressIPs: readonly string[], overrides: Partial<EgressIPSnapshot> = {}): EgressIPSnapshot {
  return {
    name: `egressip-${namespace}`,
    createdAt: '2026-01-03T00:00:00Z',
    ours: true,
    egressIPs,
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    assigned: [],
    ...overrides,
  };
}

/** A snapshot on OpenShift SDN: HostSubnets and NetNamespaces are there for all nodes and namespaces unless given. */
export function aSnapshot(parts: Partial<Omit<ClusterSnapshot, 'formatVersion'>>): ClusterSnapshot {
  const onSdn = (parts.network?.kind ?? 'openshift-sdn') === 'openshift-sdn';
  return buildSnapshot({
    time: '2026-02-01T00:00:00Z',
    ...parts,
    ...(onSdn && parts.hostSubnets === undefined ? { hostSubnets: (parts.nodes ?? []).map((node) => aHostSubnet(node)) } : {}),
    ...(onSdn && parts.netNamespaces === undefined ? { netNamespaces: (parts.namespaces ?? []).map(({ name }) => aNetNamespace(name)) } : {}),
  });
}
