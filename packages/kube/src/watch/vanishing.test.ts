import { describe, expect, it } from 'vitest';
import { VanishingDoubt } from './vanishing.ts';

const list = (...missing: readonly string[]) => ({
  add: () => undefined,
  finish: () => undefined,
  missing: () => missing,
});
const keys = (count: number, prefix = 'key'): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

describe('VanishingDoubt', () => {
  it('says nothing of a tenth or less', () => {
    expect(new VanishingDoubt(0).judge(list())).toBeUndefined();
    expect(new VanishingDoubt(1).judge(list())).toBeUndefined();
    expect(new VanishingDoubt(10).judge(list('a'))).toBeUndefined();
    expect(new VanishingDoubt(1_000).judge(list(...keys(100)))).toBeUndefined();
  });

  it.each([
    [1, 1],
    [9, 1],
    [10, 2],
    [1_000, 101],
  ])('doubts when of %i objects %i are missing', (held, missing) => {
    expect(new VanishingDoubt(held).judge(list(...keys(missing)))).toEqual({
      missing,
      held,
      outcome: 'doubted',
      retryInMilliseconds: 1_000,
    });
  });

  it('takes a second list for a confirmation, in which a few more may be missing', () => {
    const doubt = new VanishingDoubt(50);
    expect(doubt.judge(list(...keys(50)))).toMatchObject({ outcome: 'doubted' });
    expect(doubt.judge(list(...keys(40), 'another'))).toMatchObject({ missing: 41, outcome: 'confirmed' });
  });

  it('says when a second list has them again', () => {
    const doubt = new VanishingDoubt(50);
    doubt.judge(list(...keys(50)));
    expect(doubt.judge(list())).toEqual({ missing: 0, held: 50, outcome: 'refuted', retryInMilliseconds: 0 });
  });

  it('goes on doubting, ever more slowly, while each list lacks others', () => {
    const doubt = new VanishingDoubt(50);
    const pauses = Array.from(
      { length: 8 },
      (_, read) => doubt.judge(list(...keys(30, String(read))))?.retryInMilliseconds,
    );
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });
});
