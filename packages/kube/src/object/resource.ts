/** A kind of object that an API server serves, and where it is served. */
export interface Resource {
  /** API group; the empty string is the core group. */
  readonly group: string;
  readonly version: string;
  /** Plural lower-case name as in paths, e.g. `namespaces`. */
  readonly plural: string;
  readonly kind: string;
  /** The kind of its lists; by default the kind with `List` after it, as nearly all have it. */
  readonly listKind?: string;
  readonly namespaced: boolean;
}

/** Which object of a resource. `namespace` is required for a namespaced resource, and not allowed for others. */
export interface ObjectName {
  readonly name: string;
  readonly namespace?: string;
}

/** `version` for the core group, `group/version` for all others: the `apiVersion` of its objects. */
export function apiVersionOf(resource: Pick<Resource, 'group' | 'version'>): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

/** The path under which an `apiVersion` such as `v1` or `apps/v1` is served. */
export function groupVersionPath(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

/**
 * The path of a collection: all of it, or that of one namespace.
 *
 * @throws TypeError when a namespace is given for a resource that has none
 */
export function collectionPath(resource: Resource, namespace?: string): string {
  if (namespace !== undefined && !resource.namespaced) {
    throw new TypeError(
      `${resource.plural} are cluster-scoped: namespace ${JSON.stringify(namespace)} must not be given`,
    );
  }
  const scope = namespace === undefined ? '' : `/namespaces/${segment(namespace, 'namespace')}`;
  return `${groupVersionPath(apiVersionOf(resource))}${scope}/${resource.plural}`;
}

/**
 * The path of one object, or of a subresource of it such as `status`.
 *
 * @throws TypeError when the namespace is missing for a namespaced resource or given for another, or the name is empty
 */
export function objectPath(resource: Resource, { name, namespace }: ObjectName, subresource?: string): string {
  if (resource.namespaced && namespace === undefined) {
    throw new TypeError(`${resource.plural} are namespaced: the namespace of ${JSON.stringify(name)} is missing`);
  }
  const path = `${collectionPath(resource, namespace)}/${segment(name, 'name')}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
}

// Kubernetes allows no '/' nor '%' in names (apimachinery's path.IsValidPathSegmentName), so nothing is escaped twice.
function segment(value: string, what: string): string {
  if (value === '' || value === '.' || value === '..' || /[/%]/.test(value)) {
    throw new TypeError(
      `${JSON.stringify(value)} is not a valid ${what}: it must not be empty, '.', '..', nor contain '/' or '%'`,
    );
  }
  return encodeURIComponent(value);
}
