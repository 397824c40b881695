import { FakeClock } from '@egressip-ipam/kube/testing';
import { expect, it } from 'vitest';
import { paced } from './paced.ts';

it('calls at once, then no sooner than a pause later, and never forgets the last time', async () => {
  const clock = new FakeClock();
  const calls: number[] = [];
  const start = clock.monotonic();
  const call = paced(() => calls.push(clock.monotonic() - start), 100, clock);
  for (let now = 0; now <= 250; now += 10) {
    call();
    await clock.advance(10);
  }
  await clock.advance(1_000);
  expect(calls).toEqual([0, 100, 200, 300]);
});
