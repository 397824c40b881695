import { ObjectReader, type Read } from './object-reader.ts';
import { readSelector } from './read-selector.ts';
import type { CidrAssignmentSnapshot, EgressIPAMSnapshot, ReleasedAddresses } from './snapshot.ts';

/** Reads an EgressIPAM as `kubectl get -o json` prints it. Never throws. */
export function readEgressIPAM(object: unknown): Read<EgressIPAMSnapshot> {
  const reader = new ObjectReader(object, 'EgressIPAM');
  const topologyLabel = reader.text('spec', 'topologyLabel');
  if (topologyLabel === undefined) reader.problem('spec.topologyLabel', 'the label that tells nodes apart is missing, so no node is found; set it, for example to topology.kubernetes.io/zone');
  const generation = reader.number('metadata', 'generation');
  const deletedAt = reader.text('metadata', 'deletionTimestamp');
  const finalizers = reader.texts('metadata', 'finalizers');
  const nodeSelector = readSelector(reader, 'spec', 'nodeSelector');
  const namespaceSelector = readSelector(reader, 'spec', 'namespaceSelector');
  const coolDown = reader.text('spec', 'coolDown');
  const released = readReleased(reader);
  return reader.result({
    name: reader.name,
    createdAt: reader.text('metadata', 'creationTimestamp') ?? '',
    ...(generation === undefined ? {} : { generation }),
    ...(deletedAt === undefined ? {} : { deletedAt }),
    ...(finalizers.length === 0 ? {} : { finalizers }),
    topologyLabel: topologyLabel ?? '',
    ...(nodeSelector === undefined ? {} : { nodeSelector }),
    ...(namespaceSelector === undefined ? {} : { namespaceSelector }),
    cidrAssignments: readAssignments(reader),
    ...(coolDown === undefined ? {} : { coolDown }),
    ...(released.length === 0 ? {} : { released }),
  });
}

function readAssignments(reader: ObjectReader): readonly CidrAssignmentSnapshot[] {
  return reader.list('spec', 'cidrAssignments').map((entry, index) => {
    const nested = nestedReader(reader, entry);
    const drain = nested.flag('entry', 'drain');
    const reservedIPs = nested.texts('entry', 'reservedIPs');
    const assignment = {
      CIDR: nested.text('entry', 'CIDR') ?? '',
      labelValue: nested.text('entry', 'labelValue') ?? '',
      ...(reservedIPs.length === 0 ? {} : { reservedIPs }),
      ...(drain === undefined ? {} : { drain }),
    };
    handOver(nested, reader, `spec.cidrAssignments[${index}]`);
    return assignment;
  });
}

function readReleased(reader: ObjectReader): readonly ReleasedAddresses[] {
  return reader.list('status', 'released').flatMap((entry, index) => {
    const nested = nestedReader(reader, entry);
    const namespace = nested.text('entry', 'namespace');
    const releasedAt = nested.text('entry', 'releasedAt');
    const addresses = nested.texts('entry', 'addresses');
    handOver(nested, reader, `status.released[${index}]`);
    return namespace === undefined || releasedAt === undefined ? [] : [{ namespace, addresses, releasedAt }];
  });
}

function nestedReader(reader: ObjectReader, entry: unknown): ObjectReader {
  return new ObjectReader({ metadata: { name: reader.name === '' ? '?' : reader.name }, entry }, 'EgressIPAM');
}

function handOver(nested: ObjectReader, reader: ObjectReader, field: string): void {
  for (const { field: at, message } of nested.problems) reader.problem(`${field}${(at ?? '').replace('entry', '')}`, message);
}
