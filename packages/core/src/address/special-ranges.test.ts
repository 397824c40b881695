import { describe, expect, it } from 'vitest';
import { parseCidr } from './cidr.ts';
import { specialAddressesIn } from './special-ranges.ts';

const special = (text: string): string | undefined => {
  const parsed = parseCidr(text);
  if (parsed === undefined) throw new Error(`${text} is no CIDR`);
  return specialAddressesIn(parsed.cidr);
};

describe('addresses that no packet may leave with', () => {
  it.each([
    '127.0.0.0/24',
    '169.254.1.0/24',
    '224.0.0.0/24',
    '239.1.0.0/16',
    '255.255.255.0/24',
    '0.0.0.0/0',
    '::/64',
    'fe80::/64',
    'ff02::/16',
  ])('finds them in %s', (text) => {
    expect(special(text)).toBeDefined();
  });

  it.each(['10.0.0.0/8', '100.64.0.0/10', '192.0.2.0/24', '2001:db8::/32', 'fd00::/8'])('finds none in %s', (text) => {
    expect(special(text)).toBeUndefined();
  });
});
