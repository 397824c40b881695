import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cloneJson } from '../api-object.ts';
import { applyJsonPatch } from './json-patch.ts';
import { applyMergePatch } from './merge-patch.ts';
import { applyStrategicMergePatch } from './strategic-merge-patch.ts';

const json = fc.jsonValue({ maxDepth: 3 }).filter((value) => !JSON.stringify(value).includes('__proto__'));
const objects = fc.dictionary(fc.stringMatching(/^[a-c]$/), json);

describe('merge patch', () => {
  it('applied twice is applied once, and leaves its input alone', () => {
    fc.assert(
      fc.property(objects, objects, (target, patch) => {
        const before = cloneJson(target);
        const once = applyMergePatch(target, patch);
        expect(target).toEqual(before);
        expect(applyMergePatch(once, patch)).toEqual(once);
      }),
    );
  });

  // The examples of RFC 7386, appendix A.
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
  ])('%j with %j is %j', (target, patch, result) => {
    expect(applyMergePatch(target, patch)).toEqual(result);
  });
});

describe('JSON patch', () => {
  it('replaces what is missing, as evanphx/json-patch does', () => {
    expect(applyJsonPatch({}, [{ op: 'replace', path: '/a', value: 1 }])).toEqual({ a: 1 });
  });

  it('does all or nothing', () => {
    const target = { list: [1] };
    const patch = [
      { op: 'add', path: '/list/-', value: 2 },
      { op: 'test', path: '/list/0', value: 9 },
    ];
    expect(() => applyJsonPatch(target, patch)).toThrow(expect.objectContaining({ code: 422 }));
    expect(target).toEqual({ list: [1] });
  });

  it.each([
    [{ a: 1 }, { op: 'move', from: '/a', path: '/b' }, { b: 1 }],
    [{ a: [1] }, { op: 'copy', from: '/a/0', path: '/a/-' }, { a: [1, 1] }],
    [{ 'a/b': 1 }, { op: 'remove', path: '/a~1b' }, {}],
    [{ a: 1 }, { op: 'add', path: '', value: 2 }, 2],
    [{ a: [1, 2] }, { op: 'remove', path: '/a/-1' }, { a: [1] }],
  ])('%j after %j is %j', (target, operation, result) => {
    expect(applyJsonPatch(target, [operation])).toEqual(result);
  });
});

describe('strategic merge patch', () => {
  const schema = {
    properties: {
      keyed: { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] },
      set: { type: 'array', 'x-kubernetes-list-type': 'set' },
    },
  } as const;

  it.each([
    [{ keyed: [{ type: 'a', x: 1 }] }, { keyed: [{ type: 'a', y: 2 }] }, { keyed: [{ type: 'a', x: 1, y: 2 }] }],
    [
      { keyed: [{ type: 'a' }, { type: 'b' }] },
      { keyed: [{ type: 'a', $patch: 'delete' }] },
      { keyed: [{ type: 'b' }] },
    ],
    [{ set: ['a', 'b'] }, { '$deleteFromPrimitiveList/set': ['a'] }, { set: ['b'] }],
    [{ other: [1] }, { other: [2] }, { other: [2] }],
  ])('%j with %j is %j', (target, patch, result) => {
    expect(applyStrategicMergePatch(target, patch, schema)).toEqual(result);
  });

  it('refuses a directive it does not know', () => {
    expect(() => applyStrategicMergePatch({}, { $retainKeys: ['a'] }, schema)).toThrow(
      expect.objectContaining({ code: 501 }),
    );
  });
});
