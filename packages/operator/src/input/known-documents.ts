import { type ClusterSnapshot, type NetworkBackend } from '@egressip-ipam/core';
import { isRecord } from '@egressip-ipam/core/plugin';
import { groupOf } from '../network/resources.ts';
import { isObservation } from './observation.ts';

/** A kind of document that is read: another group's kind of the same name is not meant. */
export interface DocumentKind {
  readonly group: string;
  readonly kind: string;
  /** Groups under which it was served before. */
  readonly otherGroups?: readonly string[];
}

/** The kinds that a snapshot is made of, whatever the network. */
export const commonKinds = {
  egressIPAM: { group: 'redhatcop.redhat.io', kind: 'EgressIPAM' },
  namespace: { group: '', kind: 'Namespace' },
  node: { group: '', kind: 'Node' },
  infrastructure: { group: 'config.openshift.io', kind: 'Infrastructure' },
  service: { group: '', kind: 'Service' },
  serviceCIDR: { group: 'networking.k8s.io', kind: 'ServiceCIDR' },
  observation: { group: 'egressip-ipam.io', kind: 'ProviderObservation' },
} as const satisfies Readonly<Record<string, DocumentKind>>;

/**
 * A function that tells of a document which of some kinds it is of: `other` for none of them, undefined where it has no
 * kind.
 */
export function kindReader(kinds: readonly DocumentKind[]): (object: unknown) => DocumentKind | 'other' | undefined {
  const byName = new Map<string, DocumentKind>();
  // Where a document does not say its group, the first kind of the name is meant.
  for (const kind of [...kinds].reverse()) byName.set(kind.kind, kind);
  const byGroup = new Map(
    kinds.flatMap((kind) =>
      [kind.group, ...(kind.otherGroups ?? [])].map((group) => [`${group}/${kind.kind}`, kind] as const),
    ),
  );
  return (object) => {
    if (!isRecord(object) || typeof object['kind'] !== 'string') return undefined;
    const { kind, apiVersion } = object;
    if (typeof apiVersion !== 'string') return byName.get(kind) ?? 'other';
    return byGroup.get(`${groupOf(apiVersion)}/${kind}`) ?? 'other';
  };
}

/**
 * The kinds of back ends' objects, each once; without those that tell of the moment alone, but for a cluster that is
 * looked at now.
 */
export function networkKinds(backends: readonly NetworkBackend[], live?: NetworkBackend): readonly DocumentKind[] {
  const lasting = backends.flatMap((backend) =>
    backend.kinds.filter(({ momentary }) => momentary !== true || backend === live),
  );
  const kinds = lasting.map(
    ({ resource: { group, kind }, otherApiVersions = [] }) =>
      [`${group}/${kind}`, { group, kind, otherGroups: otherApiVersions.map(groupOf) }] as const,
  );
  return [...new Map(kinds).values()];
}

/** Whether a document says that it is a saved ClusterSnapshot. */
export function claimsToBeSnapshot(object: unknown): boolean {
  return isRecord(object) && 'formatVersion' in object && !('kind' in object);
}

/** What each entry of a list must have beside its name, so that a plan can be made. */
const listsOfEntries: Readonly<Record<'egressIPAMs' | 'namespaces' | 'nodes', readonly string[]>> = {
  egressIPAMs: ['cidrAssignments'],
  namespaces: [],
  nodes: ['addresses'],
};

interface SnapshotProblem {
  readonly field: string;
  readonly message: string;
}

/**
 * What keeps a document from being a ClusterSnapshot: the field and what is expected there. Undefined when nothing
 * does.
 */
export function snapshotProblem(object: unknown): SnapshotProblem | undefined {
  if (!isRecord(object) || object['formatVersion'] !== 2)
    return { field: 'formatVersion', message: '2 is expected; this snapshot is from another version' };
  const { network, infrastructure, provider } = object;
  if (!isRecord(network) || typeof network['name'] !== 'string')
    return { field: 'network.name', message: 'the name of a network is expected' };
  if (!isRecord(network['objects'])) return { field: 'network.objects', message: 'a map of lists is expected' };
  if (!isRecord(infrastructure) || !Array.isArray(infrastructure['virtualIPs']))
    return { field: 'infrastructure.virtualIPs', message: 'a list is expected' };
  if (!isRecord(provider) || typeof provider['name'] !== 'string')
    return { field: 'provider.name', message: 'a text is expected' };
  if (provider['observation'] !== undefined && !isObservation(provider['observation']))
    return { field: 'provider.observation', message: 'the lists nodes and cidrs are expected' };
  const lists = [
    ...Object.entries(listsOfEntries).map(([list, fields]) => ({ list, entries: object[list], fields })),
    ...Object.entries(network['objects']).map(([kind, entries]) => ({
      list: `network.objects.${kind}`,
      entries,
      fields: [],
    })),
  ];
  return lists
    .map(({ list, entries, fields }) => listProblem(list, entries, fields))
    .find((problem) => problem !== undefined);
}

function listProblem(list: string, entries: unknown, fields: readonly string[]): SnapshotProblem | undefined {
  if (!Array.isArray(entries)) return { field: list, message: 'a list is expected' };
  for (const [index, entry] of (entries as unknown[]).entries()) {
    if (!isRecord(entry) || typeof entry['name'] !== 'string')
      return { field: `${list}[${index}]`, message: 'an object with a name is expected' };
    const missing = fields.find((field) => !Array.isArray(entry[field]));
    if (missing !== undefined) return { field: `${list}[${index}].${missing}`, message: 'a list is expected' };
  }
  return undefined;
}

/** Whether a document is a ClusterSnapshot as far as {@link snapshotProblem} looks. */
export function isSnapshot(object: unknown): object is ClusterSnapshot {
  return snapshotProblem(object) === undefined;
}
