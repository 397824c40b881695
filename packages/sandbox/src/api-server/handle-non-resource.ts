import type { ApiContext } from './context.ts';
import { describeGroup, describeGroups, describeResources } from './discovery.ts';
import type { Answer } from './handle-resource.ts';
import { describeOpenApi, describeOpenApiPaths } from './openapi.ts';
import type { ResourceDefinition } from './resources/resource-definition.ts';
import { methodNotAllowed, notServed } from './status-errors.ts';

/** The Kubernetes version whose behaviour this server was compared with. */
const version = {
  major: '1',
  minor: '36',
  gitVersion: 'v1.36.3+sandbox',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: '',
  platform: '',
};

/**
 * Answers health checks, discovery and OpenAPI.
 *
 * @throws StatusError 404 for any other path
 */
export function handleNonResource({ catalogue }: ApiContext, verb: string, path: string): Answer {
  if (verb !== 'get') throw methodNotAllowed();
  const [first = '', ...rest] = path.split('/').filter(Boolean);
  if (['readyz', 'healthz', 'livez'].includes(first)) return { code: 200, text: 'ok', contentType: 'text/plain' };
  const found = describe(catalogue.all(), first, rest);
  if (found === undefined) throw notServed(path);
  return { code: 200, text: JSON.stringify(found) };
}

function describe(
  resources: readonly ResourceDefinition[],
  first: string,
  rest: readonly string[],
): object | undefined {
  const [second, third] = rest;
  switch (first) {
    case 'version':
      return version;
    case 'api':
      if (second !== undefined) return describeResources(resources, '', second);
      return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
    case 'apis':
      if (second === undefined) return describeGroups(resources);
      return third === undefined ? describeGroup(resources, second) : describeResources(resources, second, third);
    case 'openapi':
      if (second !== 'v3') return undefined;
      return rest.length === 1 ? describeOpenApiPaths(resources) : describeOpenApi(resources, rest.slice(1).join('/'));
    default:
      return undefined;
  }
}
