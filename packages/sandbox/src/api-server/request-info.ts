/** The verbs of Kubernetes' authorisation. */
export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

/** A request for a resource, in the terms that RBAC rules use. */
export interface ResourceRequest {
  readonly verb: Verb;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}

/** A request for anything else, as `/readyz` or `/apis`. */
export interface NonResourceRequest {
  readonly verb: string;
  readonly path: string;
}

/** What a request asks for. */
export type RequestInfo =
  ({ readonly isResource: true } & ResourceRequest) | ({ readonly isResource: false } & NonResourceRequest);

const namespaceSubresources = new Set(['status', 'finalize']);

/** Reads method and URL the way Kubernetes' RequestInfoFactory does. */
export function parseRequest(method: string, url: URL): RequestInfo {
  const parts = url.pathname.split('/').filter(Boolean).map(decodeURIComponent);
  const isCore = parts[0] === 'api';
  const nonResource = { isResource: false, verb: method.toLowerCase(), path: url.pathname } as const;
  if (!isCore && parts[0] !== 'apis') return nonResource;
  const [group = '', version = '', ...rest] = isCore ? ['', ...parts.slice(1)] : parts.slice(1);
  if (rest.length === 0) return nonResource;
  const target = parseTarget(rest);
  const watches = ['1', 'true'].includes(url.searchParams.get('watch') ?? '');
  return { isResource: true, verb: verbOf(method, target.name, watches), group, version, ...target };
}

function parseTarget(
  rest: readonly string[],
): Pick<ResourceRequest, 'resource' | 'subresource' | 'namespace' | 'name'> {
  const [first = '', namespace = '', resource = '', name = '', ...subresources] = rest;
  if (first === 'namespaces' && resource && !(namespaceSubresources.has(resource) && !name)) {
    return { resource, namespace, name, subresource: subresources.join('/') };
  }
  // A namespace counts as being inside itself, so that a Role there can grant access to it.
  const [, itself = '', ...subresource] = rest;
  return {
    resource: first,
    namespace: first === 'namespaces' ? itself : '',
    name: itself,
    subresource: subresource.join('/'),
  };
}

function verbOf(method: string, name: string, watches: boolean): Verb {
  switch (method) {
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return name ? 'delete' : 'deletecollection';
    default:
      return name && !watches ? 'get' : watches ? 'watch' : 'list';
  }
}
