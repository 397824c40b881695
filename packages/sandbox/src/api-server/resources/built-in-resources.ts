import { withMetadata } from '../apply/fields-of.ts';
import { labelName, pathSegmentName, subdomainName } from '../metadata/names.ts';
import type { StructuralSchema } from '../schema/structural-schema.ts';
import { createValidator } from '../schema/validator.ts';
import type { BuiltInRules } from './built-in-rules.ts';
import { eventRules, leaseRules, namespaceRules, nodeRules, secretRules } from './built-in-rules.ts';
import * as schemas from './built-in-schemas.ts';
import { validateCustomResourceDefinition } from './custom-resource-definition.ts';
import type { ResourceDefinition, Subresource } from './resource-definition.ts';

interface BuiltInNames {
  readonly group?: string;
  readonly plural: string;
  readonly kind: string;
  readonly shortNames?: readonly string[];
  readonly namespaced: boolean;
  readonly subresources?: readonly Subresource[];
}

function builtIn(names: BuiltInNames, schema: StructuralSchema, rules: BuiltInRules = {}): ResourceDefinition {
  const { group = '', plural, kind, shortNames = [], namespaced, subresources = [] } = names;
  return {
    group,
    version: 'v1',
    plural,
    singular: kind.toLowerCase(),
    kind,
    listKind: `${kind}List`,
    shortNames,
    namespaced,
    storageKey: group ? `${plural}.${group}` : plural,
    custom: false,
    subresources: new Set(subresources),
    updatesUnconditionally: true,
    createsOnUpdate: false,
    countsGenerations: false,
    nameRule: subdomainName,
    schema,
    ownershipSchema: withMetadata(schema),
    validateSchema: createValidator(schema),
    validate: () => [],
    prepareCreate: () => undefined,
    prepareUpdate: () => undefined,
    selectableFields: () => ({}),
    ...rules,
  };
}

/** Namespaces: other parts of the server look into them. */
export const namespaces = builtIn(
  {
    plural: 'namespaces',
    kind: 'Namespace',
    shortNames: ['ns'],
    namespaced: false,
    subresources: ['status', 'finalize'],
  },
  schemas.namespaceSchema,
  { ...namespaceRules, nameRule: labelName },
);

/** CustomResourceDefinitions: what is in them is served beside the built-in resources. */
export const customResourceDefinitions = builtIn(
  {
    group: 'apiextensions.k8s.io',
    plural: 'customresourcedefinitions',
    kind: 'CustomResourceDefinition',
    shortNames: ['crd', 'crds'],
    namespaced: false,
    subresources: ['status'],
  },
  schemas.customResourceDefinitionSchema,
  { countsGenerations: true, updatesUnconditionally: false, validate: validateCustomResourceDefinition },
);

/** Every resource that is served without a CustomResourceDefinition. */
export const builtInResources: readonly ResourceDefinition[] = [
  namespaces,
  builtIn(
    { plural: 'nodes', kind: 'Node', shortNames: ['no'], namespaced: false, subresources: ['status'] },
    schemas.nodeSchema,
    nodeRules,
  ),
  builtIn({ plural: 'events', kind: 'Event', shortNames: ['ev'], namespaced: true }, schemas.eventSchema, {
    ...eventRules,
    nameRule: pathSegmentName,
  }),
  builtIn({ plural: 'configmaps', kind: 'ConfigMap', shortNames: ['cm'], namespaced: true }, schemas.configMapSchema),
  builtIn({ plural: 'secrets', kind: 'Secret', namespaced: true }, schemas.secretSchema, secretRules),
  builtIn(
    { plural: 'serviceaccounts', kind: 'ServiceAccount', shortNames: ['sa'], namespaced: true },
    schemas.serviceAccountSchema,
  ),
  builtIn(
    { group: 'coordination.k8s.io', plural: 'leases', kind: 'Lease', namespaced: true },
    schemas.leaseSchema,
    leaseRules,
  ),
  customResourceDefinitions,
];
