import { expect, it } from 'vitest';
import { firstFew, listOrNothing } from './list-texts.ts';

it('of a few texts all are named, and of many the first and how many more there are', () => {
  expect(firstFew([])).toBe('');
  expect(firstFew(['a', 'b', 'c'])).toBe('a, b, c');
  expect(firstFew(['a', 'b', 'c', 'd', 'e'])).toBe('a, b, c and 2 more');
  expect(firstFew(['a', 'b'], 1)).toBe('a and 1 more');
});

it('a list of nothing says so', () => {
  expect(listOrNothing([])).toBe('nothing');
  expect(listOrNothing(['a', 'b', 'c', 'd'])).toBe('a, b, c, d');
});
