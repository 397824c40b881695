import type { Clock } from '@egressip-ipam/kube';
import { beforeEach, expect, it } from 'vitest';
import { StatusFailures } from './status-failures.ts';

let now: number;
let told: string[];
let failures: StatusFailures;
const clock: Clock = { now: () => now, monotonic: () => now, setTimeout: () => ({ cancel: () => undefined }) };

beforeEach(() => {
  [now, told] = [0, []];
  const tell = (message: string, fields: object = {}): void => void told.push(`${message} ${JSON.stringify(fields)}`);
  failures = new StatusFailures(clock, { debug: tell, info: tell, warn: tell, error: tell });
});

it('are told once per reason, and tried ever later, a minute at most', () => {
  const pauses: (number | undefined)[] = [];
  for (let round = 0; round < 8; round += 1) {
    failures.failed('a', new Error(round < 4 ? 'no answer' : 'too large'));
    pauses.push(failures.nextIn);
    expect(failures.isDue('a')).toBe(false);
    now += failures.nextIn ?? 0;
    expect(failures.isDue('a')).toBe(true);
  }
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  failures.done('a');
  failures.done('a');
  expect(told.map((line) => line.split('"reason":')[1] ?? line)).toEqual([
    '"no answer","retryInMilliseconds":1000}',
    '"too large","retryInMilliseconds":16000}',
    'a status could be written again {"egressIPAM":"a"}',
  ]);
});

it('keep nobody else waiting, and are forgotten with their EgressIPAM', () => {
  failures.failed('a', new Error('no answer'));
  expect(failures.isDue('b')).toBe(true);
  failures.keepOnly((name) => name === 'b');
  expect([failures.nextIn, failures.isDue('a')]).toEqual([undefined, true]);
});
