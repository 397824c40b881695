import type { Read } from '../finding/read.ts';
import { asRecord, ObjectReader } from './object-reader.ts';
import { readSelector } from './read-selector.ts';
import type {
  CidrAssignmentSnapshot,
  EgressIPAMSnapshot,
  RefusedAddress,
  ReleasedAddresses,
  TeamLimitsSnapshot,
} from './snapshot.ts';

/** Reads an EgressIPAM as `kubectl get -o json` prints it. Never throws. */
export function readEgressIPAM(object: unknown): Read<EgressIPAMSnapshot> {
  const reader = new ObjectReader(object, 'EgressIPAM');
  const topologyLabel = reader.word('spec', 'topologyLabel');
  if (topologyLabel === undefined)
    reader.problem(
      'spec.topologyLabel',
      'the label that tells nodes apart is missing, so no node is found; set it, for example to topology.kubernetes.io/zone',
    );
  const generation = reader.number('metadata', 'generation');
  const deletedAt = reader.text('metadata', 'deletionTimestamp');
  const finalizers = reader.texts('metadata', 'finalizers');
  const nodeSelector = readSelector(reader, 'spec', 'nodeSelector');
  const namespaceSelector = readSelector(reader, 'spec', 'namespaceSelector');
  const coolDown = reader.text('spec', 'coolDown');
  const maxClaims = readTeamLimits(reader);
  const podsPerNamespace = readPods(reader);
  const destinationCIDRs = readDestinations(reader, 'destinationCIDRs');
  const excludedCIDRs = readDestinations(reader, 'excludedCIDRs');
  const released = readReleased(reader);
  const refused = readRefused(reader);
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
    ...(maxClaims === undefined ? {} : { maxClaims }),
    ...(podsPerNamespace === undefined ? {} : { podsPerNamespace }),
    ...(destinationCIDRs.length === 0 ? {} : { destinationCIDRs }),
    ...(excludedCIDRs.length === 0 ? {} : { excludedCIDRs }),
    ...(coolDown === undefined ? {} : { coolDown }),
    ...(released.length === 0 ? {} : { released }),
    ...(refused.length === 0 ? {} : { refused }),
  });
}

/** A limit that cannot be understood limits to nothing new: serving too few is safer than serving without one. */
function readTeamLimits(reader: ObjectReader): TeamLimitsSnapshot | undefined {
  if (!reader.has('spec', 'maxClaims')) return undefined;
  const teams = reader.list('spec', 'maxClaims', 'teams').flatMap((entry, index) => {
    const { name, maxClaims } = asRecord(entry);
    if (typeof name === 'string' && isCount(maxClaims)) return [{ name, maxClaims }];
    reader.problem(`spec.maxClaims.teams[${index}]`, 'expected a name and a number of claims; the entry is ignored');
    return [];
  });
  const teamLabel = reader.word('spec', 'maxClaims', 'teamLabel');
  const perTeam = reader.number('spec', 'maxClaims', 'perTeam');
  if (teamLabel === undefined || !isCount(perTeam)) {
    reader.problem(
      'spec.maxClaims',
      'expected teamLabel and perTeam; until they are there no other namespace is served',
    );
  }
  return {
    teamLabel: teamLabel ?? '',
    perTeam: teamLabel !== undefined && isCount(perTeam) ? perTeam : 0,
    ...(teams.length === 0 ? {} : { teams }),
  };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function readPods(reader: ObjectReader): number | undefined {
  const pods = reader.number('spec', 'podsPerNamespace');
  if (pods === undefined || (isCount(pods) && pods > 0)) return pods;
  reader.problem('spec.podsPerNamespace', 'expected a whole number above 0; 10 is used');
  return undefined;
}

/** What is no text stays in the list as one that is no CIDR: a list without it would be another. */
function readDestinations(reader: ObjectReader, field: string): readonly string[] {
  return reader.list('spec', field).map((entry) => (typeof entry === 'string' ? entry : ''));
}

function readAssignments(reader: ObjectReader): readonly CidrAssignmentSnapshot[] {
  return reader.list('spec', 'cidrAssignments').map((entry, index) => {
    const nested = nestedReader(reader, entry);
    const drain = nested.flag('entry', 'drain');
    const reservedIPs = nested.texts('entry', 'reservedIPs');
    const assignment = {
      CIDR: nested.text('entry', 'CIDR') ?? '',
      labelValue: nested.word('entry', 'labelValue') ?? '',
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
    const namespace = nested.word('entry', 'namespace');
    const releasedAt = nested.text('entry', 'releasedAt');
    const addresses = nested.texts('entry', 'addresses');
    const team = nested.word('entry', 'team');
    handOver(nested, reader, `status.released[${index}]`);
    if (namespace === undefined || releasedAt === undefined) return [];
    return [{ namespace, addresses, releasedAt, ...(team === undefined ? {} : { team }) }];
  });
}

function readRefused(reader: ObjectReader): readonly RefusedAddress[] {
  return reader.list('status', 'refusedAddresses').flatMap((entry, index) => {
    const nested = nestedReader(reader, entry);
    const address = nested.word('entry', 'address');
    const since = nested.text('entry', 'since');
    const reason = nested.text('entry', 'reason') ?? '';
    handOver(nested, reader, `status.refusedAddresses[${index}]`);
    return address === undefined || since === undefined ? [] : [{ address, reason, since }];
  });
}

function nestedReader(reader: ObjectReader, entry: unknown): ObjectReader {
  return new ObjectReader({ metadata: { name: reader.name === '' ? '?' : reader.name }, entry }, 'EgressIPAM');
}

function handOver(nested: ObjectReader, reader: ObjectReader, field: string): void {
  for (const { field: at, message } of nested.problems)
    reader.problem(`${field}${(at ?? '').replace('entry', '')}`, message);
}
