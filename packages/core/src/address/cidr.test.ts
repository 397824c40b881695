import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress } from './address.ts';
import { cidrContains, cidrContainsCidr, cidrsOverlap, parseCidr, type Cidr } from './cidr.ts';

const cidrText = fc
  .oneof(
    fc.tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 32 })),
    fc.tuple(fc.bigInt({ min: 1n << 64n, max: 2n ** 128n - 1n }), fc.integer({ min: 0, max: 128 })),
  )
  .map(([address, prefix]) => `${formatAddress(address)}/${prefix}`);

function cidr(text: string): Cidr {
  const parsed = parseCidr(text);
  if (parsed === undefined) throw new Error(`${text} is not a CIDR`);
  return parsed.cidr;
}

describe('parseCidr', () => {
  it('clears host bits, says so, and holds as many addresses as its size', () => {
    fc.assert(
      fc.property(cidrText, (text) => {
        const parsed = cidr(text);
        const address = parseAddress(text.slice(0, text.indexOf('/'))) ?? 0;
        expect(cidrContains(parsed, address)).toBe(true);
        expect(BigInt(parsed.last) - BigInt(parsed.first) + 1n).toBe(parsed.size);
        expect(BigInt(parsed.first) % parsed.size).toBe(0n);
        expect(parseCidr(text)?.masked).toBe(parsed.first !== address);
        expect(parseCidr(parsed.text)).toEqual({ cidr: parsed, masked: false });
      }),
    );
  });

  it.each([
    '10.0.0.0',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/08',
    '10.0.0.0/+8',
    '10.0.0.0/8 ',
    '10.0.0/8',
    'fd00::/129',
    '/8',
    '10.0.0.0/8/8',
    '::ffff:10.0.0.0/95',
  ])('refuses %j', (text) => expect(parseCidr(text)).toBeUndefined());

  it('takes a mapped network as IPv4', () => expect(parseCidr('::ffff:10.0.0.0/120')?.cidr.text).toBe('10.0.0.0/24'));
});

describe('relations of CIDRs', () => {
  it('two CIDRs overlap exactly when one contains the other', () => {
    fc.assert(
      fc.property(cidrText, cidrText, (a, b) => {
        const contained = cidrContainsCidr(cidr(a), cidr(b)) || cidrContainsCidr(cidr(b), cidr(a));
        expect(cidrsOverlap(cidr(a), cidr(b))).toBe(contained);
      }),
    );
  });

  it('never mixes families', () => {
    expect(cidrsOverlap(cidr('0.0.0.0/0'), cidr('::/0'))).toBe(false);
    expect(cidrContains(cidr('::/0'), 1)).toBe(false);
  });
});
