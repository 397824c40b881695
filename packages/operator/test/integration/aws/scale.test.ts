import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectInStep, withMoto, startAwsCluster, type AwsCluster } from './aws-cluster.ts';

const subnet = '10.0.0.0/20';

describe('a thousand addresses on fifty workers of AWS', withMoto, () => {
  let cluster: AwsCluster;

  beforeAll(async () => {
    cluster = await startAwsCluster({ workersPerZone: 50, instanceType: 'm5.24xlarge', subnets: [subnet] });
    for (let first = 0; first < 1_000; first += 50) {
      await Promise.all(
        Array.from({ length: 50 }, (_, index) => cluster.addNamespace(`ns-${String(first + index).padStart(4, '0')}`)),
      );
    }
    await cluster.addPool('pool', [{ CIDR: subnet, labelValue: 'us-east-1a' }]);
  }, 180_000);
  afterAll(() => cluster.stop(), 60_000);

  it('takes one change of each interface and few looks to place them, evenly, for each ten seconds that the stream takes', async () => {
    const start = Date.now();
    cluster.run({ cloudPollInterval: 600 });
    await expect.poll(async () => (await cluster.state()).bound.size, { timeout: 120_000, interval: 500 }).toBe(1_000);
    const { mutating, describing } = cluster.ec2.callCounts();
    // No address waits longer than ten seconds for others to come along: a slower stream takes another call.
    const spans = 1 + Math.floor((Date.now() - start) / 10_000);
    expect(mutating).toBeLessThanOrEqual(50 * spans);
    expect(describing).toBeLessThanOrEqual(6 + 4 * spans);
    const state = await cluster.state();
    expectInStep(state);
    const nodes = [...state.attached.values()].flat();
    for (const { name } of cluster.workers)
      expect(
        nodes.filter((node) => node === name),
        name,
      ).toHaveLength(20);
    expect(cluster.laws.violations()).toEqual([]);
  }, 180_000);

  it('rests with one look per poll interval', async () => {
    await cluster.stopOperator();
    cluster.run({ cloudPollInterval: 5 });
    await expect.poll(() => cluster.isPlanning(), { timeout: 30_000 }).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    cluster.ec2.clearCalls();
    const writes = (await cluster.server.writes()).length;
    await new Promise((resolve) => setTimeout(resolve, 15_500));
    const { mutating, describing } = cluster.ec2.callCounts();
    expect(mutating).toBe(0);
    expect(describing).toBeGreaterThanOrEqual(2);
    expect(describing).toBeLessThanOrEqual(4);
    expect((await cluster.server.writes()).length).toBe(writes);
  }, 60_000);
});
