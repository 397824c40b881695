import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Address } from './address.ts';
import { RangeIndex } from './range-index.ts';

const ranges = fc.array(
  fc
    .tuple(fc.nat(60), fc.nat(20), fc.boolean())
    .map(([first, length, isIPv4]) =>
      isIPv4 ? { first, last: first + length } : { first: BigInt(first), last: BigInt(first + length) },
    ),
  { maxLength: 30 },
);

it('finds the first of a list that has an address, as looking at each does', () => {
  fc.assert(
    fc.property(ranges, (list) => {
      const index = new RangeIndex(list);
      for (let number = 0; number <= 82; number += 1) {
        for (const address of [number, BigInt(number)] as Address[]) {
          const first = list.find(
            (range) => typeof range.first === typeof address && range.first <= address && address <= range.last,
          );
          expect(index.find(address)).toBe(first);
        }
      }
    }),
  );
});

it('looks at a few of many ranges for each address', () => {
  let looks = 0;
  const list = Array.from({ length: 10_000 }, (_, number) => ({
    first: number * 10,
    get last() {
      looks += 1;
      return number * 10 + 5;
    },
  }));
  const index = new RangeIndex(list);
  index.find(0);
  expect(looks).toBeLessThan(10 * list.length);
  looks = 0;
  for (let number = 0; number < list.length; number += 1) expect(index.find(number * 10 + 5)).toBe(list[number]);
  expect(looks).toBe(0);
});
