import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../src/calls/clock.ts';

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** Enough turns of the event loop for all that follows from one sleeper's waking. */
const turnsBetween = 20;

/** A clock on which time passes when nothing else happens, so that no test depends on how busy the machine is. */
export function virtualClock(): Clock {
  let now = 0;
  let passing = false;
  const sleepers: Sleeper[] = [];

  const pass = async (): Promise<void> => {
    passing = true;
    while (sleepers.length > 0) {
      for (let times = 0; times < turnsBetween; times += 1) await turn();
      sleepers.sort((a, b) => a.at - b.at);
      const next = sleepers.shift();
      now = Math.max(now, next?.at ?? 0);
      next?.wake();
    }
    passing = false;
  };

  return {
    now: () => now,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { at: now + milliseconds, wake: resolve };
        sleepers.push(sleeper);
        signal?.addEventListener('abort', () => {
          const index = sleepers.indexOf(sleeper);
          if (index !== -1) sleepers.splice(index, 1);
          // The reason is the caller's and is passed on as it is.
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
          reject(signal.reason);
        });
        if (!passing) void pass();
      }),
  };
}
