import { describe, expect, it } from 'vitest';
import { withEntry } from './with-entry.ts';

interface Counted {
  readonly name: string;
  readonly count: number;
}

const list: readonly Counted[] = [
  { name: 'b', count: 1 },
  { name: 'd', count: 2 },
];

describe('withEntry', () => {
  it('changes the entry of a name, and leaves the list as it was', () => {
    const changed = withEntry(list, 'd', (entry) => ({ name: 'd', count: (entry?.count ?? 0) + 1 }));
    expect(changed).toEqual([list[0], { name: 'd', count: 3 }]);
    expect(list[1]).toEqual({ name: 'd', count: 2 });
  });

  it.each([
    ['a', ['a', 'b', 'd']],
    ['c', ['b', 'c', 'd']],
    ['e', ['b', 'd', 'e']],
  ])('adds %s in its place', (name, names) => {
    expect(withEntry(list, name, (entry) => entry ?? { name, count: 0 }).map((entry) => entry.name)).toEqual(names);
  });

  it('leaves out what is to be no more', () => {
    expect(withEntry(list, 'b', () => undefined)).toEqual([list[1]]);
    expect(withEntry(list, 'x', () => undefined)).toEqual(list);
  });
});
