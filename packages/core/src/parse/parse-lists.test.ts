import { expect, it } from 'vitest';
import { presentIn } from './parse-lists.ts';

it('of a list with gaps there is what is there, and of one without the list itself', () => {
  const whole = ['a', 'b'];
  expect(presentIn(whole)).toBe(whole);
  expect(presentIn([undefined, 'a', undefined, 'b'])).toEqual(['a', 'b']);
  expect(presentIn([undefined])).toEqual([]);
});
