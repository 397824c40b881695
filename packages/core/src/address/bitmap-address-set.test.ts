import { describe, expect, it } from 'vitest';
import { BitmapAddressSet } from './bitmap-address-set.ts';

/** A span at the end of IPv4 whose last word is not whole. */
const [first, last] = [2 ** 32 - 2_050, 2 ** 32 - 1];

const filled = (): BitmapAddressSet => {
  const set = new BitmapAddressSet(first, last);
  set.addRange(first, last);
  return set;
};

describe('a bitmap of addresses', () => {
  it('gives out each address of its span once, in order, and then none', () => {
    const set = new BitmapAddressSet(first, last);
    for (let address = first; address <= last; address += 1) expect(set.takeNext(first, last)).toBe(address);
    expect([set.takeNext(first, last), set.nextFree(first, last), set.size]).toEqual([undefined, undefined, 2_050n]);
  });

  it.each([first, first + 31, first + 1_024, last])('finds the one that is free among all others: %i', (address) => {
    const set = filled();
    expect(set.delete(address)).toBe(true);
    expect(set.nextFree(first, last)).toBe(address);
    expect(set.nextFree(first, address - 1)).toBeUndefined();
    expect(set.nextFree(address + 1, last)).toBeUndefined();
    expect(set.add(address)).toBe(true);
    expect(set.nextFree(first, last)).toBeUndefined();
  });

  it('finds again what was given back below where it looked last', () => {
    const set = filled();
    expect(set.delete(last)).toBe(true);
    expect(set.nextFree(first, last)).toBe(last);
    expect(set.delete(first + 40)).toBe(true);
    expect(set.takeNext(first, last)).toBe(first + 40);
    expect(set.takeNext(first, last)).toBe(last);
  });

  it('counts a range once, and of one that juts out what is inside', () => {
    const set = new BitmapAddressSet(1_000, 1_099);
    set.addRange(990, 1_009);
    set.addRange(1_005, 1_040);
    set.addRange(1_095, 2_000);
    expect([set.size, set.countIn(0, 5_000), set.countIn(1_008, 1_096)]).toEqual([46n, 46n, 35n]);
    expect([set.has(999), set.has(1_100), set.add(1_100), set.delete(999)]).toEqual([false, false, false, false]);
  });

  it('has nothing once it is cleared, and gives out from the beginning', () => {
    const set = filled();
    set.clear();
    expect([set.size, set.takeNext(first, last)]).toEqual([0n, first]);
  });
});
