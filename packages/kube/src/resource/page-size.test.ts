import { describe, expect, it } from 'vitest';
import { PageSize } from './page-size.ts';

describe('PageSize', () => {
  it('grows step by step to the most that is wanted while objects are small', () => {
    const size = new PageSize(500);
    const limits = [size.limit];
    for (let page = 0; page < 4; page++) {
      size.seen(size.limit, size.limit * 1_000);
      limits.push(size.limit);
    }
    expect(limits).toEqual([25, 100, 400, 500, 500]);
  });

  it('asks for as many as make two megabytes', () => {
    const size = new PageSize(500);
    size.seen(25, 25 * 250_000);
    expect(size.limit).toBe(8);
    size.seen(8, 8 * 10_000_000);
    expect(size.limit).toBe(1);
  });

  it('shrinks where a page was larger than is read, down to a single object', () => {
    const size = new PageSize(500);
    expect([size.shrink(), size.limit]).toEqual([true, 6]);
    expect([size.shrink(), size.limit]).toEqual([true, 1]);
    expect(size.shrink()).toBe(false);
  });

  it('never asks for more than it may', () => {
    expect(new PageSize(10).limit).toBe(10);
  });
});
