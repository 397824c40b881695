import { apiVersionOf, type ObjectName, type Resource } from './resource.ts';

/** The part of Kubernetes' ObjectMeta that machinery needs; unknown fields are kept. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly [field: string]: unknown;
}

/** Any Kubernetes object, as the API server sent it: raw JSON, timestamps are strings, nothing dropped. */
export interface KubernetesObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

/** Is this JSON value an object with fields (not null, not an array)? */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Does this JSON value look like a Kubernetes object: a name, and a namespace and a version that are texts where they
 * are there?
 */
export function isKubernetesObject(value: unknown): value is KubernetesObject {
  if (!isRecord(value) || !isRecord(value.metadata)) return false;
  const { name, namespace, resourceVersion } = value.metadata;
  return typeof name === 'string' && name !== '' && isTextOrAbsent(namespace) && isTextOrAbsent(resourceVersion);
}

function isTextOrAbsent(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}

/**
 * An object of a collection's list or watch, with the `apiVersion` and `kind` that lists leave out; else what is wrong
 * with it, as the end of a sentence.
 *
 * @param within the namespace that was asked for; undefined: all
 */
export function asKubernetesObject(value: unknown, resource: Resource, within?: string): KubernetesObject | string {
  if (!isKubernetesObject(value)) return 'is no object with a name';
  const { kind } = resource;
  const apiVersion = apiVersionOf(resource);
  // The items of a list of a built-in kind say neither, those of a custom resource say both.
  if ((value.kind ?? kind) !== kind || (value.apiVersion ?? apiVersion) !== apiVersion)
    return `is no ${kind} of ${apiVersion}`;
  if (value.metadata.resourceVersion === undefined || value.metadata.resourceVersion === '')
    return 'has no metadata.resourceVersion';
  if (resource.namespaced !== ((value.metadata.namespace ?? '') !== ''))
    return resource.namespaced ? 'has no namespace' : 'has a namespace';
  if (within !== undefined && value.metadata.namespace !== within) return 'is of another namespace';
  return { ...value, apiVersion, kind };
}

/**
 * The answer to a call about one object; else what is wrong with it, as the end of a sentence. Callers keep it as what
 * is there now: another object in its place would undo what was given to the one that it says it is.
 */
export function asAnswerAbout(
  value: unknown,
  resource: Resource,
  { name, namespace = '' }: ObjectName,
): KubernetesObject | string {
  if (!isKubernetesObject(value)) return 'is no object with a name';
  const { kind } = resource;
  const apiVersion = apiVersionOf(resource);
  if ((value.kind ?? kind) !== kind || (value.apiVersion ?? apiVersion) !== apiVersion)
    return `is no ${kind} of ${apiVersion}`;
  if (value.metadata.name !== name || (value.metadata.namespace ?? '') !== namespace) return 'is about another object';
  return value;
}

/**
 * How caches and queues name an object: `namespace/name`, or `name` when it has no namespace (client-go's
 * MetaNamespaceKeyFunc).
 */
export function objectKey(object: {
  readonly metadata: { readonly name: string; readonly namespace?: string };
}): string {
  const { name, namespace } = object.metadata;
  return namespace ? `${namespace}/${name}` : name;
}
