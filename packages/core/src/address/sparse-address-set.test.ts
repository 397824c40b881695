import { describe, expect, it } from 'vitest';
import { SparseAddressSet } from './sparse-address-set.ts';

const first = 0xfd00n << 112n;
const last = first + 2n ** 64n - 1n;
const at = (offset: number | bigint): bigint => first + BigInt(offset);
const made = (): SparseAddressSet => new SparseAddressSet(first, last);

describe('a sparse set of addresses', () => {
  it('gives out in order, and first what was given back', () => {
    const set = made();
    for (let count = 0; count < 2_000; count += 1) expect(set.takeNext(first, last)).toBe(at(count));
    expect([set.delete(at(0)), set.delete(at(1_999)), set.delete(at(700))]).toEqual([true, true, true]);
    expect(set.size).toBe(1_997n);
    expect([0, 1, 2].map(() => set.takeNext(first, last))).toEqual([at(0), at(700), at(1_999)]);
    expect(set.nextFree(at(5), last)).toBe(at(2_000));
  });

  it('joins what touches, so that a hole that is filled is none', () => {
    const set = made();
    set.addRange(at(10), at(19));
    set.addRange(at(21), at(30));
    expect(set.nextFree(at(10), last)).toBe(at(20));
    expect(set.add(at(20))).toBe(true);
    expect([set.nextFree(at(10), at(30)), set.nextFree(at(10), last), set.size]).toEqual([undefined, at(31), 21n]);
    expect(set.add(at(15))).toBe(false);
  });

  it('takes in one range what thousands were, in whatever order they came', () => {
    const set = made();
    for (let count = 0; count < 3_000; count += 1) set.add(at(2 * ((count * 7) % 3_000)));
    expect([set.size, set.countIn(at(1_000), at(1_999))]).toEqual([3_000n, 500n]);
    expect([set.has(at(2_998)), set.has(at(2_999)), set.has(at(5_998))]).toEqual([true, false, true]);
    set.addRange(at(1), at(5_997));
    expect([set.size, set.nextFree(first, last)]).toEqual([5_999n, at(5_999)]);
  });

  it('keeps inside its span', () => {
    const set = made();
    set.addRange(first - 5n, at(4));
    set.addRange(last - 1n, last + 9n);
    expect([set.size, set.has(first - 1n), set.add(last + 1n), set.delete(first - 1n)]).toEqual([
      7n,
      false,
      false,
      false,
    ]);
    expect(set.nextFree(last - 1n, last + 9n)).toBeUndefined();
    set.addRange(last + 2n, last + 9n);
    expect(set.size).toBe(7n);
  });

  it('has nothing once it is cleared', () => {
    const set = made();
    set.addRange(at(0), at(99));
    set.clear();
    expect([set.size, set.has(at(5)), set.takeNext(first, last)]).toEqual([0n, false, first]);
  });
});
