import { describe, expect, it } from 'vitest';
import { MarkPool } from './mark-pool.ts';

describe('MarkPool', () => {
  it('gives each EgressIP a mark of its own, the same when it is asked again, and none that it was told of', () => {
    const pool = new MarkPool();
    pool.reserve('old', '50001');
    expect(['a', 'b', 'a'].map((name) => pool.take(name))).toEqual(['50000', '50002', '50000']);
  });

  it('does not know what it was not told: it gives a mark that another has, and stops at it afterwards', () => {
    const pool = new MarkPool();
    expect(pool.take('new')).toBe('50000');
    expect(() => pool.reserve('old', '50000')).toThrow('failed to reserve mark for EgressIP old');
    expect(() => pool.reserve('new', '50007')).toThrow('failed to reserve mark for EgressIP new');
    pool.reserve('new', '50000');
  });

  it('gives a mark that is free again last', () => {
    const pool = new MarkPool();
    for (let number = 0; number <= 5_000; number++) pool.take(`e${number}`);
    expect(pool.take('more')).toBeUndefined();
    pool.keepOnly(new Set(['e0', 'e5000']));
    expect([pool.take('more'), pool.take('most')]).toEqual(['50001', '50002']);
  });
});
