import { expect, it } from 'vitest';
import { ProviderError } from './provider-error.ts';

const description = { class: 'throttled', code: 'SlowDown', message: 'too many calls' } as const;

it('an error of a provider says what happened, for programs and for people, and what it came from', () => {
  const cause = new Error('429');
  const error = new ProviderError(description, { cause });
  expect(error.description).toBe(description);
  expect([error.name, error.message, error.cause]).toEqual(['ProviderError', 'too many calls', cause]);
  expect(error).toBeInstanceOf(Error);
});

it('an error is a ProviderError, too, where it is of another copy of the package; what only looks alike is none', () => {
  expect(ProviderError.isInstance(new ProviderError(description))).toBe(true);
  const ofAnotherCopy = { [Symbol.for('egressip-ipam.ProviderError')]: true, description };
  expect(ProviderError.isInstance(ofAnotherCopy)).toBe(true);
  const others: readonly unknown[] = [
    undefined,
    null,
    'ProviderError',
    new Error('x'),
    { name: 'ProviderError', description },
  ];
  expect(others.filter((other) => ProviderError.isInstance(other))).toEqual([]);
});
