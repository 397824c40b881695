import type { JsonRecord } from '../api-server/api-object.ts';
import type { StructuralSchema } from '../api-server/schema/structural-schema.ts';

/** Keywords of a schema beside its type: bounds, patterns, formats, CEL rules. */
export type Keywords = JsonRecord;

/** A text. */
export const text = (keywords: Keywords = {}): StructuralSchema => ({ type: 'string', ...keywords });

/** One of these texts. */
export const oneOf = (values: readonly string[], keywords: Keywords = {}): StructuralSchema =>
  text({ enum: values, ...keywords });

/** A whole number. */
export const integer = (keywords: Keywords = {}): StructuralSchema => ({ type: 'integer', ...keywords });

/** A whole number of 32 bits. */
export const int32 = (keywords: Keywords = {}): StructuralSchema => integer({ format: 'int32', ...keywords });

/** A whole number of 64 bits. */
export const int64 = (keywords: Keywords = {}): StructuralSchema => integer({ format: 'int64', ...keywords });

/** True or false. */
export const boolean: StructuralSchema = { type: 'boolean' };

/** A point in time. */
export const time: StructuralSchema = text({ format: 'date-time' });

/** An object with these fields and no others. */
export const object = (
  properties: Readonly<Record<string, StructuralSchema>>,
  keywords: Keywords = {},
): StructuralSchema => ({
  type: 'object',
  properties,
  ...keywords,
});

/** An object of which no field is known; a server keeps none. */
export const emptyObject: StructuralSchema = { type: 'object' };

/** An object that may have any fields. */
export const anyFields: StructuralSchema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

/** An object with fields of any names, all of one kind. */
export const mapOf = (values: StructuralSchema): StructuralSchema => ({ type: 'object', additionalProperties: values });

/** A list. */
export const listOf = (items: StructuralSchema, keywords: Keywords = {}): StructuralSchema => ({
  type: 'array',
  items,
  ...keywords,
});

/** A list that server-side apply replaces as a whole. */
export const atomicList = (items: StructuralSchema, keywords: Keywords = {}): StructuralSchema =>
  listOf(items, { 'x-kubernetes-list-type': 'atomic', ...keywords });

/** A list in which nothing occurs twice. */
export const setOf = (items: StructuralSchema, keywords: Keywords = {}): StructuralSchema =>
  listOf(items, { 'x-kubernetes-list-type': 'set', ...keywords });

/** A list whose items are told apart by one of their fields. */
export const listByKey = (key: string, items: StructuralSchema, keywords: Keywords = {}): StructuralSchema =>
  listOf(items, { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': [key], ...keywords });

/** Fields that must be there. */
export const required = (...fields: readonly string[]): Keywords => ({ required: fields });

/** Rules in CEL that must hold. */
export const cel = (...rules: readonly string[]): Keywords => ({
  'x-kubernetes-validations': rules.map((rule) => ({ rule })),
});
