import {
  fieldManager,
  ownershipLabel,
  type LabelSelector,
  type NetworkEntry,
  type NetworkKind,
} from '@egressip-ipam/core';
import { asRecord, ObjectReader, readSelector, type Read } from '@egressip-ipam/core/plugin';
import { markAnnotation, touchedAnnotation } from './names.ts';

/** OVN-Kubernetes' object: addresses, and the pods that leave by them (k8s.ovn.org/v1). */
export interface EgressIPEntry extends NetworkEntry {
  readonly createdAt: string;
  readonly deletedAt?: string;
  /** Value of our ownership label; anybody can copy it. */
  readonly egressIPAM?: string;
  /**
   * Whether its managed fields say that we applied it; absent where they do not tell: `kubectl get` leaves them out,
   * and what was applied a moment before there was the object may be our own making of it, or a copy.
   */
  readonly applied?: boolean;
  /** Whether its managed fields name nobody else who wrote of its spec: then we made it, or somebody in our name. */
  readonly appliedAlone?: boolean;
  /** When we applied it last, and when anybody last wrote it, as its managed fields tell. RFC 3339. */
  readonly appliedAt?: string;
  readonly changedAt?: string;
  /** The annotation {@link markAnnotation}, raw. */
  readonly mark?: string;
  /** The annotation {@link touchedAnnotation}, raw. */
  readonly touched?: string;
  readonly egressIPs: readonly string[];
  readonly namespaceSelector: LabelSelector;
  /** Absent where it selects every pod. */
  readonly podSelector?: LabelSelector;
  readonly egressNodeSelector?: LabelSelector;
  /** `status.items`. */
  readonly assigned: readonly AssignedItem[];
}

/** One of `status.items`. */
export interface AssignedItem {
  readonly node: string;
  readonly egressIP: string;
}

/** An API server has given up on a new object after so many milliseconds. */
const longestAdmission = 60_000;

/** The kind EgressIP. */
export const egressIPKind: NetworkKind<EgressIPEntry> = {
  resource: { group: 'k8s.ovn.org', version: 'v1', plural: 'egressips', kind: 'EgressIP' },
  verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'],
  read: readEgressIP,
};

function readEgressIP(object: unknown): Read<EgressIPEntry> {
  const reader = new ObjectReader(object, 'EgressIP');
  const podSelector = readSelector(reader, 'spec', 'podSelector');
  const createdAt = reader.text('metadata', 'creationTimestamp') ?? '';
  return reader.result({
    name: reader.name,
    createdAt,
    ...present({
      deletedAt: reader.text('metadata', 'deletionTimestamp'),
      egressIPAM: reader.text('metadata', 'labels', ownershipLabel),
      mark: reader.text('metadata', 'annotations', markAnnotation),
      touched: reader.text('metadata', 'annotations', touchedAnnotation),
      // An empty pod selector selects every pod, as does none.
      podSelector: podSelector === undefined || Object.keys(podSelector).length === 0 ? undefined : podSelector,
      egressNodeSelector: readSelector(reader, 'spec', 'egressNodeSelector'),
    }),
    ...readManagedFields(reader, createdAt),
    egressIPs: reader.texts('spec', 'egressIPs'),
    namespaceSelector: readSelector(reader, 'spec', 'namespaceSelector') ?? {},
    assigned: reader.list('status', 'items').flatMap((entry) => {
      const { node, egressIP } = asRecord(entry);
      return typeof node === 'string' && typeof egressIP === 'string' ? [{ node, egressIP }] : [];
    }),
  });
}

/** The fields that have a value. */
function present<Fields extends object>(
  fields: Fields,
): { readonly [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } {
  // Only what is undefined was taken out.
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    readonly [Key in keyof Fields]?: Exclude<Fields[Key], undefined>;
  };
}

function readManagedFields(
  reader: ObjectReader,
  createdAt: string,
): Pick<EgressIPEntry, 'applied' | 'appliedAlone' | 'appliedAt' | 'changedAt'> {
  const entries = reader.list('metadata', 'managedFields').map(asRecord);
  if (entries.length === 0) return {};
  const timesOf = (fields: readonly Readonly<Record<string, unknown>>[]): readonly string[] =>
    fields.flatMap(({ time }) => (typeof time === 'string' ? [time] : [])).sort();
  const isApply = ({ manager, operation }: Readonly<Record<string, unknown>>): boolean =>
    manager === fieldManager && operation === 'Apply';
  const [appliedAt] = timesOf(entries.filter(isApply));
  const isOfSpec = ({ fieldsV1 }: Readonly<Record<string, unknown>>): boolean => 'f:spec' in asRecord(fieldsV1);
  const others = entries.filter((entry) => !isApply(entry));
  const applied = appliedAt === undefined ? false : isAppliedAfter(appliedAt, createdAt);
  return present({
    applied,
    appliedAlone: applied === true && !others.some(isOfSpec) ? true : undefined,
    appliedAt: applied === false ? undefined : appliedAt,
    changedAt: timesOf(entries).at(-1),
  });
}

/**
 * What a copy brought along was applied before there was the copy. An API server, too, notes who applies a new object
 * first, then admits it, and then notes when it was made: what lies between may be the next second, or slow webhooks.
 */
function isAppliedAfter(appliedAt: string, createdAt: string): boolean | undefined {
  const earlier = Date.parse(createdAt) - Date.parse(appliedAt);
  if (earlier > longestAdmission) return false;
  return earlier > 0 ? undefined : true;
}
