import { describe, expect, it } from 'vitest';
import { whyPowerless } from './capabilities.ts';

const status = (effective: string): string =>
  `Name:\tnode\nCapInh:\t0000000000000000\nCapEff:\t${effective}\nCapBnd:\t000001ffffffffff\n`;

describe('an agent', () => {
  it.each([
    ['both capabilities and no other', '0000000000003000'],
    ['all of them', '000001ffffffffff'],
  ])('can work with %s', (_what, effective) => {
    expect(whyPowerless(status(effective))).toBeUndefined();
  });

  it.each([
    ['0000000000002000', /lacks the capability NET_ADMIN, by which it puts addresses/],
    ['0000000000001000', /lacks the capability NET_RAW, by which it announces them/],
    ['0000000000000000', /lacks the capability NET_ADMIN and NET_RAW, by which it puts .* and announces them/],
    // What a container has that drops nothing: neither is of use without the other.
    ['00000000a80425fb', /lacks the capability NET_ADMIN,/],
  ])('is told what is missing with %s', (effective, message) => {
    expect(whyPowerless(status(effective))).toMatch(message);
  });

  it('is left alone where the kernel tells nothing of capabilities', () => {
    expect(whyPowerless('Name:\tnode\n')).toBeUndefined();
  });
});
