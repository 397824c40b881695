import { nodeNetworkUnavailable } from '@egressip-ipam/sandbox';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { unless } from '../../../../tools/testing/unless.ts';
import { busyReason, eventually } from '../../../provider-agent/test/packets/agent-machines.ts';
import { startFlow, type Flow } from './flow.ts';
import { startPacketCluster, type PacketCluster } from './packet-cluster.ts';

const reason = nodeNetworkUnavailable() ?? (await busyReason());
/**
 * Milliseconds for which an agent of the suite holds its addresses without a renewal, and what the kernel may take
 * longer.
 */
const term = 6_000;
const late = 2_000;

describe('packets while processes stand still', unless(reason !== undefined, reason ?? ''), () => {
  let cluster: PacketCluster;
  let flow: Flow;
  let [began, from] = [0, ''];

  const stop = (isAgentToo: boolean): void => {
    if (isAgentToo) cluster.agent(from).kill('SIGSTOP');
    flow.operator.child.kill('SIGSTOP');
  };
  const continueOperator = () => flow.operator.child.kill('SIGCONT');
  const continueAgent = () => cluster.agent(from).kill('SIGCONT');
  const kernelLetsGo = (): Promise<unknown> =>
    eventually('the kernel takes it off', async () => (await flow.holder()) === '', term + late);

  /** The node that has it again, once packets flow. What was bound before goes on for a moment without any. */
  const newHolder = async (isRight: (node: string) => boolean = () => true): Promise<string> => {
    let node = '';
    const isThere = async (): Promise<boolean> => {
      node = await flow.holder();
      return node !== '' && isRight(node) && flow.flows();
    };
    await eventually('it is on a node again, and packets flow', isThere, 30_000);
    return node;
  };

  /** For a whole term no other node answers for it. */
  const holdsForATerm = async (node: string): Promise<void> => {
    for (const end = Date.now() + term; Date.now() < end; await wait(100))
      expect(await cluster.holders(flow.address)).toEqual([node]);
  };

  beforeAll(async () => {
    cluster = await startPacketCluster();
    flow = await startFlow(cluster);
  }, 120_000);
  beforeEach(async () => {
    [began, from] = [Date.now(), await flow.holder()];
  });
  afterEach(() => {
    // By the right address, or not at all; and never by two nodes.
    expect(new Set(flow.traffic.packets(began).flatMap(({ source }) => source ?? []))).toEqual(new Set([flow.address]));
    expect(cluster.doubleAnswers([flow.address])).toEqual([]);
  });
  afterAll(async () => {
    flow?.traffic.stop();
    flow?.operator.child.kill('SIGKILL');
    await cluster?.close();
  });

  it('flow on without the operator', async () => {
    stop(false);
    for (const end = Date.now() + 2 * term; Date.now() < end; await wait(250)) {
      expect(await flow.holder()).toBe(from);
      expect(flow.flows()).toBe(true);
    }
    continueOperator();
  }, 60_000);

  it('stop when the agent stands still, too; they come by another node once the operator goes on, and the agent takes nothing back', async () => {
    stop(true);
    await kernelLetsGo();
    await wait(term);
    expect(await cluster.holders(flow.address)).toEqual([]);
    continueOperator();
    const next = await newHolder((node) => node !== from);
    continueAgent();
    await holdsForATerm(next);
    expect(flow.flows()).toBe(true);
  }, 90_000);

  it('come back to their node when the agent goes on first, and stay there when the operator does', async () => {
    stop(true);
    await kernelLetsGo();
    continueAgent();
    expect(await newHolder()).toBe(from);
    continueOperator();
    await holdsForATerm(from);
    expect(flow.flows()).toBe(true);
  }, 90_000);

  it('are never doubled when both go on at once', async () => {
    stop(true);
    await kernelLetsGo();
    continueOperator();
    continueAgent();
    const holder = await newHolder();
    await holdsForATerm(holder);
  }, 90_000);
});
