import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FieldSet } from '../api-object.ts';
import { differenceOf, intersectionOf, isEmptySet, pathsOf, unionOf } from './field-set.ts';
import { changedFields, fieldsOf } from './fields-of.ts';
import { mergeApplied, removeFields } from './merge-applied.ts';

const values: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.integer({ min: 0, max: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value')),
  ),
})).value;
const objects = fc.dictionary(fc.constantFrom('a', 'b', 'c'), values);
const sets = objects.map((object) => fieldsOf(object, undefined));
const sorted = (set: FieldSet): string[] => pathsOf(set).sort();

describe('field sets', () => {
  it('follow the laws of sets', () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        expect(sorted(unionOf(a, b))).toEqual([...new Set([...sorted(a), ...sorted(b)])].sort());
        expect(sorted(unionOf(differenceOf(a, b), intersectionOf(a, b)))).toEqual(sorted(a));
        expect(isEmptySet(intersectionOf(differenceOf(a, b), b))).toBe(true);
      }),
    );
  });

  it('name the fields of keyed lists and sets by key and value', () => {
    const schema = {
      properties: {
        keyed: { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] },
        set: { 'x-kubernetes-list-type': 'set' },
      },
    } as const;
    const set = fieldsOf({ keyed: [{ type: 'a', value: 1 }], set: ['x'], plain: [1, 2] }, schema);
    expect(sorted(set)).toEqual(
      ['.keyed[type="a"]', '.keyed[type="a"].type', '.keyed[type="a"].value', '.plain', '.set[="x"]'].sort(),
    );
  });
});

describe('merging', () => {
  it('changes nothing when what is applied is there already', () => {
    fc.assert(
      fc.property(objects, (object) => {
        expect(mergeApplied(object, object, undefined)).toEqual(object);
        expect(isEmptySet(changedFields(object, object, undefined))).toBe(true);
      }),
    );
  });

  it('sets every applied field', () => {
    fc.assert(
      fc.property(objects, objects, (live, applied) => {
        const merged = mergeApplied(live, applied, undefined);
        const owned = fieldsOf(applied, undefined);
        const missing = differenceOf(owned, fieldsOf(merged, undefined));
        // An applied empty map over one with fields is no longer a leaf.
        expect(
          pathsOf(missing).every((path) =>
            pathsOf(fieldsOf(merged, undefined)).some((other) => other.startsWith(path)),
          ),
        ).toBe(true);
      }),
    );
  });

  it('leaves no trace of a removed field', () => {
    fc.assert(
      fc.property(objects, (object) => {
        const fields = fieldsOf(object, undefined);
        expect(isEmptySet(intersectionOf(fieldsOf(removeFields(object, fields, undefined), undefined), fields))).toBe(
          true,
        );
      }),
    );
  });
});
