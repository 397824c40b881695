import type { ResourceDefinition } from './resources/resource-definition.ts';
import { groupVersion } from './resources/resource-definition.ts';

const pathOf = (resource: ResourceDefinition): string => (resource.group ? `apis/${groupVersion(resource)}` : 'api/v1');

/** `/openapi/v3`: where the documents are. */
export function describeOpenApiPaths(resources: readonly ResourceDefinition[]): object {
  const paths = [...new Set(resources.map(pathOf))];
  return { paths: Object.fromEntries(paths.map((path) => [path, { serverRelativeURL: `/openapi/v3/${path}` }])) };
}

/** `/openapi/v3/apis/GROUP/VERSION`: the schemas of the kinds there; undefined when there are none. */
export function describeOpenApi(resources: readonly ResourceDefinition[], path: string): object | undefined {
  const served = resources.filter((resource) => pathOf(resource) === path);
  if (served.length === 0) return undefined;
  const schemas = served.map(({ group, version, kind, schema }) => {
    const name = [...group.split('.').reverse(), version, kind].filter(Boolean).join('.');
    return [name, { ...schema, 'x-kubernetes-group-version-kind': [{ group, version, kind }] }];
  });
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'sandbox' },
    paths: {},
    components: { schemas: Object.fromEntries(schemas) as Readonly<Record<string, unknown>> },
  };
}
