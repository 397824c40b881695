import { asRecord, type ObjectReader } from './object-reader.ts';
import { adoptedAnnotation, fieldManager } from './names.ts';

/** What an object's managed fields tell of who made it. */
export interface AppliedFields {
  /**
   * Whether they say that we applied it; absent where they do not tell: `kubectl get` leaves them out, and what was
   * applied a moment before there was the object may be our own making of it, or a copy.
   */
  readonly applied?: boolean;
  /** Whether they name nobody else who wrote of its spec: then we made it, or somebody in our name. */
  readonly appliedAlone?: boolean;
  /** When we applied it last, and when anybody last wrote it. RFC 3339. */
  readonly appliedAt?: string;
  readonly changedAt?: string;
}

/** An API server has given up on a new object after so many milliseconds. */
const longestAdmission = 60_000;

/** Reads who made an object; nothing where it has no managed fields. */
export function readApplied(reader: ObjectReader): AppliedFields {
  const entries = reader.list('metadata', 'managedFields').map(asRecord);
  if (entries.length === 0) return {};
  const createdAt = reader.text('metadata', 'creationTimestamp') ?? '';
  const timesOf = (fields: readonly Readonly<Record<string, unknown>>[]): readonly string[] =>
    fields.flatMap(({ time }) => (typeof time === 'string' ? [time] : [])).sort();
  const isApply = ({ manager, operation }: Readonly<Record<string, unknown>>): boolean =>
    manager === fieldManager && operation === 'Apply';
  const [appliedAt] = timesOf(entries.filter(isApply));
  const isOfSpec = ({ fieldsV1 }: Readonly<Record<string, unknown>>): boolean => 'f:spec' in asRecord(fieldsV1);
  const others = entries.filter((entry) => !isApply(entry));
  const applied = appliedAt === undefined ? false : isAppliedAfter(appliedAt, createdAt);
  const changedAt = timesOf(entries).at(-1);
  return {
    ...(applied === undefined ? {} : { applied }),
    ...(applied === true && !others.some(isOfSpec) ? { appliedAlone: true } : {}),
    ...(applied === false || appliedAt === undefined ? {} : { appliedAt }),
    ...(changedAt === undefined ? {} : { changedAt }),
  };
}

/** Who made an object that is ours under a name that we give alone. */
export interface MakerFields extends Pick<AppliedFields, 'applied'> {
  /** Of one that somebody else made, for {@link adoptedAnnotation}. */
  readonly uid?: string;
}

/**
 * The same for objects that are ours under a name that we give alone: whether we made it, or adopted just this one, as
 * far as that is told. What was applied a moment before there was the object may be a copy, which has another name.
 */
export function readMaker(reader: ObjectReader): MakerFields {
  const uid = reader.word('metadata', 'uid');
  if (uid !== undefined && reader.word('metadata', 'annotations', adoptedAnnotation) === uid) return { applied: true };
  const { applied, appliedAt } = readApplied(reader);
  if (applied === false) return { applied, ...(uid === undefined ? {} : { uid }) };
  return applied === true || appliedAt !== undefined ? { applied: true } : {};
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
