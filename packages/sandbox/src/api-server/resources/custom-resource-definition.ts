import type { ApiObject, JsonRecord } from '../api-object.ts';
import { isRecord } from '../api-object.ts';
import type { FieldError } from '../schema/field-error.ts';
import { invalidValue, requiredValue } from '../schema/field-error.ts';
import type { StructuralSchema } from '../schema/structural-schema.ts';
import { isStructuralSchema } from '../schema/structural-schema.ts';

/** What the server reads out of a CustomResourceDefinition. */
export interface CustomResourceNames {
  readonly group: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly listKind: string;
  readonly shortNames: readonly string[];
  readonly namespaced: boolean;
  readonly versions: readonly CustomResourceVersion[];
}

/** One version of a CustomResourceDefinition. */
export interface CustomResourceVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly hasStatus: boolean;
  readonly schema: StructuralSchema;
}

const record = (value: unknown): JsonRecord => (isRecord(value) ? value : {});
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The problems of a CustomResourceDefinition that keep it from being served. */
export function validateCustomResourceDefinition(definition: ApiObject): FieldError[] {
  const spec = record(definition['spec']);
  const names = record(spec['names']);
  const required = (path: string, value: unknown): FieldError[] => (value ? [] : [requiredValue(path)]);
  const { name } = definition.metadata;
  const expected = `${text(names['plural'])}.${text(spec['group'])}`;
  return [
    ...(name === expected ? [] : [invalidValue('metadata.name', name, 'must be spec.names.plural+"."+spec.group')]),
    ...required('spec.group', spec['group']),
    ...required('spec.names.plural', names['plural']),
    ...required('spec.names.kind', names['kind']),
    ...required('spec.scope', spec['scope']),
    ...required('spec.versions', list(spec['versions']).length),
    ...list(spec['versions']).flatMap((version, index) => validateVersion(record(version), `spec.versions[${index}]`)),
    ...validateConversion(record(spec['conversion'])),
  ];
}

function validateVersion(version: JsonRecord, path: string): FieldError[] {
  const field = `${path}.schema.openAPIV3Schema`;
  const schema = record(version['schema'])['openAPIV3Schema'];
  if (schema === undefined) return [requiredValue(field)];
  if (!isStructuralSchema(schema)) return [invalidValue(field, null, 'is not an OpenAPI v3 schema')];
  return [
    ...(version['name'] ? [] : [requiredValue(`${path}.name`)]),
    ...(schema.type === 'object' ? [] : [invalidValue(`${field}.type`, schema.type, 'must be object at the root')]),
  ];
}

function validateConversion({ strategy = 'None' }: JsonRecord): FieldError[] {
  if (strategy === 'None') return [];
  return [
    invalidValue(
      'spec.conversion.strategy',
      strategy,
      'the sandbox API server converts between versions with None only',
    ),
  ];
}

/** Reads a CustomResourceDefinition that passed {@link validateCustomResourceDefinition}. */
export function parseCustomResourceDefinition(definition: ApiObject): CustomResourceNames {
  const spec = record(definition['spec']);
  const names = record(spec['names']);
  const kind = text(names['kind']);
  return {
    group: text(spec['group']),
    plural: text(names['plural']),
    singular: text(names['singular']) || kind.toLowerCase(),
    kind,
    listKind: text(names['listKind']) || `${kind}List`,
    shortNames: list(names['shortNames']).map(text),
    namespaced: spec['scope'] === 'Namespaced',
    versions: list(spec['versions']).map((entry) => {
      const version = record(entry);
      const schema = record(version['schema'])['openAPIV3Schema'];
      return {
        name: text(version['name']),
        served: version['served'] === true,
        storage: version['storage'] === true,
        hasStatus: isRecord(record(version['subresources'])['status']),
        schema: isStructuralSchema(schema) ? schema : {},
      };
    }),
  };
}

/** The status of a CustomResourceDefinition whose resources are served. */
export function establishedStatus(names: CustomResourceNames, time: string): JsonRecord {
  const condition = (type: string, reason: string, message: string): JsonRecord => ({
    type,
    status: 'True',
    lastTransitionTime: time,
    reason,
    message,
  });
  const { plural, singular, kind, listKind, shortNames } = names;
  return {
    conditions: [
      condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
      condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
    ],
    acceptedNames: { plural, singular, kind, listKind, ...(shortNames.length > 0 && { shortNames }) },
    storedVersions: names.versions.filter(({ storage }) => storage).map(({ name }) => name),
  };
}
