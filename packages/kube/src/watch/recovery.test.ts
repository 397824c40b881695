import { describe, expect, it } from 'vitest';
import { apiErrorFrom } from '../errors/api-error.ts';
import { TransportError } from '../errors/transport-error.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { Backoff } from './backoff.ts';
import { nextAfter, pauseAfter } from './recovery.ts';

const answered = (status: number, reason = '', message = '', retryAfter?: string) =>
  apiErrorFrom('watch things', status, { kind: 'Status', reason, message }, retryAfter);
const expired = answered(410, 'Expired');
const tooLarge = answered(504, 'Timeout', 'Too large resource version: 9, current: 5');
const broken = (kind: 'reset' | 'protocol') => new TransportError('broke', { kind, outcome: 'unknown' });

describe('nextAfter', () => {
  it.each([
    ['a watch that is too old', expired, 'watch', false, { next: 'list', isAtOnce: true }],
    ['one that is too old again', expired, 'watch', true, { next: 'list-newest', isAtOnce: false }],
    ['a watch of what the server does not have yet', tooLarge, 'watch', false, { next: 'list-newest', isAtOnce: true }],
    ['a list that is too old', expired, 'list', false, { next: 'list-newest', isAtOnce: true }],
    ['the newest list, expired', expired, 'list-newest', false, { next: 'list-newest', isAtOnce: false }],
    ['a refused watch', answered(403, 'Forbidden'), 'watch', false, { next: 'list', isAtOnce: false }],
    ['an event without sense', broken('protocol'), 'watch', false, { next: 'list', isAtOnce: false }],
    ['a watch that breaks', broken('reset'), 'watch', false, { next: 'watch', isAtOnce: false }],
    ['a server in trouble', answered(500), 'watch', false, { next: 'watch', isAtOnce: false }],
    [
      'one that has too much to do',
      answered(429, 'TooManyRequests'),
      'watch',
      false,
      { next: 'watch', isAtOnce: false },
    ],
    ['a list that breaks', broken('reset'), 'list-newest', false, { next: 'list-newest', isAtOnce: false }],
  ] as const)('after %s', (_, error, attempted, hasExpiredBefore, expected) => {
    expect(nextAfter(error, attempted, hasExpiredBefore)).toEqual(expected);
  });
});

describe('pauseAfter', () => {
  const backoff = (): Backoff => new Backoff(new FakeClock(), () => 0);

  it('grows to four seconds where the network breaks, and to thirty where the server answers so', () => {
    const network = backoff();
    const server = backoff();
    const pauses = (error: unknown, of: Backoff) => Array.from({ length: 7 }, () => pauseAfter(error, of));
    expect(pauses(broken('reset'), network)).toEqual([800, 1_600, 3_200, 4_000, 4_000, 4_000, 4_000]);
    expect(pauses(answered(500), server)).toEqual([800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000]);
  });

  it('grows to two seconds where the kind is not served, whose definition may be there again in a moment', () => {
    const unserved = backoff();
    const pauses = Array.from({ length: 5 }, () => pauseAfter(answered(404), unserved));
    expect(pauses).toEqual([800, 1_600, 2_000, 2_000, 2_000]);
  });

  it('is as long as the server asks for, five minutes at the most', () => {
    expect(pauseAfter(answered(429, '', '', '12'), backoff())).toBe(12_000);
    expect(pauseAfter(answered(503, '', '', '86400'), backoff())).toBe(300_000);
  });
});
