import { expect, type TestContext } from 'vitest';
import type { AgentCluster } from './agent-cluster.ts';
import { startTimeLimit } from './time-limit.ts';

/** Cuts a node's power, and expects that another one has its address within ten seconds. */
export async function expectTakeover(
  cluster: AgentCluster,
  context: Pick<TestContext, 'task' | 'skip'>,
  { address, from, to }: { readonly address: string; readonly from: string; readonly to: string },
): Promise<void> {
  await cluster.network.powerOff(from);
  const [start, hold] = [performance.now(), startTimeLimit()];
  expect(await cluster.move(address, from, to)).toBe('done');
  const milliseconds = performance.now() - start;
  expect(await cluster.holders(address)).toEqual([to]);
  hold(context, milliseconds, 10_000);
}
