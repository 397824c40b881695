import type { ApiObject, FieldSet, JsonRecord } from '../api-object.ts';
import { equalJson, isRecord } from '../api-object.ts';
import type { StructuralSchema } from '../schema/structural-schema.ts';
import { fieldSchema, listMapKey, listMapKeys } from '../schema/structural-schema.ts';
import { differenceOf, emptyFieldSet } from './field-set.ts';

/** The metadata that clients own; the rest is the server's. */
const metadataSchema: StructuralSchema = {
  type: 'object',
  properties: {
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    annotations: { type: 'object', additionalProperties: { type: 'string' } },
    finalizers: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
    ownerReferences: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['uid'],
      items: { type: 'object' },
    },
    generateName: { type: 'string' },
  },
};

/** A kind's schema with the metadata of every kind in it: what merging and ownership go by. */
export const withMetadata = (schema: StructuralSchema): StructuralSchema => ({
  ...schema,
  properties: { ...schema.properties, metadata: metadataSchema },
});

/** The part of an object that clients own: all but its type, its identity and what the server keeps in metadata. */
export function ownedPart(object: ApiObject): JsonRecord {
  const { apiVersion: _apiVersion, kind: _kind, metadata, ...rest } = object;
  const { labels, annotations, finalizers, ownerReferences, generateName } = metadata;
  const owned: JsonRecord = {};
  for (const [key, value] of Object.entries({ labels, annotations, finalizers, ownerReferences, generateName })) {
    if (value !== undefined) owned[key] = value;
  }
  return Object.keys(owned).length > 0 ? { ...rest, metadata: owned } : rest;
}

/** A list as its items by member name (`v:…`, `k:…`), or undefined when the schema makes the list one value. */
export function listMembers(
  list: readonly unknown[],
  schema: StructuralSchema | undefined,
): Map<string, unknown> | undefined {
  const keys = listMapKeys(schema);
  if (keys) return new Map(list.map((item) => [`k:${listMapKey(schema, keys, item)}`, item]));
  if (schema?.['x-kubernetes-list-type'] !== 'set') return undefined;
  return new Map(list.map((item) => [`v:${JSON.stringify(item)}`, item]));
}

/** Whether the schema makes a map one value, owned as a whole. */
export const isAtomicMap = (schema: StructuralSchema | undefined): boolean =>
  schema?.['x-kubernetes-map-type'] === 'atomic';

/** The paths of all fields that are set in a value. */
export function fieldsOf(value: unknown, schema: StructuralSchema | undefined): FieldSet {
  const set: Record<string, FieldSet> = {};
  if (Array.isArray(value)) {
    for (const [member, item] of listMembers(value, schema) ?? []) {
      set[member] = isRecord(item) ? { '.': emptyFieldSet, ...fieldsOf(item, schema?.items) } : emptyFieldSet;
    }
  } else if (isRecord(value) && !isAtomicMap(schema)) {
    for (const key of Object.keys(value)) {
      const [field, known] = [value[key], fieldSchema(schema, key)];
      if (field !== undefined && !hasNothingToOwn(field, known)) set[`f:${key}`] = fieldsOf(field, known);
    }
  }
  return set;
}

/** A list whose items are owned one by one and that has none, or a map of nothing but such lists. */
function hasNothingToOwn(value: unknown, schema: StructuralSchema | undefined): boolean {
  if (Array.isArray(value)) return value.length === 0 && listMembers(value, schema) !== undefined;
  if (!isRecord(value) || isAtomicMap(schema)) return false;
  const fields = Object.entries(value);
  return fields.length > 0 && fields.every(([key, field]) => hasNothingToOwn(field, fieldSchema(schema, key)));
}

/** The paths whose values are set in `after` and differ from, or are not in, `before`. */
export function changedFields(before: unknown, after: unknown, schema: StructuralSchema | undefined): FieldSet {
  return differenceOf(fieldsOf(after, schema), unchangedFields(before, after, schema));
}

function unchangedFields(before: unknown, after: unknown, schema: StructuralSchema | undefined): FieldSet {
  if (before === after) return fieldsOf(after, schema);
  const set: Record<string, FieldSet> = {};
  const add = (
    member: string,
    a: unknown,
    b: unknown,
    itemSchema: StructuralSchema | undefined,
    isItem: boolean,
  ): void => {
    if (isRecord(a) && isRecord(b) && Object.keys(b).length === 0 && !isAtomicMap(itemSchema)) {
      // A map that lost its last field was there before: no one sets it by that.
      set[member] = emptyFieldSet;
    } else if (equalJson(a, b)) {
      const fields = fieldsOf(b, itemSchema);
      set[member] = isItem && isRecord(b) ? { '.': emptyFieldSet, ...fields } : fields;
    } else {
      const inner = unchangedFields(a, b, itemSchema);
      const node = isItem && isRecord(b) ? { '.': emptyFieldSet, ...inner } : inner;
      if (Object.keys(node).length > 0) set[member] = node;
    }
  };
  if (Array.isArray(before) && Array.isArray(after)) {
    const old = listMembers(before, schema);
    for (const [member, item] of listMembers(after, schema) ?? []) {
      if (old?.has(member)) add(member, old.get(member), item, schema?.items, true);
    }
  } else if (isRecord(before) && isRecord(after) && !isAtomicMap(schema)) {
    for (const key of Object.keys(after)) {
      if (before[key] !== undefined) add(`f:${key}`, before[key], after[key], fieldSchema(schema, key), false);
    }
  }
  return set;
}
