import { ResourceClient } from '@egressip-ipam/kube';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { planLive, planOf, printedObjects } from '../support/plans.ts';
import { egressNodes } from '../support/resources.ts';
import { bothServers } from '../support/start-server.ts';
import { addPool, startCiliumCluster, type CiliumCluster } from './cilium-cluster.ts';

describe.each(bothServers)('plans of Cilium from what kubectl prints, on %s', (server) => {
  let cluster: CiliumCluster;

  beforeEach(async () => {
    cluster = await startCiliumCluster(server);
  }, 180_000);
  afterEach(() => cluster.stop(), 30_000);

  const eventually = (check: () => unknown): Promise<void> =>
    vi.waitFor(async () => void (await check()), { timeout: 60_000, interval: 50 });
  /** What both plans say, which is the same. */
  const planned = async (): Promise<{
    readonly allocations: readonly unknown[];
    readonly steps: readonly unknown[];
  }> => {
    const { plan, error } = await planOf(await printedObjects(cluster.rest, 'cilium'), 'cilium');
    expect(error).toBe('');
    expect(plan).toEqual(await planLive(cluster.kubeconfig, 'cilium'));
    return plan as Awaited<ReturnType<typeof planned>>;
  };

  it('are those of the cluster itself: before anything is given out, at rest, with a node that is off, and one that was fenced', async () => {
    await addPool(cluster.rest);
    await cluster.addNamespace('shop');
    await eventually(async () =>
      expect((await new ResourceClient(cluster.rest, egressNodes).list()).items).toHaveLength(3),
    );
    expect(await planned()).toMatchObject({ allocations: [{ namespace: 'shop' }] });

    cluster.run();
    await eventually(async () =>
      expect(await cluster.policies()).toEqual([expect.stringMatching(/^10\.0\.0\.\d+@[abc]$/)]),
    );
    await cluster.stopOperator();
    expect((await planned()).steps).toEqual([]);
    // Nothing tells without Leases that an agent is not there.
    const withoutLeases = (await printedObjects(cluster.rest, 'cilium')).filter(({ kind }) => kind !== 'Lease');
    expect((await planOf(withoutLeases, 'cilium')).plan).toMatchObject({ steps: [] });
    const address = (await cluster.allocated('shop')) ?? '';
    const [node = ''] = cluster.holders(address);

    await cluster.powerOff(node);
    expect((await planned()).steps).not.toEqual([]);

    cluster.run();
    await eventually(() => expect(cluster.holders(address)).toHaveLength(1));
    const [next] = cluster.holders(address);
    await eventually(async () => expect(await cluster.policies()).toEqual([`${address}@${next}`]));
    await cluster.stopOperator();
    // What the one that is off said last, that it has the address, counts for nothing: its Lease was taken away.
    expect((await planned()).steps).toEqual([]);
  }, 240_000);

  it('give out no gateway that agents tell of, and nothing on a node of which none has reported', async () => {
    await addPool(cluster.rest, '10.0.0.128/29');
    await cluster.addNamespace('shop');
    const client = new ResourceClient(cluster.rest, egressNodes);
    await eventually(async () => expect((await client.list()).items).toHaveLength(3));
    const before = await planned();
    const [first] = (before.allocations as readonly { readonly addresses: readonly string[] }[])[0]?.addresses ?? [];
    await cluster.agents.stop();
    await client.mergePatch({ name: 'a' }, { status: { gateways: [first] } }, { subresource: 'status' });
    for (const name of ['b', 'c']) await client.delete({ name });
    const [allocation] = (await planned()).allocations;
    expect(allocation).toMatchObject({ namespace: 'shop' });
    expect(JSON.stringify(allocation)).not.toContain(`"${first}"`);
    const withoutAgents = (await printedObjects(cluster.rest, 'cilium')).filter(({ kind }) => kind !== 'EgressNode');
    expect((await planOf(withoutAgents, 'cilium')).plan).toMatchObject({ allocations: before.allocations });
  }, 240_000);
});
