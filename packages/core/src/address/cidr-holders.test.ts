import { describe, expect, it } from 'vitest';
import { parseAddress } from './address.ts';
import { parseCidr, type Cidr } from './cidr.ts';
import { areApart, firstWith } from './cidr-holders.ts';

const holding = (...texts: readonly string[]): readonly { readonly cidr: Cidr }[] =>
  texts.flatMap((text) => {
    const parsed = parseCidr(text);
    return parsed === undefined ? [] : [{ cidr: parsed.cidr }];
  });
const others = ['10.1.0.0/24', '10.2.0.0/24', '10.3.0.0/24', '10.4.0.0/24', '10.5.0.0/24', 'fd00::/64'];

describe.each([
  ['few', []],
  ['many', others],
])('the first of %s CIDRs that has an address', (_how, more) => {
  const holders = holding('10.0.1.0/24', '10.0.0.0/16', ...more);
  const positionOf = (text: string): number | undefined => {
    const found = firstWith(holders, parseAddress(text) ?? 0);
    if (found !== undefined) expect(found.holder).toBe(holders[found.position]);
    return found?.position;
  };

  it('is that of the list, also where a later one is smaller or larger', () => {
    expect([positionOf('10.0.1.7'), positionOf('10.0.2.7')]).toEqual([0, 1]);
    const turned = holding('10.0.0.0/16', '10.0.1.0/24', ...more);
    expect(firstWith(turned, parseAddress('10.0.1.7') ?? 0)?.position).toBe(0);
  });

  it('is none where none has it', () => {
    for (const text of ['9.255.255.255', '10.9.0.1', 'fd00:1::1']) expect(positionOf(text)).toBeUndefined();
    expect(positionOf('fd00::1')).toBe(more.length === 0 ? undefined : holders.length - 1);
  });
});

it('CIDRs are apart where no two have an address in common', () => {
  expect(areApart(holding(...others))).toBe(true);
  expect(areApart(holding(...others, '10.3.0.128/25'))).toBe(false);
  expect(areApart(holding('10.0.0.0/24', '10.0.0.0/24'))).toBe(false);
  expect(areApart([])).toBe(true);
});
