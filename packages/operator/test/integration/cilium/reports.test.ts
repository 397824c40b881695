import { egressNodes } from '@egressip-ipam/agent';
import { ResourceClient } from '@egressip-ipam/kube';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { conditionOf } from '../support/carried.ts';
import { ClusterObjects } from '../support/cluster-objects.ts';
import { oneServer } from '../support/start-server.ts';
import { addPool, startCiliumCluster, type CiliumCluster } from './cilium-cluster.ts';

describe.each(oneServer)('what a node that was broken into reports, on %s', (server) => {
  let cluster: CiliumCluster;

  beforeAll(async () => {
    cluster = await startCiliumCluster(server);
    cluster.run();
    await addPool(cluster.rest);
    for (const name of ['shop', 'bank']) await cluster.addNamespace(name);
  }, 180_000);
  afterAll(() => cluster.stop(), 60_000);

  const ready = async (): Promise<unknown> =>
    conditionOf(await new ClusterObjects(cluster.rest).statusOf('pool'), 'Ready');
  const eventually = (check: () => unknown): Promise<void> =>
    vi.waitFor(async () => void (await check()), { timeout: 60_000, interval: 50 });

  it('neither draws the addresses of others to it nor keeps them from going elsewhere', async () => {
    await eventually(async () => expect(await ready()).toBe('True'));
    const addresses = await Promise.all(['shop', 'bank'].map(async (name) => (await cluster.allocated(name)) ?? ''));
    const holders = addresses.map((address) => cluster.holders(address)[0] ?? '');
    const liar = ['a', 'b', 'c'].find((name) => !holders.includes(name)) ?? '';
    const since = new Date().toISOString();
    await new ResourceClient(cluster.rest, egressNodes).mergePatch(
      { name: liar },
      { status: { addresses: addresses.map((address) => ({ address, state: 'Held', interface: 'eth0', since })) } },
      { subresource: 'status' },
    );
    // Long enough for a plan with it, and for the status that follows.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const placed = addresses.map((address, index) => `${address}@${holders[index]}`);
    expect([...(await cluster.policies())].sort()).toEqual(placed.sort());
    expect(await ready()).toBe('True');

    const [address = ''] = addresses;
    await cluster.powerOff(holders[0] ?? '');
    await eventually(() => expect(cluster.holders(address)).toHaveLength(1));
    const [next] = cluster.holders(address);
    await eventually(async () => expect(await cluster.policies()).toContain(`${address}@${next}`));
    await eventually(async () => expect(await ready()).toBe('True'));
    expect(cluster.doubles).toEqual([]);
  }, 180_000);
});
