import { describe, expect, it } from 'vitest';
import { asRecord, isRecord, listOf, ObjectReader } from './object-reader.ts';

const readerOf = (spec: unknown, name: unknown = 'thing'): ObjectReader =>
  new ObjectReader({ metadata: { name }, spec }, 'Thing');
const said = (reader: ObjectReader): readonly string[] =>
  reader.problems.map(({ field, message }) => `${field ?? 'no field'}: ${message}`);

describe('an object', () => {
  it('is of use without a field, but not without a name', () => {
    expect(readerOf({}).result(1)).toEqual({ ok: true, value: 1, problems: [] });
    for (const name of [null, '', 7, 'x'.repeat(254)]) {
      const read = readerOf({}, name).result(1);
      expect(read.ok).toBe(false);
      expect(read.problems).toMatchObject([{ code: 'InvalidObject', object: { kind: 'Thing', name: '' } }]);
    }
    expect(readerOf({}, 'x'.repeat(253)).result(1).ok).toBe(true);
    for (const nothing of [null, {}, 'thing', [{}]])
      expect(new ObjectReader(nothing, 'Thing').result(1).ok).toBe(false);
  });
});

describe('a field', () => {
  const spec = { text: 'a', number: 1, flag: false, list: ['a', 1], map: { a: 'x', b: 1 }, nothing: null };

  it('is read where it is of the type that is asked for, and is absent without a word where it is not there', () => {
    const reader = readerOf(spec);
    expect([reader.text('spec', 'text'), reader.number('spec', 'number'), reader.flag('spec', 'flag')]).toEqual([
      'a',
      1,
      false,
    ]);
    expect([reader.text('spec', 'nothing'), reader.text('spec', 'text', 'deeper'), reader.list('none')]).toEqual([
      undefined,
      undefined,
      [],
    ]);
    expect([reader.has('spec', 'flag'), reader.has('spec', 'nothing'), reader.has('spec', 'toString')]).toEqual([
      true,
      false,
      false,
    ]);
    expect(reader.problems).toEqual([]);
  });

  it('of another type is a finding that names it, and counts as absent', () => {
    const reader = readerOf({ ...spec, number: Infinity });
    expect([reader.text('spec', 'list'), reader.number('spec', 'number'), reader.flag('spec', 'text')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(said(reader)).toEqual([
      'spec.list: expected a string, got ["a",1]',
      'spec.number: expected a number, got null',
      'spec.text: expected true or false, got "a"',
    ]);
  });

  it('with some entries of another type has the rest', () => {
    const reader = readerOf(spec);
    expect([reader.texts('spec', 'list'), reader.map('spec', 'map')]).toEqual([['a'], { a: 'x' }]);
    expect(said(reader)).toEqual(['spec.list[1]: expected a string, got 1', 'spec.map.b: expected a string, got 1']);
  });

  it('that is longer than anybody needs is a finding, and none', () => {
    const reader = readerOf({ key: 'x'.repeat(318), short: 'abc' });
    expect([
      reader.word('spec', 'key'),
      reader.bounded(3, 'spec', 'short'),
      reader.bounded(2, 'spec', 'short'),
    ]).toEqual([undefined, 'abc', undefined]);
    expect(reader.upTo(2, 'spec.list', [1, 2])).toEqual([1, 2]);
    expect(reader.upTo(2, 'spec.list', [1, 2, 3])).toEqual([1, 2]);
    expect(reader.problems.map(({ field }) => field)).toEqual(['spec.key', 'spec.short', 'spec.list']);
  });
});

it('of many problems a hundred are told, and then how many more there are', () => {
  const reader = readerOf({ list: Array.from({ length: 250 }, (_, index) => index) });
  expect(reader.texts('spec', 'list')).toEqual([]);
  expect([reader.problems.length, reader.problemCount]).toEqual([101, 250]);
  expect(reader.problems[99]?.field).toBe('spec.list[99]');
  expect(reader.problems.at(-1)?.message).toBe('there are 150 more problems in it');
});

it('what is no map or list counts as an empty one, also where JSON has no word for it', () => {
  expect([asRecord([1]), asRecord(null), listOf({}), listOf([1])]).toEqual([{}, {}, [], [1]]);
  expect([isRecord({}), isRecord([]), isRecord(null), isRecord('a')]).toEqual([true, false, false, false]);
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  const reader = readerOf({ circle });
  expect(reader.text('spec', 'circle')).toBeUndefined();
  expect(said(reader)).toEqual(['spec.circle: expected a string, got object']);
});
