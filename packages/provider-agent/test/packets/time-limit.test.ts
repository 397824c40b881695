import { expect, it } from 'vitest';
import { startTimeLimit } from './time-limit.ts';

it.for([
  { what: 'passes in time, however busy the machine is', milliseconds: 50, waited: 900, end: 'passed' },
  { what: 'fails late on a machine that has time', milliseconds: 51, waited: 250, end: 'failed' },
  { what: 'is skipped late on a busy machine', milliseconds: 51, waited: 260, end: 'skipped: too busy, 26 %' },
])('a time $what', ({ milliseconds, waited, end }, { task }) => {
  const [times, waits] = [
    [0, 1_000],
    [5_000, 5_000 + waited],
  ];
  const hold = startTimeLimit({ now: () => times.shift() ?? NaN, waitedFor: () => waits.shift() ?? NaN });
  const skip = (note?: string | boolean): never => {
    throw new Error(String(note).replace(/.*(too busy).* (\d+ %).*/, 'skipped: $1, $2'));
  };
  const result = ((): string => {
    try {
      hold({ task: { ...task, meta: {} }, skip }, milliseconds, 50);
      return 'passed';
    } catch (error) {
      return error instanceof Error && error.message.startsWith('skipped') ? error.message : 'failed';
    }
  })();
  expect(result).toBe(end);
});
