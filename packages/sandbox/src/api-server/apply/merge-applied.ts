import type { FieldSet, JsonRecord } from '../api-object.ts';
import { cloneJson, isRecord } from '../api-object.ts';
import type { StructuralSchema } from '../schema/structural-schema.ts';
import { fieldSchema } from '../schema/structural-schema.ts';
import { isAtomicMap, listMembers } from './fields-of.ts';

/**
 * The live value with an applied configuration laid over it: maps, sets and keyed lists merge, all else is replaced.
 */
export function mergeApplied(live: unknown, applied: unknown, schema: StructuralSchema | undefined): unknown {
  if (Array.isArray(live) && Array.isArray(applied)) {
    const members = listMembers(live, schema);
    const added = listMembers(applied, schema);
    if (!members || !added) return cloneJson(applied);
    for (const [member, item] of added) members.set(member, mergeApplied(members.get(member), item, schema?.items));
    return [...members.values()];
  }
  if (!isRecord(live) || !isRecord(applied) || isAtomicMap(schema)) return cloneJson(applied);
  const merged = { ...live };
  for (const [key, value] of Object.entries(applied))
    merged[key] = mergeApplied(live[key], value, fieldSchema(schema, key));
  return merged;
}

/**
 * A value without the fields of a set; what a field contained goes with it.
 *
 * @returns undefined when nothing is left: Kubernetes drops a map or list that lost its last entry this way
 */
export function removeFields(value: unknown, fields: FieldSet, schema: StructuralSchema | undefined): unknown {
  if (Array.isArray(value)) return removeItems(value, fields, schema);
  if (!isRecord(value)) return value;
  const result: JsonRecord = {};
  for (const [key, field] of Object.entries(value)) {
    const kept = keep(field, fields[`f:${key}`], fieldSchema(schema, key));
    if (kept !== undefined) result[key] = kept;
  }
  return Object.keys(result).length > 0 ? result : undefined;
}

function removeItems(list: readonly unknown[], fields: FieldSet, schema: StructuralSchema | undefined): unknown {
  const members = listMembers(list, schema);
  if (!members) return list;
  const kept = [...members]
    .map(([member, item]) => keep(item, fields[member], schema?.items))
    .filter((item) => item !== undefined);
  return kept.length > 0 ? kept : undefined;
}

function keep(value: unknown, removed: FieldSet | undefined, schema: StructuralSchema | undefined): unknown {
  if (removed === undefined) return value;
  const isWhole = '.' in removed || Object.keys(removed).length === 0;
  return isWhole ? undefined : removeFields(value, removed, schema);
}
