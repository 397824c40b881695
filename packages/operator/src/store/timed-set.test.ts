import { expect, it } from 'vitest';
import { TimedSet } from './timed-set.ts';

it('forgets what was not added again for a while', () => {
  let now = 0;
  const set = new TimedSet(10, () => now);
  set.add('b');
  set.add('a');
  now = 8;
  set.add('b');
  expect(set.list()).toEqual(['a', 'b']);
  now = 11;
  expect(set.list()).toEqual(['b']);
  now = 19;
  expect(set.list()).toEqual([]);
});
