import { describe, expect, it } from 'vitest';
import { formatAddress, type Address } from './address.ts';
import { coveringRanges } from './covering-ranges.ts';
import { parseAddresses } from '../parse/parse-lists.ts';

const alone = (address: Address) => ({ first: address, last: address });
const rangesOf = (texts: readonly string[], most: number): readonly string[] =>
  coveringRanges(parseAddresses(texts).map(alone), most).map(
    ({ first, last }) => `${formatAddress(first)}-${formatAddress(last)}`,
  );

describe('ranges that cover addresses', () => {
  it('are exactly these while there are few', () => {
    expect(rangesOf(['10.0.0.3', '10.0.0.1', '10.0.0.2', '10.0.0.1', '10.0.0.9', 'fd00::1', 'fd00::2'], 3)).toEqual([
      '10.0.0.1-10.0.0.3',
      '10.0.0.9-10.0.0.9',
      'fd00::1-fd00::2',
    ]);
    expect(rangesOf([], 3)).toEqual([]);
  });

  it('have what lies between the nearest, too, where there are many; never what lies between families', () => {
    expect(rangesOf(['10.0.0.1', '10.0.0.3', '10.0.9.0', '10.0.9.9', 'fd00::1', 'fd00::9'], 3)).toEqual([
      '10.0.0.1-10.0.0.3',
      '10.0.9.0-10.0.9.9',
      'fd00::1-fd00::9',
    ]);
    expect(rangesOf(['10.0.0.1', '10.9.0.3', 'fd00::1', 'fdff::9'], 2)).toEqual([
      '10.0.0.1-10.9.0.3',
      'fd00::1-fdff::9',
    ]);
  });

  it('have every one of sixty thousand', () => {
    const addresses: readonly Address[] = Array.from(
      { length: 60_000 },
      (_, index) => index * 7919 + ((index * index) % 4096),
    );
    const ranges = coveringRanges(addresses.map(alone), 64);
    expect(ranges).toHaveLength(64);
    expect(addresses.every((address) => ranges.some(({ first, last }) => first <= address && address <= last))).toBe(
      true,
    );
  });
});
