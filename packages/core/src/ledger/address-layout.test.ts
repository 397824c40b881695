import { expect, it } from 'vitest';
import { formatAddress, parseAddress } from '../address/address.ts';
import { parseCidr } from '../address/cidr.ts';
import { AddressLayout } from './address-layout.ts';

const cidrs = ['10.0.0.0/24', '10.0.2.0/24', '10.0.4.0/24', '10.0.6.0/24', '10.0.8.0/24', 'fd00::/64'];

function layoutOf(texts: readonly string[]): AddressLayout {
  return new AddressLayout(texts.flatMap((text) => parseCidr(text)?.cidr ?? []));
}

it.each([
  ['few spaces', cidrs.slice(0, 2)],
  ['many', cidrs],
])('an address is found among %s', (_what, texts) => {
  const layout = layoutOf(texts);
  const firstOf = (text: string): string | undefined => {
    const space = layout.spaceOf(parseAddress(text) ?? 0);
    return space === undefined ? undefined : formatAddress(space.first);
  };
  for (const cidr of texts.filter((text) => !text.includes(':'))) {
    const start = cidr.replace('.0/24', '');
    expect(firstOf(`${start}.0`)).toBe(`${start}.0`);
    expect(firstOf(`${start}.255`)).toBe(`${start}.0`);
  }
  for (const outside of ['9.255.255.255', '10.0.1.0', '10.0.1.255', '10.0.9.0', 'fd01::']) {
    expect(firstOf(outside)).toBeUndefined();
  }
});

it('CIDRs that lie in each other are one space', () => {
  const layout = layoutOf(['10.0.0.0/25', '10.0.0.0/24', '10.0.0.128/25']);
  expect(layout.spaces).toHaveLength(1);
});
