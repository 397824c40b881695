import { expect, it } from 'vitest';
import { fastClock } from '../../test/fast-clock.ts';
import type { Ec2Api } from '../ec2/ec2-api.ts';
import { createInterfaceStore } from '../interface-store.ts';
import { createLooker } from './looker.ts';

it('the number of looks grows with the logarithm of how long changes are under way', async () => {
  const clock = fastClock(100);
  let looks = 0;
  const describeNetworkInterfaces = (): Promise<readonly never[]> => ((looks += 1), Promise.resolve([]));
  const looker = createLooker({ api: { describeNetworkInterfaces } as unknown as Ec2Api, clock, store: createInterfaceStore(), patience: 1_000 });
  // Forty changes, one ending each second; whose change ended looks.
  const look = async (seconds: number): Promise<void> => {
    await looker.whileChanging(() => clock.sleep(seconds * 1_000));
    await looker.look([`eni-${seconds}`]);
  };
  await Promise.all(Array.from({ length: 40 }, (_, index) => look(index + 1)));
  expect(looks).toBeLessThanOrEqual(8);
});
