import type { JsonRecord } from '../api-object.ts';
import { isRecord } from '../api-object.ts';

/**
 * The part of a CRD's `openAPIV3Schema` that the server acts on itself. All other keywords (patterns, bounds, enums, …)
 * are left in place for the validator.
 *
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
 */
export interface StructuralSchema extends JsonRecord {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly additionalProperties?: boolean | StructuralSchema;
  readonly items?: StructuralSchema;
  readonly default?: unknown;
  readonly nullable?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular';
}

/** Whether a value from a CRD has the form of a {@link StructuralSchema} at every level. */
export function isStructuralSchema(value: unknown): value is StructuralSchema {
  if (!isRecord(value)) return false;
  const { type, properties, additionalProperties, items } = value;
  return (
    (type === undefined || typeof type === 'string') &&
    (properties === undefined || (isRecord(properties) && Object.values(properties).every(isStructuralSchema))) &&
    (additionalProperties === undefined ||
      typeof additionalProperties === 'boolean' ||
      isStructuralSchema(additionalProperties)) &&
    (items === undefined || isStructuralSchema(items))
  );
}

/** The schema of one field of an object, or undefined where the schema does not know the field. */
export function fieldSchema(schema: StructuralSchema | undefined, field: string): StructuralSchema | undefined {
  if (schema?.properties && Object.hasOwn(schema.properties, field)) return schema.properties[field];
  return isRecord(schema?.additionalProperties) ? schema.additionalProperties : undefined;
}

/** The key fields of a list whose items are told apart by them, or undefined for any other list. */
export function listMapKeys(schema: StructuralSchema | undefined): readonly string[] | undefined {
  return schema?.['x-kubernetes-list-type'] === 'map' ? schema['x-kubernetes-list-map-keys'] : undefined;
}

/** The key of an item of a keyed list as text: its key fields as JSON, a missing one as its default. */
export function listMapKey(schema: StructuralSchema | undefined, keys: readonly string[], item: unknown): string {
  const key: JsonRecord = {};
  for (const name of [...keys].sort()) {
    key[name] = (isRecord(item) ? item[name] : undefined) ?? schema?.items?.properties?.[name]?.default;
  }
  return JSON.stringify(key);
}
