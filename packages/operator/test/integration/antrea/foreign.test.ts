import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { egresses, egressIPAMs, externalIPPools } from '../support/resources.ts';
import { unless } from '../../../../../tools/testing/unless.ts';
import { AntreaCluster, eventually, everywhere, noPools, podsOf } from './antrea-cluster.ts';

const ownPool = 'egressip-ipam.pool.10-0-0-128-28';

describe.each(everywhere)('what others made on Antrea, where $way, on $server', ({ way, server }) => {
  let cluster: AntreaCluster;

  beforeAll(async () => {
    cluster = await AntreaCluster.start(server, way);
    await cluster.client(externalIPPools).create({
      metadata: { name: 'theirs' },
      spec: { ipRanges: [{ start: '10.0.0.130', end: '10.0.0.131' }], nodeSelector: {} },
    });
    await cluster.addEgress('by-hand', { appliedTo: podsOf('elsewhere'), egressIP: '10.0.0.129' });
    await cluster.addPool('pool', [{ CIDR: '10.0.0.128/28', labelValue: 'z' }]);
    cluster.run();
  }, 180_000);
  afterAll(() => cluster.stop(), 60_000);

  const claim = async (namespace: string): Promise<void> => {
    cluster.addPod(namespace, 'c');
    await cluster.addNamespace(namespace);
  };
  const leavesByOwn = (namespace: string): Promise<void> =>
    eventually(async () => expect(cluster.leavesBy(namespace)).toMatch(`${await cluster.annotation(namespace)}@`));
  const theirs = async (): Promise<unknown> => [
    (await cluster.egress('by-hand'))?.['spec'],
    (await cluster.client(externalIPPools).get({ name: 'theirs' }))['spec'],
  ];

  it('is given to nobody: neither the address of their Egress, nor those of their pool', async () => {
    const before = await theirs();
    await claim('shop');
    await leavesByOwn('shop');
    expect(await cluster.annotation('shop')).toBe('10.0.0.132');
    await cluster.addNamespace('asks', { egressipam: 'pool', egressips: '10.0.0.129' });
    await cluster.addNamespace('asks-pool', { egressipam: 'pool', egressips: '10.0.0.130' });
    await eventually(() =>
      expect(cluster.told('claim not served').join('\n')).toMatch(/10\.0\.0\.129[^\n]*Egress by-hand/),
    );
    await eventually(() =>
      expect(cluster.told('claim not served').join('\n')).toMatch(/10\.0\.0\.130[^\n]*ExternalIPPool theirs/),
    );
    expect(await theirs()).toEqual(before);
    for (const name of ['asks', 'asks-pool']) await cluster.removeNamespace(name);
  }, 120_000);

  it('keeps a namespace waiting whose pods it takes, and says who, until it goes', async () => {
    await cluster.addEgress('rival', { appliedTo: podsOf('late'), egressIP: '10.0.0.200' });
    await claim('late');
    await eventually(() =>
      expect(cluster.told('claim not served').join('\n')).toMatch(/namespace="late"[^\n]*Egress rival applies/),
    );
    await eventually(async () => expect(await cluster.summary()).toEqual(['False', '1/2', '1/2']));
    expect(await cluster.annotation('late')).toBeUndefined();
    await cluster.client(egresses).delete({ name: 'rival' });
    await leavesByOwn('late');
    await eventually(async () => expect(await cluster.summary()).toEqual(['True', '2/2', '2/2']));
  }, 120_000);

  it('that comes later takes no address from anybody, and is told of', async () => {
    const before = await cluster.annotation('late');
    await cluster.addEgress('rival', { appliedTo: podsOf('late'), egressIP: '10.0.0.200' });
    await eventually(async () =>
      expect(await cluster.events('ForeignEgress')).toContainEqual(
        expect.stringMatching(/^late: Egress rival applies/),
      ),
    );
    await eventually(async () => expect(await cluster.summary()).toEqual(['False', '2/2', '1/2']));
    expect(await cluster.annotation('late')).toBe(before);
    expect(cluster.leavesBy('late')).toMatch(`${before}@`);
    expect(await cluster.egressNames()).toContain(`egressip-ipam.late.${before?.replaceAll('.', '-')}`);
    await cluster.client(egresses).delete({ name: 'rival' });
    await eventually(async () => expect(await cluster.summary()).toEqual(['True', '2/2', '2/2']));
  }, 120_000);

  it(
    'keeps our pool for as long as it stands in it',
    { timeout: 120_000, ...unless(way !== 'Antrea places', noPools) },
    async () => {
      await cluster.addEgress('guest', {
        appliedTo: podsOf('elsewhere'),
        externalIPPool: ownPool,
        egressIP: '10.0.0.142',
      });
      for (const name of ['shop', 'late']) await cluster.annotate(name, { egressipam: null });
      await cluster.client(egressIPAMs).delete({ name: 'pool' });
      await eventually(async () => expect(await cluster.egressNames()).toEqual(['by-hand', 'guest']));
      await eventually(async () => expect((await cluster.client(egressIPAMs).list()).items).toEqual([]));
      expect(await cluster.poolNames()).toEqual([ownPool, 'theirs']);
      await eventually(() => expect(cluster.antrea.holders('10.0.0.142')).toHaveLength(1));
      await cluster.client(egresses).delete({ name: 'guest' });
      await eventually(async () => expect(await cluster.poolNames()).toEqual(['theirs']));
    },
  );

  it('stays when all of ours is gone', async () => {
    for (const name of ['shop', 'late']) await cluster.annotate(name, { egressipam: null });
    await eventually(async () => expect(await cluster.egressNames()).toEqual(['by-hand']));
    expect(await cluster.poolNames()).toContain('theirs');
    expect(cluster.laws.violations()).toEqual([]);
  }, 60_000);
});
