import { cloneJson, equalJson, isRecord } from '../api-object.ts';
import type { StructuralSchema } from '../schema/structural-schema.ts';
import { fieldSchema, listMapKey, listMapKeys } from '../schema/structural-schema.ts';
import { notImplemented } from '../status-errors.ts';

const deleteFromList = '$deleteFromPrimitiveList/';

/**
 * Kubernetes' strategic merge patch for the cases of the built-in kinds here: maps merge, keyed lists merge by key
 * (`$patch: delete` removes an item), sets merge, other lists are replaced. The target is left as it was.
 *
 * @throws StatusError 501 for a directive it does not know
 */
export function applyStrategicMergePatch(
  target: unknown,
  patch: unknown,
  schema: StructuralSchema | undefined,
): unknown {
  if (Array.isArray(patch)) return mergeLists(Array.isArray(target) ? target : [], patch, schema);
  if (!isRecord(patch)) return cloneJson(patch);
  const result = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    // The order of merged items is free in Kubernetes' kinds here, so the hint is not needed.
    if (key.startsWith('$setElementOrder/')) continue;
    if (key.startsWith(deleteFromList)) {
      const field = key.slice(deleteFromList.length);
      const list = result[field];
      const gone = Array.isArray(value) ? value : [];
      if (Array.isArray(list)) result[field] = list.filter((item) => !gone.some((other) => equalJson(item, other)));
    } else if (key.startsWith('$')) throw notImplemented(`the directive ${key} of a strategic merge patch`);
    else if (value === null) delete result[key];
    else result[key] = applyStrategicMergePatch(result[key], value, fieldSchema(schema, key));
  }
  return result;
}

function mergeLists(
  target: readonly unknown[],
  patch: readonly unknown[],
  schema: StructuralSchema | undefined,
): unknown[] {
  if (schema?.['x-kubernetes-list-type'] === 'set') {
    return [...patch, ...target.filter((item) => !patch.some((other) => equalJson(item, other)))].map(cloneJson);
  }
  const keys = listMapKeys(schema);
  if (!keys) return patch.map(cloneJson);
  const merged = new Map(target.map((item) => [listMapKey(schema, keys, item), item]));
  for (const item of patch) {
    const key = listMapKey(schema, keys, item);
    const directive = isRecord(item) ? item['$patch'] : undefined;
    if (directive === 'delete') merged.delete(key);
    else if (directive !== undefined)
      throw notImplemented(`$patch: ${String(directive)} in a list of a strategic merge patch`);
    else merged.set(key, applyStrategicMergePatch(merged.get(key), item, schema?.items));
  }
  return [...merged.values()];
}
