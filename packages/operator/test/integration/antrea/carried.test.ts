import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { egresses, egressIPAMs, externalIPPools } from '../support/resources.ts';
import { unless } from '../../../../../tools/testing/unless.ts';
import { AntreaCluster, eventually, everywhere, noPools, podsOf } from './antrea-cluster.ts';

const address = '10.0.0.129';
const egress = 'egressip-ipam.shop.10-0-0-129';
const pool = 'egressip-ipam.pool.10-0-0-128-28';
const whole = ['True', '1/1', '1/1'];
/** What a hand undid is back before the first pause of those who fight over something. */
const atOnce = 4_000;
const unlabelled = { metadata: { labels: null } };

describe.each(everywhere)('a namespace on Antrea, where $way, on $server', ({ way, server }) => {
  let cluster: AntreaCluster;
  const isOurs = way === 'this project places';

  beforeAll(async () => {
    cluster = await AntreaCluster.start(server, way);
    cluster.run();
    await cluster.addPool('pool', [{ CIDR: '10.0.0.128/28', labelValue: 'z' }]);
  }, 180_000);
  afterAll(async () => {
    expect(cluster.doubles).toEqual([]);
    await eventually(() => expect(cluster.laws.violations()).toEqual([]));
    await cluster.stop();
  }, 60_000);

  const nodeNow = (): string => /^10\.0\.0\.129@(.*)$/.exec(cluster.leavesBy('shop'))?.[1] ?? '';
  const leavesByAddress = (timeout?: number): Promise<void> =>
    eventually(() => expect(nodeNow()).toMatch(/^[abc]$/), timeout);
  const patchWith =
    (spec: object) =>
    (name: string): Promise<unknown> =>
      cluster.client(egresses).mergePatch({ name }, { spec });

  it('has an address, then a node, then its traffic: nothing is ever dropped on the way', async () => {
    cluster.addPod('shop', 'c');
    const traffic = cluster.watchTraffic('shop');
    await cluster.addNamespace('shop');
    await leavesByAddress();
    traffic.stop();
    expect(await cluster.annotation('shop')).toBe(address);
    expect(traffic.seen).toEqual(['node', `${address}@${nodeNow()}`]);
    await eventually(async () => expect(await cluster.summary()).toEqual(whole));
    expect(cluster.told('the provider is').join()).toMatch(isOurs ? /provider="agent"/ : /provider="baremetal"/);
    expect(await cluster.egressNames()).toEqual([egress]);
    expect(await cluster.poolNames()).toEqual(isOurs ? [] : [pool]);
  }, 120_000);

  it('goes on by another node when its own is lost, and says meanwhile that it is not carried', async () => {
    const lost = nodeNow();
    // Its pod would be lost with it.
    cluster.addPod('shop', lost === 'a' ? 'b' : 'a');
    await leavesByAddress();
    await cluster.powerOff(lost);
    await leavesByAddress();
    expect(nodeNow()).not.toBe(lost);
    await eventually(async () => expect(await cluster.summary()).toEqual(whole));
    expect(await cluster.annotation('shop')).toBe(address);
    const next = nodeNow();
    await cluster.powerOn(lost);
    // Antrea's hash gives it back; what we moved stays.
    await eventually(() => expect(nodeNow()).toBe(isOurs ? next : lost));
    await eventually(async () => expect(await cluster.summary()).toEqual(whole));
  }, 120_000);

  it('is carried by no node: Ready is False, the address stays, and comes back', async () => {
    for (const node of ['a', 'b', 'c']) await cluster.powerOff(node);
    await eventually(async () => expect(await cluster.summary()).toEqual(['False', '1/1', '0/1']));
    expect(await cluster.annotation('shop')).toBe(address);
    for (const node of ['a', 'b', 'c']) await cluster.powerOn(node);
    await leavesByAddress();
    await eventually(async () => expect(await cluster.summary()).toEqual(whole));
    expect(cluster.antrea.holders(address)).toHaveLength(1);
  }, 180_000);

  it.each([
    ['deleted', (name: string) => cluster.client(egresses).delete({ name })],
    ['narrowed', patchWith({ appliedTo: { podSelector: { matchLabels: { app: 'web' } } } })],
    ['turned', patchWith({ appliedTo: podsOf('default') })],
    ['readdressed', patchWith({ egressIP: '10.0.0.140' })],
    ['unlabelled', (name: string) => cluster.client(egresses).mergePatch({ name }, unlabelled)],
  ])(
    'has its Egress back at once when somebody has %s it',
    async (namespace, undo) => {
      cluster.addPod(namespace, 'c');
      await cluster.addNamespace(namespace);
      await eventually(() => expect(cluster.leavesBy(namespace)).toMatch(/@[abc]$/));
      const own = await cluster.annotation(namespace);
      const name = `egressip-ipam.${namespace}.${own?.replaceAll('.', '-')}`;
      const before = (await cluster.egress(name))?.['spec'];
      await undo(name);
      await eventually(async () => expect((await cluster.egress(name))?.['spec']).toEqual(before), atOnce);
      await eventually(() => expect(cluster.leavesBy(namespace)).toMatch(`${own}@`));
      expect(await cluster.annotation(namespace)).toBe(own);
      await cluster.annotate(namespace, { egressipam: null });
      await eventually(async () => expect(await cluster.egressNames()).toEqual([egress]));
    },
    120_000,
  );

  it('leaves no Egress behind that lost our labels, also when nobody looked as its namespace gave up its claim', async () => {
    await cluster.addNamespace('forgotten');
    await eventually(async () => expect(await cluster.summary()).toEqual(['True', '2/2', '2/2']));
    await cluster.operator.stop();
    const name = `egressip-ipam.forgotten.${(await cluster.annotation('forgotten'))?.replaceAll('.', '-')}`;
    await cluster.client(egresses).mergePatch({ name }, unlabelled);
    await cluster.annotate('forgotten', { egressipam: null });
    cluster.run();
    await eventually(async () => expect(await cluster.egressNames()).toEqual([egress]));
    await eventually(async () => expect(await cluster.annotation('forgotten')).toBeUndefined());
  }, 120_000);

  it(
    'is served out of a pool that lost its label, which comes back',
    { timeout: 120_000, ...unless(isOurs, noPools) },
    async () => {
      const labels = async (): Promise<unknown> =>
        (await cluster.client(externalIPPools).get({ name: pool })).metadata.labels;
      const before = await labels();
      await cluster.client(externalIPPools).mergePatch({ name: pool }, unlabelled);
      await eventually(async () => expect(await labels()).toEqual(before), atOnce);
      await cluster.addNamespace('next');
      await eventually(async () => expect(await cluster.summary()).toEqual(['True', '2/2', '2/2']));
      await cluster.annotate('next', { egressipam: null });
      await eventually(async () => expect(await cluster.egressNames()).toEqual([egress]));
    },
  );

  it(
    'has its address back when somebody deletes the pool, upon which Antrea wipes it',
    { timeout: 120_000, ...unless(isOurs, noPools) },
    async () => {
      const uid = async (): Promise<string | undefined> =>
        (await cluster.client(externalIPPools).list()).items.find(({ metadata }) => metadata.name === pool)?.metadata
          .uid;
      const before = await uid();
      await cluster.client(externalIPPools).delete({ name: pool });
      await eventually(async () => expect([undefined, before]).not.toContain(await uid()));
      await eventually(async () =>
        expect((await cluster.egress(egress))?.['spec']).toMatchObject({ egressIP: address, externalIPPool: pool }),
      );
      await leavesByAddress();
      expect(await cluster.annotation('shop')).toBe(address);
      await eventually(async () => expect(await cluster.summary()).toEqual(whole));
    },
  );

  it('costs no write at rest', async () => {
    // Status is written some seconds after what it is about.
    await new Promise((resolve) => setTimeout(resolve, 7_000));
    const before = (await cluster.server.writes()).length;
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    const since = (await cluster.server.writes()).slice(before);
    expect(since.filter(({ resource }) => resource !== 'events' && resource !== 'leases')).toEqual([]);
  }, 60_000);

  it('leaves by its nodes when it claims nothing any more, and nothing is left of it', async () => {
    await cluster.annotate('shop', { egressipam: null });
    await eventually(async () => expect(await cluster.egressNames()).toEqual([]));
    await eventually(() => expect(cluster.antrea.holders(address)).toEqual([]));
    expect(cluster.leavesBy('shop')).toBe('node');
    await eventually(async () => expect(await cluster.annotation('shop')).toBeUndefined());
    await cluster.client(egressIPAMs).delete({ name: 'pool' });
    await eventually(async () => expect((await cluster.client(egressIPAMs).list()).items).toEqual([]));
    await eventually(async () => expect(await cluster.poolNames()).toEqual([]));
  }, 120_000);
});
