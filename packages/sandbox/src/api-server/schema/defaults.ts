import { cloneJson, isRecord } from '../api-object.ts';
import type { StructuralSchema } from './structural-schema.ts';

/** Fills in, in place, the defaults of absent fields; a null in a field that may not be null counts as absent there. */
export function applyDefaults(value: unknown, schema: StructuralSchema): void {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items) for (const item of value) applyDefaults(item, items);
    return;
  }
  if (!isRecord(value)) return;
  const { properties = {}, additionalProperties } = schema;
  for (const [key, field] of Object.entries(properties)) {
    if (field.default !== undefined && (value[key] === undefined || (value[key] === null && !field.nullable))) {
      value[key] = cloneJson(field.default);
    }
    if (value[key] !== undefined) applyDefaults(value[key], field);
  }
  if (isRecord(additionalProperties)) {
    for (const key of Object.keys(value)) if (!(key in properties)) applyDefaults(value[key], additionalProperties);
  }
}
