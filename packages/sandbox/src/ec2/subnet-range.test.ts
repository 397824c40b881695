import { describe, expect, it } from 'vitest';
import { SubnetRange } from './subnet-range.ts';

describe('SubnetRange', () => {
  it.each([
    [
      '10.0.1.16/28',
      ['10.0.1.20', '10.0.1.30'],
      ['10.0.1.15', '10.0.1.16', '10.0.1.19', '10.0.1.31', '10.0.1.32', '010.0.1.20', ''],
    ],
    [
      '2600:1f18:1:2::/64',
      ['2600:1f18:1:2::4', '2600:1f18:1:2:ffff:ffff:ffff:fffe'],
      ['2600:1f18:1:2::3', '2600:1f18:1:2:ffff:ffff:ffff:ffff', '2600:1f18:1:3::4', '::ffff:10.0.0.1'],
    ],
  ])('knows what an interface in %s may have', (cidr, usable, others) => {
    const range = new SubnetRange(cidr);
    for (const address of usable) expect(range.usable(address)).toBe(address);
    for (const address of others) expect(() => range.usable(address), address).toThrow();
  });

  it('gives the lowest free addresses, as many as there are', () => {
    const range = new SubnetRange('10.0.1.16/28');
    expect(range.lowestFree(2, (address) => address === '10.0.1.20')).toEqual(['10.0.1.21', '10.0.1.22']);
    expect(range.lowestFree(100)).toHaveLength(11);
    expect(new SubnetRange('2600:1f18:1:2::/64').lowestFree(1)).toEqual(['2600:1f18:1:2::4']);
  });
});
