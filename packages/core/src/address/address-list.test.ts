import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress, type Address } from './address.ts';
import { parseAddressList } from './address-list.ts';

const address: fc.Arbitrary<Address> = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  fc.bigInt({ min: 1n << 64n, max: 2n ** 128n - 1n }),
);

describe('parseAddressList', () => {
  it('agrees with splitting, trimming and parsing', () => {
    const entry = fc.oneof(
      address.map(formatAddress),
      fc.constantFrom('', ' ', 'x', ' 10.0.0.1 ', '10.0.0.256', '\t10.0.0.2'),
    );
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const text = entries.join(',');
        const trimmed = text.trim() === '' ? [] : text.split(',').map((part) => part.trim());
        expect(parseAddressList(text)).toEqual({
          addresses: trimmed.map(parseAddress).filter((value) => value !== undefined),
          invalid: trimmed.filter((part) => parseAddress(part) === undefined),
        });
      }),
    );
  });

  it.each<readonly [string, readonly string[], readonly string[]]>([
    ['', [], []],
    ['  ', [], []],
    ['10.0.0.1,10.0.0.2', ['10.0.0.1', '10.0.0.2'], []],
    [' 10.0.0.1 ,\tfd00::1\n', ['10.0.0.1', 'fd00::1'], []],
    ['10.0.0.1,', ['10.0.0.1'], ['']],
    [',10.0.0.1', ['10.0.0.1'], ['']],
    ['10.0.0.1;10.0.0.2', [], ['10.0.0.1;10.0.0.2']],
    ['10.0.0.1, 10.0.0.300 ,10.0.0.1', ['10.0.0.1', '10.0.0.1'], ['10.0.0.300']],
  ])('reads %j as %j, and as no addresses %j', (text, addresses, invalid) => {
    const list = parseAddressList(text);
    expect({ ...list, addresses: list.addresses.map(formatAddress) }).toEqual({ addresses, invalid });
  });
});
