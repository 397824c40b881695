import { describe, expect, it } from 'vitest';
import { BackOff } from './back-off.ts';

describe('a back-off', () => {
  it('doubles up to its bound, per thing, until it succeeds', () => {
    const backOff = new BackOff({ first: 10, longest: 100 });
    expect([1, 2, 3, 4, 5, 6].map(() => backOff.fail('a', 0).delay)).toEqual([10, 20, 40, 80, 100, 100]);
    expect(backOff.fail('b', 0)).toEqual({ count: 1, delay: 10 });
    expect(backOff.fail('b', 0, 70)).toEqual({ count: 2, delay: 70 });
    backOff.succeed('a');
    expect(backOff.until('a')).toBe(0);
  });

  it('forgets what nobody tries any more, and nothing else', () => {
    const backOff = new BackOff({ first: 10, longest: 100 });
    backOff.fail('gone', 0);
    backOff.fail('tried', 950);
    backOff.forget(1_500, 1_000);
    expect([backOff.until('gone'), backOff.until('tried')]).toEqual([0, 960]);
  });
});
