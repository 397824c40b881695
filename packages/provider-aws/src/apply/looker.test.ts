import { expect, it } from 'vitest';
import { virtualClock } from '../../test/virtual-clock.ts';
import type { Ec2Api } from '../ec2/ec2-api.ts';
import { createInterfaceStore } from '../observe/interface-store.ts';
import { createLooker } from './looker.ts';

function setUp() {
  const clock = virtualClock();
  let looks = 0;
  const describeNetworkInterfaces = (): Promise<readonly never[]> => ((looks += 1), Promise.resolve([]));
  const looker = createLooker({
    api: { describeNetworkInterfaces } as unknown as Ec2Api,
    clock,
    store: createInterfaceStore(),
    patience: 1_000,
  });
  /** A change that takes so many seconds, and a look after it. */
  const change = async (seconds: number): Promise<void> => {
    await looker.whileChanging(() => clock.sleep(seconds * 1_000));
    await looker.look([`eni-${seconds}`]);
  };
  return { clock, change, looks: () => looks };
}

it('the number of looks grows with the logarithm of how long many changes are under way', async () => {
  const { change, looks } = setUp();
  await Promise.all(Array.from({ length: 40 }, (_, index) => change(index + 1)));
  expect(looks()).toBeLessThanOrEqual(10);
});

it('a few slow changes hold up no look for longer than the first', async () => {
  const { clock, change } = setUp();
  const slow = [60, 61, 62].map(change);
  for (let times = 0; times < 6; times += 1) await change(1);
  const start = clock.now();
  await change(1);
  expect(clock.now() - start).toBeLessThanOrEqual(2_000);
  await Promise.all(slow);
});
