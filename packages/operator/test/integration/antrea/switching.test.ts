import { asRecord } from '@egressip-ipam/core/plugin';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { egressIPAMs, egresses } from '../support/resources.ts';
import { AntreaCluster, eventually, everywhere } from './antrea-cluster.ts';

// A node is of one EgressIPAM.
const machines = ['z', 'z', 'y', 'y'].map((zone, index) => ({
  name: `${zone}${index}`,
  zone,
  address: `10.0.0.${index + 1}`,
}));

describe.each(everywhere)('who changes over on Antrea, where $way, on $server', ({ way, server }) => {
  let cluster: AntreaCluster;

  beforeAll(async () => {
    cluster = await AntreaCluster.start(server, way, { machines });
    cluster.run();
    await cluster.addPool('pool', [{ CIDR: '10.0.0.128/28', labelValue: 'z' }]);
    await cluster.addPool('next', [{ CIDR: '10.0.0.160/28', labelValue: 'y' }]);
    cluster.addPod('shop', 'z0');
    await cluster.addNamespace('shop');
    await leavesBy('10.0.0.129');
  }, 180_000);
  afterAll(async () => {
    expect(cluster.doubles).toEqual([]);
    await eventually(() => expect(cluster.laws.violations()).toEqual([]));
    await cluster.stop();
  }, 60_000);

  const leavesBy = (address: string): Promise<void> =>
    eventually(() => expect(cluster.leavesBy('shop')).toMatch(new RegExp(`^${address}@[yz]\\d$`)));
  /** Changes something, and gives the addresses by which the pod left meanwhile, until there is one Egress again. */
  const addressesDuring = async (change: () => Promise<unknown>, last: string): Promise<readonly string[]> => {
    const traffic = cluster.watchTraffic('shop');
    await change();
    await leavesBy(last);
    await eventually(async () => expect(await cluster.egressNames()).toHaveLength(1));
    traffic.stop();
    return [...new Set(traffic.seen.map((seen) => seen.split('@')[0] ?? ''))];
  };

  it('to another EgressIPAM has the new address before it loses the old one', async () => {
    const change = (): Promise<unknown> => cluster.annotate('shop', { egressipam: 'next' });
    expect(await addressesDuring(change, '10.0.0.161')).toEqual(['10.0.0.129', '10.0.0.161']);
    expect(await cluster.annotation('shop')).toBe('10.0.0.161');
    await eventually(() => expect(cluster.antrea.holders('10.0.0.129')).toEqual([]));
    await eventually(async () => expect(await cluster.summary('next')).toEqual(['True', '1/1', '1/1']));
  }, 120_000);

  it('and back at once keeps what it has, or has the old one again; at no time does it leave by its nodes', async () => {
    const change = async (): Promise<void> => {
      await cluster.annotate('shop', { egressipam: 'pool' });
      await cluster.annotate('shop', { egressipam: 'next' });
    };
    const seen = await addressesDuring(change, '10.0.0.161');
    expect(seen.filter((address) => !/^10\.0\.0\.1(29|61)$/.test(address))).toEqual([]);
    expect(await cluster.annotation('shop')).toBe('10.0.0.161');
  }, 120_000);

  it('to another address of its EgressIPAM has that before it loses the old one', async () => {
    const change = (): Promise<unknown> => cluster.annotate('shop', { egressips: '10.0.0.170' });
    expect(await addressesDuring(change, '10.0.0.170')).toEqual(['10.0.0.161', '10.0.0.170']);
    await eventually(() => expect(cluster.antrea.holders('10.0.0.161')).toEqual([]));
  }, 120_000);

  it('to an EgressIPAM that has the CIDR of one that goes is served once that is gone', async () => {
    await cluster.annotate('shop', { egressipam: null });
    await eventually(async () => expect(await cluster.egressNames()).toEqual([]));
    await cluster.client(egressIPAMs).delete({ name: 'next' });
    await cluster.addPool('again', [{ CIDR: '10.0.0.160/28', labelValue: 'y' }]);
    await cluster.annotate('shop', { egressipam: 'again', egressips: null });
    // Its address of before, where that was still on its record, else the first.
    await leavesBy('10.0.0.1[67]\\d');
    const [egress] = (await cluster.client(egresses).list()).items;
    expect(asRecord(egress?.metadata.labels)['egressip-ipam-operator.redhat-cop.io/egressipam']).toBe('again');
    const prefix = 'egressip-ipam';
    expect(await cluster.poolNames()).toEqual(
      way === 'Antrea places' ? [`${prefix}.again.10-0-0-160-28`, `${prefix}.pool.10-0-0-128-28`] : [],
    );
    await eventually(async () => expect(await cluster.summary('again')).toEqual(['True', '1/1', '1/1']));
  }, 120_000);
});
