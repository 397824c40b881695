import type { FieldSet } from '../api-object.ts';
import { cloneJson, isRecord } from '../api-object.ts';
import type { StructuralSchema } from '../schema/structural-schema.ts';
import { fieldSchema } from '../schema/structural-schema.ts';
import { isAtomicMap, listMembers } from './fields-of.ts';

/** The live value with an applied configuration laid over it: maps, sets and keyed lists merge, all else is replaced. */
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
  for (const [key, value] of Object.entries(applied)) merged[key] = mergeApplied(live[key], value, fieldSchema(schema, key));
  return merged;
}

/** A value without the fields of a set; what a field contained goes with it. */
export function removeFields(value: unknown, fields: FieldSet, schema: StructuralSchema | undefined): unknown {
  if (Array.isArray(value)) {
    const members = listMembers(value, schema);
    if (!members) return value;
    const kept: unknown[] = [];
    for (const [member, item] of members) {
      const node = fields[member];
      if (node === undefined) kept.push(item);
      else if (!isWhole(node)) kept.push(removeFields(item, node, schema?.items));
    }
    return kept;
  }
  if (!isRecord(value)) return value;
  const result = { ...value };
  for (const key of Object.keys(result)) {
    const node = fields[`f:${key}`];
    if (node === undefined) continue;
    if (isWhole(node)) delete result[key];
    else result[key] = removeFields(result[key], node, fieldSchema(schema, key));
  }
  return result;
}

const isWhole = (node: FieldSet): boolean => '.' in node || Object.keys(node).length === 0;
