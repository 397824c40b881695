import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress, type Address } from './address.ts';
import {
  mergeRanges,
  parseRange,
  platformReserved,
  rangesWithin,
  rangeWith,
  type AddressRange,
} from './address-range.ts';
import { parseCidr, type Cidr } from './cidr.ts';

function cidrOf(text: string): Cidr {
  const parsed = parseCidr(text);
  if (parsed === undefined) throw new Error(`${text} is not a CIDR`);
  return parsed.cidr;
}

describe('parseRange', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1', '10.0.0.1'],
    ['10.0.0.0/30', '10.0.0.0', '10.0.0.3'],
    ['10.0.0.1 - 10.0.0.9', '10.0.0.1', '10.0.0.9'],
    ['fd00::1-fd00::f', 'fd00::1', 'fd00::f'],
  ])('reads %s', (text, first, last) =>
    expect(parseRange(text)).toMatchObject({ first: parseAddress(first), last: parseAddress(last) }),
  );

  it.each(['', '-', '10.0.0.9-10.0.0.1', '10.0.0.1-fd00::1', '10.0.0.1-', '10.0.0.0/8-10.0.0.1', '1-2-3'])(
    'refuses %j',
    (text) => expect(parseRange(text)).toBeUndefined(),
  );
});

describe('platformReserved', () => {
  it.each([
    ['10.0.0.0/24', ['10.0.0.0', '10.0.0.255']],
    ['10.0.0.0/30', ['10.0.0.0', '10.0.0.3']],
    ['10.0.0.0/31', []],
    ['10.0.0.0/32', []],
    ['fd00::/64', ['fd00::']],
    ['fd00::/126', ['fd00::']],
    ['fd00::/127', []],
  ])('of %s are %j', (text, reserved) =>
    expect(platformReserved(cidrOf(text)).map(({ first }) => formatAddress(first))).toEqual(reserved),
  );
});

describe('ranges that are merged', () => {
  const of = (...texts: readonly string[]): readonly AddressRange[] => texts.flatMap((text) => parseRange(text) ?? []);
  const texts = (ranges: readonly AddressRange[]): readonly string[] =>
    ranges.map(({ first, last }) => `${formatAddress(first)}-${formatAddress(last)}`);

  it('are in order, IPv4 first, and those that overlap are one', () => {
    const merged = mergeRanges(of('fd00::9', '10.0.0.5-10.0.0.9', '10.0.0.8-10.0.0.20', '10.0.0.1', '10.0.0.6'));
    expect(texts(merged)).toEqual(['10.0.0.1-10.0.0.1', '10.0.0.5-10.0.0.20', 'fd00::9-fd00::9']);
  });

  /** Of both families, in a span so small that ranges meet. */
  const range = fc
    .tuple(fc.boolean(), fc.nat({ max: 40 }), fc.nat({ max: 8 }))
    .map(([isIPv4, first, length]): AddressRange =>
      isIPv4 ? { first, last: first + length } : { first: BigInt(first), last: BigInt(first + length) },
    );
  const anywhere: fc.Arbitrary<Address> = fc.oneof(fc.nat({ max: 50 }), fc.nat({ max: 50 }).map(BigInt));
  const has = ({ first, last }: AddressRange, address: Address): boolean =>
    typeof first === typeof address && first <= address && address <= last;

  it('have each address that one of them had, in one range alone, which is found', () => {
    fc.assert(
      fc.property(fc.array(range), anywhere, (ranges, address) => {
        const merged = mergeRanges(ranges);
        const holders = merged.filter((candidate) => has(candidate, address));
        expect(holders).toHaveLength(ranges.some((candidate) => has(candidate, address)) ? 1 : 0);
        expect(rangeWith(merged, address)).toBe(holders[0]);
      }),
    );
  });

  it('are found by what they have in common with another', () => {
    fc.assert(
      fc.property(fc.array(range), range, (ranges, other) => {
        const merged = mergeRanges(ranges);
        const meets = ({ first, last }: AddressRange): boolean =>
          typeof first === typeof other.first && first <= other.last && other.first <= last;
        expect(rangesWithin(merged, other)).toEqual(merged.filter(meets));
      }),
    );
  });
});
