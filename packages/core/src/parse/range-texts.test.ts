import { expect, it } from 'vitest';
import { rangesAround, rangesIn } from './range-texts.ts';

it('has every address of a long list in few ranges', () => {
  const texts = Array.from({ length: 1_000 }, (_, index) => `10.${index % 200}.0.${index & 255}`);
  const ranges = rangesAround([...texts, 'nonsense', 'fd00::1']);
  expect(ranges.length).toBeLessThanOrEqual(64);
  expect(ranges.at(-1)).toEqual(['fd00::1', 'fd00::1']);
  expect(rangesIn(ranges)).toHaveLength(ranges.length);
});

it('passes over what is no range', () => {
  expect(rangesIn([['10.0.0.1', 'x']])).toEqual([]);
});
