import { expect, it } from 'vitest';
import { beginningOf } from './beginning-of.ts';

it('of what somebody else wrote so much is kept as anybody reads', () => {
  expect(beginningOf('it is down')).toBe('it is down');
  expect(beginningOf('x'.repeat(1_000))).toHaveLength(1_000);
  expect(beginningOf('x'.repeat(1_000_000))).toBe(`${'x'.repeat(1_000)}…`);
});
