import type { KubernetesObject } from '@egressip-ipam/kube';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { egressIPAMs, egressIPs } from '../support/resources.ts';
import { startOvnCluster, type OvnCluster } from './ovn-cluster.ts';
import { oneServer } from '../support/start-server.ts';

const count = 1_200;
const names = Array.from({ length: count }, (_, index) => `ns-${index}`);
const poll = { timeout: 120_000, interval: 500 };

/** As long as entries of one address can be, of as many as there may be at the most. */
const longest = Array.from({ length: 4_016 }, (_, index) => ({
  namespace: `${'n'.repeat(58)}${index + 10_000}`,
  addresses: [`fd00:1111:2222:3333:4444:5555:6666:${(index + 4_096).toString(16)}`],
  releasedAt: new Date().toISOString(),
  team: 't'.repeat(63),
}));

interface Pool extends KubernetesObject {
  readonly status?: {
    readonly released?: readonly { readonly namespace: string; readonly addresses: readonly string[] }[];
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason: string }[];
  };
}

describe.each(oneServer)('many cool-downs at once, on %s', (server) => {
  let cluster: OvnCluster;

  beforeAll(async () => {
    cluster = await startOvnCluster(server);
    for (const [index, zone] of ['a', 'a', 'b'].entries())
      await cluster.addNode(`n${index + 1}`, zone, [`10.0.0.${index + 1}/16`]);
    await cluster.addPool('pool', [{ CIDR: '10.0.64.0/20', labelValue: 'a' }], { coolDown: '24h' });
    await cluster.addPool('full', [{ CIDR: '10.0.128.0/24', labelValue: 'b' }], { coolDown: '24h' });
    await inTwenties((name) => cluster.addNamespace(name));
    cluster.run();
  }, 180_000);
  afterAll(() => cluster.stop(), 60_000);

  const inTwenties = async (act: (name: string) => Promise<unknown>): Promise<void> => {
    for (let first = 0; first < count; first += 20) await Promise.all(names.slice(first, first + 20).map(act));
  };
  const poolNamed = (name: string): Promise<Pool> => cluster.client(egressIPAMs).get({ name });
  const refusedWrites = async (): Promise<unknown> =>
    (await cluster.writes()).filter(({ resource, code }) => resource === 'egressipams' && code === 422);

  it('are all remembered, though twelve hundred namespaces give their addresses back within seconds', async () => {
    const served = async (): Promise<number> => (await cluster.client(egressIPs).list()).items.length;
    await expect.poll(served, poll).toBe(count);
    await inTwenties((name) => cluster.removeNamespace(name));
    await expect.poll(served, poll).toBe(0);
    const released = (await poolNamed('pool')).status?.released ?? [];
    expect(new Set(released.flatMap(({ addresses }) => addresses)).size).toBe(count);
    expect(await refusedWrites()).toEqual([]);
    await cluster.addNamespace('newcomer');
    await expect.poll(() => cluster.annotation('newcomer'), poll).toMatch(/^10\.0\.68\./);
    await cluster.addNamespace('ns-7');
    const own = released.find(({ namespace }) => namespace === 'ns-7')?.addresses[0];
    await expect.poll(() => cluster.annotation('ns-7'), poll).toBe(own);
  }, 240_000);

  it('make a release wait where the status has no room for it, and etcd takes one that is full', async () => {
    await cluster.addNamespace('late', { egressipam: 'full' });
    await expect.poll(() => cluster.assigned('egressip-late'), poll).toHaveLength(1);
    const remember = (released: readonly object[]): Promise<unknown> =>
      cluster.client(egressIPAMs).mergePatch({ name: 'full' }, { status: { released } }, { subresource: 'status' });
    await remember(longest);
    expect(JSON.stringify(await poolNamed('full')).length).toBeGreaterThan(990_000);
    await cluster.annotate('late', { egressipam: null });
    await expect
      .poll(async () => (await poolNamed('full')).status?.conditions?.find(({ type }) => type === 'Degraded'), poll)
      .toMatchObject({ status: 'True', reason: 'TooManyCooling' });
    expect([(await cluster.assigned('egressip-late')).length, await cluster.annotation('late')]).toEqual([
      1,
      '10.0.128.1',
    ]);
    await remember(longest.slice(1));
    await expect.poll(() => cluster.spec('egressip-late'), poll).toBeUndefined();
    const released = (await poolNamed('full')).status?.released ?? [];
    expect([released.length, released.at(-1)?.namespace]).toEqual([longest.length, 'late']);
    expect(await refusedWrites()).toEqual([]);
  }, 240_000);
});
