import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../src/calls/clock.ts';

/**
 * A clock on which time passes so many times faster, so that no test waits for seconds; `skip` lets time pass at once.
 */
export function fastClock(speed = 50): Clock & { skip(milliseconds: number): void } {
  let skipped = 0;
  return {
    now: () => performance.now() * speed + skipped,
    skip: (milliseconds) => void (skipped += milliseconds),
    async sleep(milliseconds, signal) {
      await delay(milliseconds / speed, undefined, { signal });
    },
  };
}
