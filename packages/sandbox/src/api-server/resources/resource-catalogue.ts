import type { ApiObject } from '../api-object.ts';
import { builtInResources } from './built-in-resources.ts';
import { parseCustomResourceDefinition } from './custom-resource-definition.ts';
import { customResources } from './custom-resource.ts';
import type { ResourceDefinition } from './resource-definition.ts';

/** What is served at the moment. */
export interface ResourceCatalogue {
  /** The resource of a path, or undefined when it is not served. */
  find(group: string, version: string, plural: string): ResourceDefinition | undefined;
  /** Every resource in every version. */
  all(): readonly ResourceDefinition[];
  /** Serves what a CustomResourceDefinition declares, instead of what it declared before. */
  serve(definition: ApiObject): void;
  /** Serves it no longer. */
  withdraw(definition: ApiObject): void;
}

/** A catalogue with the built-in resources in it. */
export function createResourceCatalogue(): ResourceCatalogue {
  const custom = new Map<string, readonly ResourceDefinition[]>();
  let resources: readonly ResourceDefinition[] = builtInResources;
  const refresh = (): void => {
    resources = [...builtInResources, ...[...custom.values()].flat()];
  };
  return {
    find: (group, version, plural) =>
      resources.find(
        (resource) => resource.group === group && resource.version === version && resource.plural === plural,
      ),
    all: () => resources,
    serve(definition) {
      custom.set(definition.metadata.name, customResources(parseCustomResourceDefinition(definition)));
      refresh();
    },
    withdraw(definition) {
      custom.delete(definition.metadata.name);
      refresh();
    },
  };
}
