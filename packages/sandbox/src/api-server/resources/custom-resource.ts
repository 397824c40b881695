import { withMetadata } from '../apply/fields-of.ts';
import { subdomainName } from '../metadata/names.ts';
import { findDuplicateItems } from '../schema/list-types.ts';
import { createValidator } from '../schema/validator.ts';
import type { CustomResourceNames } from './custom-resource-definition.ts';
import type { ResourceDefinition } from './resource-definition.ts';

/** The resources that a CustomResourceDefinition brings: one per served version, over one collection. */
export function customResources(names: CustomResourceNames): ResourceDefinition[] {
  const { group, plural, singular, kind, listKind, shortNames, namespaced } = names;
  return names.versions
    .filter(({ served }) => served)
    .map(({ name, schema, hasStatus }) => ({
      group,
      version: name,
      plural,
      singular,
      kind,
      listKind,
      shortNames,
      namespaced,
      storageKey: `${plural}.${group}`,
      custom: true,
      subresources: new Set(hasStatus ? (['status'] as const) : []),
      updatesUnconditionally: false,
      createsOnUpdate: false,
      countsGenerations: true,
      nameRule: subdomainName,
      schema,
      ownershipSchema: withMetadata(schema),
      validateSchema: createValidator(schema),
      validate: (object) => findDuplicateItems(object, schema),
      prepareCreate(object) {
        if (hasStatus) delete object['status'];
      },
      prepareUpdate: () => undefined,
      selectableFields: () => ({}),
    }));
}
