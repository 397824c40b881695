import { expect, it } from 'vitest';
import { isSilent, looksSilent } from './arp-ignore.ts';

it.each([
  [['0\n', '0\n'], false],
  [['2\n', '1\n'], false],
  [['0\n', '3\n'], true],
  [['3\n', '0\n'], true],
  [['8\n', '1\n'], true],
  // These are reserved, and the kernel answers.
  [['3\n', '4\n'], false],
  [['?', ''], false],
])('of what is set for all and for an interface the greater counts: %j', (texts, expected) => {
  expect(isSilent(texts)).toBe(expected);
});

it('an interface whose setting cannot be read is taken to answer', () => {
  expect(looksSilent('no-such-interface')).toBe(false);
});
