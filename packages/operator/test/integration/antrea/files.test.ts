import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planLive, planOf, printedObjects } from '../support/plans.ts';
import { AntreaCluster, eventually, everywhere } from './antrea-cluster.ts';

describe.each(everywhere)('plans of Antrea from what kubectl prints, where $way, on $server', ({ way, server }) => {
  let cluster: AntreaCluster;

  beforeEach(async () => {
    cluster = await AntreaCluster.start(server, way);
    await cluster.addPool('pool', [{ CIDR: '10.0.0.128/28', labelValue: 'z' }]);
    await cluster.addNamespace('shop');
  }, 180_000);
  afterEach(async () => {
    await eventually(() => expect(cluster.laws.violations()).toEqual([]));
    await cluster.stop();
  }, 60_000);

  /** The steps of both plans, which are the same. */
  const planned = async (): Promise<readonly { readonly kind: string }[]> => {
    const { plan, error } = await planOf(await printedObjects(cluster.rest, 'antrea'), 'antrea');
    expect(error).toBe('');
    expect(plan).toEqual(await planLive(cluster.server.kubeconfig, 'antrea'));
    return (plan as { readonly steps: readonly { readonly kind: string }[] }).steps;
  };

  it('are those of the cluster itself: before anything is given out, at rest, and with a node that is off', async () => {
    expect((await planned()).some(({ kind }) => kind === 'attach')).toBe(way === 'this project places');

    cluster.run();
    await eventually(async () => expect(await cluster.summary()).toEqual(['True', '1/1', '1/1']));
    await cluster.operator.stop();
    expect(await planned()).toEqual([]);

    const address = (await cluster.annotation('shop')) ?? '';
    const held = ['a', 'b', 'c'].find((node) => cluster.agents?.addressesOf(node).has(address));
    if (held === undefined) return;
    await cluster.powerOff(held);
    expect(await planned()).not.toEqual([]);
  }, 240_000);
});
