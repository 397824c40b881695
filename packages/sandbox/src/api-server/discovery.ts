import type { ResourceDefinition } from './resources/resource-definition.ts';
import { groupVersion } from './resources/resource-definition.ts';

const verbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];

interface GroupVersion {
  readonly groupVersion: string;
  readonly version: string;
}

interface Group {
  readonly kind: 'APIGroup';
  readonly apiVersion: 'v1';
  readonly name: string;
  readonly versions: readonly GroupVersion[];
  readonly preferredVersion: GroupVersion | undefined;
}

/** `/apis/GROUP`: the versions of a group; undefined when there is none by that name. */
export function describeGroup(resources: readonly ResourceDefinition[], name: string): Group | undefined {
  const names = new Set(resources.filter(({ group }) => group === name).map(({ version }) => version));
  const versions = [...names].map((version) => ({ groupVersion: `${name}/${version}`, version }));
  if (versions.length === 0) return undefined;
  return { kind: 'APIGroup', apiVersion: 'v1', name, versions, preferredVersion: versions[0] };
}

/** `/apis`: all groups but the core one. */
export function describeGroups(resources: readonly ResourceDefinition[]): object {
  const names = new Set(resources.map(({ group }) => group).filter(Boolean));
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: [...names].map((name) => describeGroup(resources, name)) };
}

/** `/api/v1` and `/apis/GROUP/VERSION`: the resources there; undefined when there are none. */
export function describeResources(
  resources: readonly ResourceDefinition[],
  group: string,
  version: string,
): object | undefined {
  const served = resources.filter((resource) => resource.group === group && resource.version === version);
  const [first] = served;
  if (!first) return undefined;
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: groupVersion(first),
    resources: served.flatMap(({ plural, singular, namespaced, kind, shortNames, subresources }) => [
      {
        name: plural,
        singularName: singular,
        namespaced,
        kind,
        verbs,
        ...(shortNames.length > 0 && { shortNames }),
      },
      ...[...subresources].map((subresource) => ({
        name: `${plural}/${subresource}`,
        singularName: '',
        namespaced,
        kind,
        verbs: subresource === 'status' ? ['get', 'patch', 'update'] : ['update'],
      })),
    ]),
  };
}
