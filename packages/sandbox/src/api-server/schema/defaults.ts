import { cloneJson, isRecord } from '../api-object.ts';
import type { StructuralSchema } from './structural-schema.ts';

/**
 * Fills in, in place, the defaults of absent fields. A null counts as absent, and goes, where the schema allows none.
 */
export function applyDefaults(value: unknown, schema: StructuralSchema): void {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items) for (const item of value) applyDefaults(item, items);
    return;
  }
  if (!isRecord(value)) return;
  const { properties = {}, additionalProperties } = schema;
  for (const [key, field] of Object.entries(properties)) {
    if (value[key] === null && !field.nullable) delete value[key];
    if (value[key] === undefined && field.default !== undefined) value[key] = cloneJson(field.default);
    if (value[key] !== undefined) applyDefaults(value[key], field);
  }
  if (isRecord(additionalProperties)) {
    for (const key of Object.keys(value)) {
      if (key in properties) continue;
      if (value[key] === null && !additionalProperties.nullable) delete value[key];
      else applyDefaults(value[key], additionalProperties);
    }
  }
}
