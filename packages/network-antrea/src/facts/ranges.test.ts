import { parseAddress, parseCidr, type Address, type AddressRange } from '@egressip-ipam/core';
import { describe, expect, it } from 'vitest';
import { boundsOf } from '../kinds/ip-range.ts';
import { missingRanges, overlap } from './ranges.ts';

const cidr = (text: string): AddressRange => parseCidr(text)!.cidr;
const address = (text: string): Address => parseAddress(text)!;
const bounds = (start: string, end: string): AddressRange => ({ first: address(start), last: address(end) });

describe('ranges of a pool', () => {
  it('are read from a CIDR or from two addresses; what is neither is none', () => {
    expect(boundsOf({ cidr: '10.0.0.0/30' })).toMatchObject(bounds('10.0.0.0', '10.0.0.3'));
    expect(boundsOf({ start: 'fd00::1', end: 'fd00::2' })).toEqual(bounds('fd00::1', 'fd00::2'));
    for (const range of [
      {},
      { start: '10.0.0.1' },
      { start: '10.0.0.2', end: '10.0.0.1' },
      { start: '10.0.0.1', end: 'fd00::1' },
      { cidr: 'x' },
    ]) {
      expect(boundsOf(range)).toBeUndefined();
    }
    expect(overlap(cidr('10.0.0.0/30'), bounds('10.0.0.3', '10.0.0.9'))).toBe(true);
    expect(overlap(cidr('10.0.0.0/30'), cidr('::/0'))).toBe(false);
  });

  it('that a pool lacks are appended: the whole CIDR, and only what is not there', () => {
    expect(missingRanges(cidr('10.0.0.0/29'), [])).toEqual([{ start: '10.0.0.0', end: '10.0.0.7' }]);
    expect(missingRanges(cidr('10.0.0.0/29'), [cidr('10.0.0.0/29')])).toEqual([]);
    expect(missingRanges(cidr('10.0.0.0/28'), [cidr('10.0.0.4/30'), cidr('10.0.0.12/31')])).toEqual([
      { start: '10.0.0.0', end: '10.0.0.3' },
      { start: '10.0.0.8', end: '10.0.0.11' },
      { start: '10.0.0.14', end: '10.0.0.15' },
    ]);
    expect(missingRanges(cidr('10.0.0.4/30'), [cidr('10.0.0.0/24')])).toEqual([]);
  });

  it('have 65,536 addresses at most, and there are 16 at most', () => {
    expect(missingRanges(cidr('10.0.0.0/15'), [])).toEqual([
      { start: '10.0.0.0', end: '10.0.255.255' },
      { start: '10.1.0.0', end: '10.1.255.255' },
    ]);
    expect(missingRanges(cidr('fd00::/64'), [])).toHaveLength(16);
  });
});
