/** Any value that JSON can hold, as it came off the wire: to be narrowed before use. */
export type JsonRecord = Record<string, unknown>;

/** One entry of `metadata.managedFields`: who set which fields, and how. */
export interface ManagedFieldsEntry {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly time: string;
  readonly fieldsType: 'FieldsV1';
  readonly fieldsV1: FieldSet;
  readonly subresource?: string;
}

/**
 * A set of field paths as the tree that Kubernetes calls FieldsV1: `f:NAME` is a field, `v:JSON` a value of a set,
 * `k:JSON` an item of a keyed list, `.` the node itself. A node without children is itself a member.
 */
export interface FieldSet {
  readonly [member: string]: FieldSet;
}

/** The metadata fields the server reads or writes; others travel with the object untouched. */
export interface ObjectMetadata {
  name: string;
  namespace?: string;
  generateName?: string;
  uid: string;
  resourceVersion: string;
  generation?: number;
  creationTimestamp: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  managedFields?: ManagedFieldsEntry[];
  ownerReferences?: JsonRecord[];
}

/**
 * A Kubernetes object. One that is in the store is never changed in place: writers work on a {@link cloneJson} of it.
 */
export interface ApiObject extends JsonRecord {
  apiVersion: string;
  kind: string;
  metadata: ObjectMetadata;
}

/** Whether a value is a JSON object (not an array, not null). */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A deep copy of a JSON value. */
export function cloneJson<T>(value: T): T {
  if (Array.isArray(value)) return value.map(cloneJson) as T;
  if (!isRecord(value)) return value;
  const copy: JsonRecord = {};
  for (const key in value) copy[key] = cloneJson(value[key]);
  return copy as T;
}

/** Whether two JSON values are the same; a field that is `undefined` counts as absent. */
export function equalJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => equalJson(item, b[index]));
  }
  if (!isRecord(a) || !isRecord(b)) return false;
  for (const key in a) if (!equalJson(a[key], b[key])) return false;
  for (const key in b) if (b[key] !== undefined && a[key] === undefined) return false;
  return true;
}

/** The key of an object inside its resource: `NAMESPACE/NAME`, or `NAME` for a cluster-scoped one. */
export function objectKey(namespace: string | undefined, name: string): string {
  return namespace ? `${namespace}/${name}` : name;
}
