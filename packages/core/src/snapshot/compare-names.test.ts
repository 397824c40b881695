import { expect, it } from 'vitest';
import { byName, compareNames } from './compare-names.ts';

it('names are in the order of code units, as Kubernetes lists them, whatever the language of the machine', () => {
  const names = ['b', 'a-1', 'B', 'a.1', 'a1', 'ä', 'a'];
  expect([...names].sort(compareNames)).toEqual(['B', 'a', 'a-1', 'a.1', 'a1', 'b', 'ä']);
  expect(compareNames('a', 'a')).toBe(0);
  const named = names.map((name) => ({ name }));
  expect([...named].sort(byName).map(({ name }) => name)).toEqual([...names].sort(compareNames));
});
