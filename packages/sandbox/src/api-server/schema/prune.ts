import type { JsonRecord } from '../api-object.ts';
import { isRecord } from '../api-object.ts';
import type { StructuralSchema } from './structural-schema.ts';

/**
 * Removes from an object, in place, every field its schema does not know.
 *
 * @returns the paths of what was removed, as `spec.items[0].typo`
 */
export function pruneUnknownFields(object: JsonRecord, schema: StructuralSchema): string[] {
  const removed: string[] = [];
  pruneObject(object, schema, '', new Set(['apiVersion', 'kind', 'metadata']), removed);
  return removed;
}

const embeddedFields = new Set(['apiVersion', 'kind', 'metadata']);
const noFields: ReadonlySet<string> = new Set();

function pruneValue(value: unknown, schema: StructuralSchema, path: string, removed: string[]): void {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items) value.forEach((item, index) => pruneValue(item, items, `${path}[${index}]`, removed));
  } else if (isRecord(value)) {
    const kept = schema['x-kubernetes-embedded-resource'] ? embeddedFields : noFields;
    pruneObject(value, schema, `${path}.`, kept, removed);
  }
}

function pruneObject(
  value: JsonRecord,
  schema: StructuralSchema,
  prefix: string,
  kept: ReadonlySet<string>,
  removed: string[],
): void {
  const { properties, additionalProperties } = schema;
  const keepsUnknown = schema['x-kubernetes-preserve-unknown-fields'] === true || additionalProperties === true;
  for (const key of Object.keys(value)) {
    if (kept.has(key)) continue;
    const known = properties && Object.hasOwn(properties, key) ? properties[key] : additionalProperties;
    if (isRecord(known)) pruneValue(value[key], known, prefix + key, removed);
    else if (!keepsUnknown) {
      delete value[key];
      removed.push(prefix + key);
    }
  }
}
