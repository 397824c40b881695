import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editsBetween } from './edit-script.ts';

interface Entry {
  readonly name: string;
}

const names = fc.uniqueArray(fc.constantFrom(...'abcdefghijklmnop'), { maxLength: 10 }).map((list) => list.sort());

/** The next list of a last one: some objects the same, some of the same name but others, some gone, some new. */
const lists = fc.tuple(names, names, fc.infiniteStream(fc.boolean())).map(([before, after, coins]) => {
  const last = before.map((name): Entry => ({ name }));
  const next = after.map((name): Entry => {
    const known = last.find((entry) => entry.name === name);
    return known !== undefined && coins.next().value === true ? known : { name };
  });
  return { last, next };
});

function apply(last: readonly Entry[], next: readonly Entry[]): readonly Entry[] | undefined {
  const result = [...last];
  for (const { kind, index } of editsBetween(last, next, 100) ?? []) {
    const entry = next[index];
    if (kind === 'removed') result.splice(index, 1);
    else if (entry !== undefined) result.splice(index, kind === 'changed' ? 1 : 0, entry);
  }
  return result;
}

describe('editsBetween', () => {
  it('makes the next list of the last one', () => {
    fc.assert(fc.property(lists, ({ last, next }) => {
      const made = apply(last, next) ?? [];
      expect(made).toHaveLength(next.length);
      made.forEach((entry, index) => expect(entry).toBe(next[index]));
    }), { numRuns: 2000 });
  });

  it('finds nothing where nothing changed, and only what changed', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => ({ name }));
    const [first, second, third] = [a ?? { name: '' }, b ?? { name: '' }, c ?? { name: '' }];
    expect(editsBetween([first, second], [first, second], 9)).toEqual([]);
    expect(editsBetween([first, third], [first, second, third], 9)).toEqual([{ kind: 'added', index: 1 }]);
    expect(editsBetween([first, second, third], [first, { name: 'b' }, third], 9)).toEqual([{ kind: 'changed', index: 1 }]);
    expect(editsBetween([first, second, third], [first, third], 9)).toEqual([{ kind: 'removed', index: 1 }]);
  });

  it('gives up on too many differences, on a list out of order and on a name that stands there twice', () => {
    const list = (...letters: string[]): Entry[] => letters.map((name) => ({ name }));
    expect(editsBetween([], list('a', 'b', 'c'), 2)).toBeUndefined();
    expect(editsBetween([], list('b', 'a'), 9)).toBeUndefined();
    expect(editsBetween([], list('a', 'a'), 9)).toBeUndefined();
  });
});
