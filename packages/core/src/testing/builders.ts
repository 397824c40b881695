import type { NetworkBackend } from '../network-contract/backend.ts';
import { plain } from '../plain/plain-network.ts';
import type {
  CidrAssignmentSnapshot,
  ClusterSnapshot,
  EgressIPAMSnapshot,
  NamespaceSnapshot,
  NodeSnapshot,
} from '../snapshot/snapshot.ts';
import { buildSnapshot } from '../snapshot/build-snapshot.ts';
import { finalizerName } from '../snapshot/names.ts';

/** The topology label of the builders. */
export const zoneLabel = 'topology.kubernetes.io/zone';

/** An EgressIPAM named `pool` with the finalizer set, its CIDR assignments given as `CIDR=ZONE`. */
export function anEgressIPAM(
  assignments: readonly (string | CidrAssignmentSnapshot)[],
  overrides: Partial<EgressIPAMSnapshot> = {},
): EgressIPAMSnapshot {
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
  return {
    name,
    createdAt: new Date(Date.UTC(2026, 0, 2) + age * 1000).toISOString(),
    egressIPAM: 'pool',
    ...overrides,
  };
}

/** A ready node in a zone; its address comes from the number in its name. */
export function aNode(name: string, zone = 'a', overrides: Partial<NodeSnapshot> = {}): NodeSnapshot {
  const number = Number(/\d+$/.exec(name)?.[0] ?? 1);
  return {
    name,
    labels: { [zoneLabel]: zone },
    ready: true,
    addresses: [`192.168.${number >> 8}.${number & 255}`],
    ...overrides,
  };
}

/**
 * A snapshot at the start of February 2026, on the network given; its back end makes the objects that come by
 * themselves.
 */
export function aSnapshot(
  parts: Partial<Omit<ClusterSnapshot, 'formatVersion'>>,
  backend: NetworkBackend = plain,
): ClusterSnapshot {
  const { nodes = [], namespaces = [] } = parts;
  const given = parts.network?.objects ?? {};
  const objects = backend.provision?.(given, { nodes, namespaces: namespaces.map(({ name }) => name) }) ?? given;
  return buildSnapshot({
    time: '2026-02-01T00:00:00Z',
    ...parts,
    network: { ...parts.network, name: backend.name, objects },
  });
}
