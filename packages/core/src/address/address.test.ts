import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareAddresses, familyOf, formatAddress, parseAddress, parseIPv4At, type Address } from './address.ts';

const ipv4 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
// A mapped address is an IPv4 address, so that it is none of IPv6.
const ipv6 = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).filter((value) => value >> 32n !== 0xffffn);
const address: fc.Arbitrary<Address> = fc.oneof(ipv4, ipv6);

describe('parseAddress', () => {
  it('reads back what formatAddress writes', () => {
    fc.assert(
      fc.property(address, (value) => {
        expect(parseAddress(formatAddress(value))).toBe(value);
      }),
    );
  });

  it('agrees with a plain reading of IPv4', () => {
    const octet = fc.oneof(fc.nat({ max: 300 }).map(String), fc.constantFrom('', '00', '01', '-1', '1e1', ' 1', '0x1'));
    fc.assert(
      fc.property(fc.array(octet, { minLength: 3, maxLength: 5 }), (octets) => {
        const valid =
          octets.length === 4 && octets.every((text) => /^(?:0|[1-9]\d{0,2})$/.test(text) && Number(text) <= 255);
        const expected = valid ? octets.reduce((sum, text) => sum * 256 + Number(text), 0) : undefined;
        expect(parseAddress(octets.join('.'))).toBe(expected);
      }),
    );
  });

  it.each([
    '',
    '1',
    '1.2.3',
    '1.2.3.4.5',
    '01.2.3.4',
    '1.2.3.256',
    '1.2.3.4 ',
    ' 1.2.3.4',
    '1.2.3.4/32',
    '1..2.3',
    '.1.2.3',
    '1.2.3.',
    '１.2.3.4',
    'fe80::1%eth0',
    'fd00::/64',
    ':::',
    '1::2::3',
    '12345::',
    'fd00',
    ' fd00::1',
    'fd00::1\n',
    '1:2:3:4:5:6:7:8:9',
    '[fd00::1]',
    '::ffff:1.2.3.256',
  ])('refuses %j', (text) => expect(parseAddress(text)).toBeUndefined());

  it.each(['::ffff:10.0.0.1', '::FFFF:a00:1', '0:0:0:0:0:ffff:10.0.0.1'])('takes the mapped %s as IPv4', (text) =>
    expect(parseAddress(text)).toBe(0x0a000001),
  );

  it('reads an IPv4 address inside a text without cutting it out', () => {
    expect(parseIPv4At('x,10.0.0.1,y', 2, 10)).toBe(0x0a000001);
    expect(parseIPv4At('x,10.0.0.1,y', 2, 11)).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('0', 'f', ':', '.', '%', '/', ' '), maxLength: 50 })),
        (text) => void parseAddress(text),
      ),
    );
  });
});

describe('formatAddress', () => {
  // The examples of RFC 5952, sections 4.1 to 4.3.
  it.each([
    ['2001:0db8::0001', '2001:db8::1'],
    ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:DB8::A', '2001:db8::a'],
    ['0:0:0:0:0:0:0:0', '::'],
  ])('writes %s as %s', (text, canonical) => expect(formatAddress(parseAddress(text) ?? 0)).toBe(canonical));
});

describe('compareAddresses', () => {
  it('orders IPv4 before IPv6, each by value', () => {
    fc.assert(
      fc.property(address, address, (a, b) => {
        const expected = familyOf(a) === familyOf(b) ? Number(a > b) - Number(a < b) : familyOf(a) - familyOf(b);
        expect(Math.sign(compareAddresses(a, b))).toBe(Math.sign(expected));
      }),
    );
  });
});
