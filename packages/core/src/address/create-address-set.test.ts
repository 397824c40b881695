import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Address } from './address.ts';
import type { AddressSet } from './address-set.ts';
import { BitmapAddressSet } from './bitmap-address-set.ts';
import { createAddressSet } from './create-address-set.ts';
import { SparseAddressSet } from './sparse-address-set.ts';

/** The plainest set there is, to compare with; offsets may lie outside of the span. */
class Model {
  readonly members = new Set<number>();
  readonly #length: number;
  constructor(length: number) {
    this.#length = length;
  }
  add(offset: number): boolean {
    if (offset < 0 || offset >= this.#length || this.members.has(offset)) return false;
    this.members.add(offset);
    return true;
  }
  addRange(first: number, last: number): void {
    for (let offset = first; offset <= last; offset += 1) this.add(offset);
  }
  nextFree(first: number, last: number): number | undefined {
    for (let offset = Math.max(first, 0); offset <= Math.min(last, this.#length - 1); offset += 1)
      if (!this.members.has(offset)) return offset;
    return undefined;
  }
  countIn(first: number, last: number): bigint {
    return BigInt([...this.members].filter((offset) => offset >= first && offset <= last).length);
  }
}

const length = fc.oneof(fc.integer({ min: 1, max: 130 }), fc.constantFrom(1024, 1025, 2100));
const offset = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 140 }) },
  { weight: 2, arbitrary: fc.integer({ min: -3, max: 2110 }) },
);
const operation = fc.tuple(
  fc.constantFrom(
    'add',
    'delete',
    'delete',
    'addRange',
    'nextFree',
    'nextFree',
    'countIn',
    'has',
    'take',
    'takeNext',
    'takeNext',
  ),
  offset,
  offset,
);
const bases: readonly (readonly [string, Address])[] = [
  ['0.0.0.0', 0],
  ['beyond 2³¹', 3_232_235_521],
  ['IPv6', (0xfd00n << 112n) + 5n],
];
const shapes: readonly (readonly [string, (first: Address, last: Address) => AddressSet])[] = [
  ['bitmap', (first, last) => new BitmapAddressSet(first, last)],
  ['sparse', (first, last) => new SparseAddressSet(first, last)],
];

describe.each(shapes)('a %s address set', (_name, make) => {
  it.each(bases)('behaves as a plain set does (span from %s)', (_base, base) => {
    fc.assert(
      fc.property(length, fc.array(operation, { maxLength: 120 }), (span, operations) => {
        const at = (distance: number): Address =>
          typeof base === 'number' ? base + distance : base + BigInt(distance);
        const set = make(base, at(span - 1));
        const model = new Model(span);
        for (const [name, a, b] of operations) {
          const expectedFree = model.nextFree(a, b);
          if (name === 'add') expect(set.add(at(a))).toBe(model.add(a));
          else if (name === 'delete') expect(set.delete(at(a))).toBe(model.members.delete(a));
          else if (name === 'has') expect(set.has(at(a))).toBe(model.members.has(a));
          else if (name === 'addRange') {
            set.addRange(at(a), at(b));
            model.addRange(a, b);
          } else if (name === 'countIn') expect(set.countIn(at(a), at(b))).toBe(model.countIn(a, b));
          else if (name === 'takeNext') {
            expect(set.takeNext(at(a), at(b))).toBe(expectedFree === undefined ? undefined : at(expectedFree));
            if (expectedFree !== undefined) model.add(expectedFree);
          } else if (name === 'nextFree')
            expect(set.nextFree(at(a), at(b))).toBe(expectedFree === undefined ? undefined : at(expectedFree));
          else {
            const free = model.nextFree(0, span - 1);
            expect(set.nextFree(base, at(span - 1))).toBe(free === undefined ? undefined : at(free));
            if (free !== undefined) expect(set.add(at(free))).toBe(model.add(free));
          }
          expect(set.size).toBe(BigInt(model.members.size));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('has nothing of the other family', () => {
    const set = make(0, 255);
    set.addRange(0, 255);
    expect([set.has(5n), set.add(5n), set.delete(5n), set.nextFree(0n, 9n), set.countIn(0n, 9n)]).toEqual([
      false,
      false,
      false,
      undefined,
      0n,
    ]);
  });
});

it('a sparse address set with thousands of ranges has what a bitmap has', () => {
  const span = 6_000;
  const place = fc.integer({ min: 0, max: span - 1 });
  const operations = fc.array(fc.tuple(fc.constantFrom('add', 'add', 'delete', 'addRange', 'takeNext'), place, place));
  fc.assert(
    fc.property(fc.constantFrom(1, 7, 2_999), operations, (stride, list) => {
      const [sparse, bitmap] = [new SparseAddressSet(0, span - 1), new BitmapAddressSet(0, span - 1)];
      // Every second address, in order or in between what is there.
      for (let count = 0; count < span / 2; count += 1) {
        const address = 2 * ((count * stride) % (span / 2));
        expect(sparse.add(address)).toBe(bitmap.add(address));
      }
      for (const [name, a, b] of list) {
        if (name === 'addRange') for (const set of [sparse, bitmap]) set.addRange(a, Math.min(b, a + 1_500));
        else if (name === 'takeNext') expect(sparse.takeNext(a, b)).toBe(bitmap.takeNext(a, b));
        else if (name === 'delete') expect(sparse.delete(a)).toBe(bitmap.delete(a));
        else expect(sparse.add(a)).toBe(bitmap.add(a));
        expect([sparse.size, sparse.countIn(a, b)]).toEqual([bitmap.size, bitmap.countIn(a, b)]);
      }
      for (let address = 0; address < span; address += 1)
        if (sparse.has(address) !== bitmap.has(address)) throw new Error(`${address} is in one of them alone`);
    }),
    { numRuns: 30 },
  );
});

describe('createAddressSet', () => {
  it('holds the whole of IPv4 and an IPv6 /64 without enumerating them', () => {
    const everything = createAddressSet(0, 2 ** 32 - 1);
    everything.addRange(0, 2 ** 32 - 2);
    expect([everything.size, everything.nextFree(0, 2 ** 32 - 1)]).toEqual([2n ** 32n - 1n, 2 ** 32 - 1]);
    const base = 0xfd00n << 112n;
    const huge = createAddressSet(base, base + 2n ** 64n - 1n);
    huge.addRange(base, base + 2n ** 63n);
    expect([huge.size, huge.nextFree(base, base + 2n ** 64n - 1n)]).toEqual([2n ** 63n + 1n, base + 2n ** 63n + 1n]);
  });

  it('takes a bitmap up to 2²⁴ addresses', () => {
    expect(createAddressSet(0, 2 ** 24 - 1)).toBeInstanceOf(BitmapAddressSet);
    expect(createAddressSet(0, 2 ** 24)).toBeInstanceOf(SparseAddressSet);
  });
});
