import { expect, it } from 'vitest';
import { printable } from './printable.ts';

it('makes one short line of any text', () => {
  expect(printable('no\r\n\u001b[31mdoubt\u2028\u202e\u0085', 100)).toBe('no [31mdoubt');
  expect(printable('abcdef', 3)).toBe('abc');
});
