import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cidrs, expectInStep, withMoto, startAwsCluster, zones, type AwsCluster } from './aws-cluster.ts';

const poll = { timeout: 60_000, interval: 200 };
const foreign = ['10.0.1.200'];
const names = Array.from({ length: 9 }, (_, index) => `ns-${index}`);

describe('the capacity of an instance type', withMoto, () => {
  let cluster: AwsCluster;

  beforeAll(async () => {
    // m5.large: ten addresses per interface, one of them the primary.
    cluster = await startAwsCluster({ workersPerZone: 1, instanceType: 'm5.large' });
    await cluster.ec2.assignForeign({
      networkInterfaceId: cluster.workers[1]?.networkInterfaceId ?? '',
      address: '10.0.1.200',
    });
    await cluster.addPool(
      'pool',
      cidrs.map((CIDR, index) => ({ CIDR, labelValue: zones[index] })),
    );
    cluster.run();
  }, 120_000);
  afterAll(() => cluster.stop(), 60_000);

  it('promises nothing that no interface can carry: the next namespace waits, with the reason', async () => {
    for (const name of names.slice(0, 8)) await cluster.addNamespace(name);
    await expect.poll(async () => (await cluster.state()).bound.size, poll).toBe(24);
    // Nine fit but for the one that somebody else has on the interface of the second zone.
    await cluster.addNamespace('ns-8');
    await expect
      .poll(() => cluster.statusOf('pool'), poll)
      .toMatchObject({
        served: 8,
        waiting: 1,
        waitingClaims: [{ namespace: 'ns-8', reason: expect.stringMatching(/^\w+$/) }],
      });
    expect(await cluster.annotation('ns-8')).toBeUndefined();
    expect(await cluster.boundTo('ns-8')).toEqual([]);
    await expect
      .poll(() => cluster.events('WaitingForCapacity'), poll)
      .toEqual([expect.stringMatching(/^ns-8: no node has room for 10\.0\.1\.\d+:/)]);
    expectInStep(await cluster.state(), foreign);
    expect(cluster.ec2.calls.filter(({ kind, outcome }) => kind === 'mutating' && outcome !== 'ok')).toEqual([]);
  }, 120_000);

  it('serves it when there is room', async () => {
    await cluster.optOut('ns-3');
    await expect.poll(() => cluster.boundTo('ns-8'), poll).toHaveLength(3);
    await expect.poll(() => cluster.statusOf('pool'), poll).toMatchObject({ served: 8, waiting: 0 });
    const state = await cluster.state();
    expectInStep(state, foreign);
    expect(state.attached.get('10.0.1.200')).toEqual([cluster.workers[1]?.name]);
    expect(cluster.laws.violations()).toEqual([]);
  }, 120_000);

  it('keeps a namespace that has nowhere to go where it is, and moves nothing beyond capacity', async () => {
    // The zone's only node is gone: its addresses stay promised, on nothing else.
    const before = await cluster.state();
    cluster.ec2.clearCalls();
    await cluster.setReady(cluster.workers[0]?.name ?? '', false);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const after = await cluster.state();
    expect([...after.bound.keys()].sort()).toEqual([...before.bound.keys()].sort());
    expect(cluster.ec2.calls.filter(({ kind }) => kind === 'mutating')).toEqual([]);
    await cluster.setReady(cluster.workers[0]?.name ?? '', true);
  }, 120_000);
});
