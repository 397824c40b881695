import { expect, test } from 'vitest';
import { countBefore } from './count-before.ts';

test.each([0, 1, 2, 3, 7, 8])('each place in a list of %i entries is found', (length) => {
  for (let place = 0; place <= length; place += 1) expect(countBefore(length, (index) => index < place)).toBe(place);
});

test('a long list is looked at in few spots', () => {
  let looks = 0;
  countBefore(1_000_000, (index) => {
    looks += 1;
    return index < 777_777;
  });
  expect(looks).toBeLessThanOrEqual(20);
});
