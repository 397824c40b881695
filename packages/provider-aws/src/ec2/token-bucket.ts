import type { Clock } from '../calls/clock.ts';

/** Lets through so many calls per second, and at once as many as one second allows. */
export interface TokenBucket {
  /** Resolves when the next call may be made; rejects with the signal's reason. First come, first served. */
  take(signal?: AbortSignal): Promise<void>;
}

/**
 * The generic cell rate algorithm (ITU-T I.371): a bucket of one second's calls as one number, without a timer.
 *
 * @param callsPerSecond absent or not above 0 for no limit
 */
export function createTokenBucket(callsPerSecond: number | undefined, clock: Clock): TokenBucket {
  if (callsPerSecond === undefined || !(callsPerSecond > 0))
    return { take: async (signal) => signal?.throwIfAborted() };
  const interval = 1000 / callsPerSecond;
  const burst = Math.max(0, 1000 - interval);
  let nextAt = -Infinity;
  return {
    async take(signal) {
      signal?.throwIfAborted();
      const now = clock.now();
      const at = Math.max(nextAt, now);
      nextAt = at + interval;
      if (at - burst > now) await clock.sleep(at - burst - now, signal);
    },
  };
}
