import { expect, it } from 'vitest';
import { apiErrorFrom } from './api-error.ts';
import { ToldFailures } from './told-failures.ts';
import { TransportError } from './transport-error.ts';

const refused = new TransportError('refused', { kind: 'refused', outcome: 'never-sent' });

it('knows a failure of the same sort until all is well again', () => {
  const told = new ToldFailures();
  expect(told.isRepeated(refused)).toBe(false);
  expect(told.isRepeated(new TransportError('no answer', { kind: 'timeout', outcome: 'unknown' }))).toBe(true);
  expect(told.any).toBe(true);
  told.clear();
  expect(told.any).toBe(false);
  expect(told.isRepeated(refused)).toBe(false);
});

it('tells each status of the server apart, and from no answer', () => {
  const told = new ToldFailures();
  const of = (status: number) => apiErrorFrom('GET /', status, {});
  const failures = [refused, of(403), of(503), of(403), refused];
  expect(failures.map((error) => told.isRepeated(error))).toEqual([false, false, false, true, true]);
});
