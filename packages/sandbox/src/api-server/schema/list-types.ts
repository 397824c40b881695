import { isRecord } from '../api-object.ts';
import type { FieldError } from './field-error.ts';
import { duplicateValue } from './field-error.ts';
import type { StructuralSchema } from './structural-schema.ts';
import { fieldSchema, listMapKey, listMapKeys } from './structural-schema.ts';

/** The items that occur twice in lists the schema declares as sets, or as keyed by some of their fields. */
export function findDuplicateItems(value: unknown, schema: StructuralSchema, path = ''): FieldError[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    const nested = items ? value.flatMap((item, index) => findDuplicateItems(item, items, `${path}[${index}]`)) : [];
    return [...duplicatesOf(value, schema, path), ...nested];
  }
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, field]) => {
    const known = fieldSchema(schema, key);
    return known ? findDuplicateItems(field, known, path ? `${path}.${key}` : key) : [];
  });
}

function duplicatesOf(list: readonly unknown[], schema: StructuralSchema, path: string): FieldError[] {
  const keys = listMapKeys(schema);
  if (!keys && schema['x-kubernetes-list-type'] !== 'set') return [];
  const seen = new Set<string>();
  const errors: FieldError[] = [];
  list.forEach((item, index) => {
    const key = keys ? listMapKey(schema, keys, item) : JSON.stringify(item);
    if (seen.has(key)) errors.push(duplicateValue(`${path}[${index}]`, keys ? JSON.parse(key) : item));
    seen.add(key);
  });
  return errors;
}
