import { expect, it } from 'vitest';
import { quoted } from './quoted.ts';

it('quotes a text, and of a long one its beginning', () => {
  expect(quoted('10.0.0.0/33')).toBe('"10.0.0.0/33"');
  expect(quoted('x'.repeat(100))).toBe(`"${'x'.repeat(100)}"`);
  expect(quoted('x'.repeat(1_000_000))).toBe(`"${'x'.repeat(100)}…"`);
});
