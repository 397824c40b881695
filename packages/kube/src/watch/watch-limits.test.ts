import { describe, expect, it } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { limitWatch } from './watch-limits.ts';

describe('limitWatch', () => {
  const begin = () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const seen: { at: number | undefined } = { at: undefined };
    const told: unknown[] = [];
    const timer = limitWatch(clock, controller, {
      timeoutSeconds: 300,
      longestSilence: 150_000,
      lastSeen: () => seen.at,
      onSilence: () => told.push(controller.signal.aborted),
    });
    return { clock, controller, seen, timer, told };
  };

  it('breaks off what is silent, counted from what came last', async () => {
    const { clock, controller, seen, told } = begin();
    await clock.advance(100_000);
    seen.at = clock.monotonic();
    await clock.advance(149_999);
    expect(controller.signal.aborted).toBe(false);
    await clock.advance(1);
    expect(String(controller.signal.reason)).toContain('nothing came for 150 seconds');
    expect(told).toEqual([false]);
  });

  it('breaks off what the server should have ended', async () => {
    const { clock, controller, seen, told } = begin();
    for (let second = 0; second < 304; second++) {
      await clock.advance(1_000);
      seen.at = clock.monotonic();
    }
    expect(controller.signal.aborted).toBe(false);
    await clock.advance(1_000);
    expect(String(controller.signal.reason)).toContain('outlived its time limit');
    expect(told).toEqual([]);
  });

  it('does nothing once it is cancelled', async () => {
    const { clock, controller, timer } = begin();
    timer.cancel();
    await clock.advance(1_000_000);
    expect(controller.signal.aborted).toBe(false);
  });
});
