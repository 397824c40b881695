import { describe, expect, it } from 'vitest';
import { createTokenBucket } from './token-bucket.ts';

/** Each sleep passes at once and is written down. */
function scriptedClock() {
  const sleeps: number[] = [];
  return {
    sleeps,
    time: 0,
    now() {
      return this.time;
    },
    sleep: async (milliseconds: number) => void sleeps.push(milliseconds),
  };
}

describe('createTokenBucket', () => {
  it('lets one second of calls through at once, then one per interval', async () => {
    const clock = scriptedClock();
    const bucket = createTokenBucket(5, clock);
    for (let call = 0; call < 8; call += 1) await bucket.take();
    expect(clock.sleeps).toEqual([200, 400, 600]);
  });

  it('fills up again with time, and not above one second', async () => {
    const clock = scriptedClock();
    const bucket = createTokenBucket(2, clock);
    for (let call = 0; call < 2; call += 1) await bucket.take();
    clock.time = 60_000;
    for (let call = 0; call < 3; call += 1) await bucket.take();
    expect(clock.sleeps).toEqual([500]);
  });

  it('has no limit where none is given', async () => {
    const clock = scriptedClock();
    const bucket = createTokenBucket(undefined, clock);
    for (let call = 0; call < 100; call += 1) await bucket.take();
    expect(clock.sleeps).toEqual([]);
  });

  it('rejects with the reason of an aborted signal', async () => {
    await expect(createTokenBucket(1, scriptedClock()).take(AbortSignal.abort('enough'))).rejects.toBe('enough');
  });
});
