import { asRecord } from '@egressip-ipam/core/plugin';
import { Reflector } from '@egressip-ipam/kube';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { conditionOf } from '../support/carried.ts';
import { egressIPAMs, namespaces, netNamespaces } from '../support/resources.ts';
import { bothServers } from '../support/start-server.ts';
import { SdnCluster, texts } from './sdn-cluster.ts';

const prefix = 'egressip-ipam-operator.redhat-cop.io';
const poll = { timeout: 60_000, interval: 50 };
const twoZones = [
  { CIDR: '10.0.0.0/28', labelValue: 'a' },
  { CIDR: '10.0.1.0/28', labelValue: 'b' },
];
const forgers = /belongs to .*(anothers|idle)/;
const twoZonesFirst = ['10.0.0.1', '10.0.1.1'];

describe.each(bothServers)('what is said and what is so, on %s', (server) => {
  let cluster: SdnCluster;

  beforeEach(async () => {
    cluster = await SdnCluster.start(server);
    for (const [index, zone] of ['a', 'b', 'c', 'd'].entries())
      for (const number of [1, 2]) await cluster.addNode(`${zone}${number}`, zone, `192.168.${index}.${number}`);
    await cluster.addPool('pool', twoZones);
    cluster.run();
  }, 120_000);
  afterEach(async () => {
    // What a tenant forges stands in annotations twice, and nowhere else.
    const violations = (): readonly string[] => cluster.laws.violations().filter((text) => !forgers.test(text));
    await expect.poll(violations).toEqual([]);
    await cluster.stop();
  }, 60_000);

  const summary = async (): Promise<unknown> => {
    const status = await cluster.statusOf('pool');
    const { served, carried } = asRecord(status['summary']);
    return [conditionOf(status, 'Ready'), conditionOf(status, 'Degraded'), served, carried];
  };

  it('law 12: a zone that is down stands in the status, and is forgotten once it is back', async () => {
    for (const name of ['one', 'two']) await cluster.addNamespace(name);
    await expect.poll(summary, poll).toEqual(['True', 'False', '2/2', '2/2']);
    for (const name of ['b1', 'b2']) await cluster.setReady(name, false);
    await expect.poll(summary, poll).toEqual(['False', 'True', '2/2', '0/2']);
    const conditions = (await cluster.statusOf('pool'))['conditions'] as readonly Record<string, string>[];
    expect(conditions.find(({ type }) => type === 'Degraded')?.['message']).toContain(
      'addresses of 2 namespaces carry no traffic',
    );
    await cluster.setReady('b1', true);
    await expect.poll(summary, poll).toEqual(['True', 'False', '2/2', '2/2']);
  }, 180_000);

  it('law 11: a record that is forged while the operator runs gets nothing that input would not get', async () => {
    await cluster.addNamespace('honest');
    await expect.poll(() => cluster.boundTo('honest'), poll).toEqual(['10.0.0.1', '10.0.1.1']);
    const forged = {
      anothers: '10.0.0.1,10.0.1.1',
      reserved: '10.0.0.15,10.0.1.15',
      outside: '198.51.100.7,198.51.100.8',
    };
    for (const [name, addresses] of Object.entries(forged))
      await cluster.addNamespace(name, { egressipam: 'pool', egressips: addresses, allocated: `pool/${addresses}` });
    // Who claims nothing keeps nothing from others by its record.
    await cluster.addNamespace('idle', { allocated: 'pool/10.0.0.2,10.0.1.2' });
    await cluster.addNamespace('next');
    await expect.poll(() => cluster.boundTo('next'), poll).toEqual(['10.0.0.2', '10.0.1.2']);
    const recordOf = async (name: string): Promise<unknown> =>
      (await cluster.client(namespaces).get({ name })).metadata.annotations?.[`${prefix}/allocated`];
    for (const name of ['idle', 'anothers']) await expect.poll(() => recordOf(name), poll).toBeUndefined();
    expect(await cluster.annotation('anothers')).toBe(forged.anothers);
    await expect
      .poll(() => cluster.logged.filter((line) => line.includes('a record of what another namespace has')), poll)
      .toEqual([expect.stringContaining('namespace="anothers" addresses=["10.0.0.1","10.0.1.1"]')]);
    await expect
      .poll(async () => {
        const { waitingClaims } = await cluster.statusOf('pool');
        return ((waitingClaims ?? []) as readonly { namespace: string }[]).map(({ namespace }) => namespace).sort();
      }, poll)
      .toEqual(Object.keys(forged).sort());
    expect(await cluster.bindings([...Object.keys(forged), 'idle'])).toEqual([[], [], [], []]);
    expect(await cluster.boundTo('honest')).toEqual(['10.0.0.1', '10.0.1.1']);
    for (const name of Object.keys(forged)) await cluster.annotate(name, { allocated: null });
  }, 180_000);

  it.each([
    ['of the same CIDRs', twoZones, twoZonesFirst],
    [
      'of other CIDRs and nodes',
      [
        { CIDR: '10.0.2.0/28', labelValue: 'c' },
        { CIDR: '10.0.3.0/28', labelValue: 'd' },
      ],
      ['10.0.2.1', '10.0.3.1'],
    ],
  ])(
    'a namespace that goes over to an EgressIPAM %s is at no moment without addresses',
    async (_, cidrs, then) => {
      await cluster.addNamespace('shop');
      await expect.poll(() => cluster.boundTo('shop'), poll).toEqual(['10.0.0.1', '10.0.1.1']);
      const seen: number[] = [];
      const watch = new Reflector<string>({
        client: cluster.client(netNamespaces),
        consistency: 'latest',
        project: (object) => {
          if (object.metadata.name === 'shop') seen.push(texts(object['egressIPs']).length);
          return object.metadata.name;
        },
      });
      watch.start();
      await watch.whenSynced();
      await cluster.addPool('renamed', cidrs);
      await cluster.annotate('shop', { egressipam: 'renamed' });
      const record = async (): Promise<unknown> =>
        (await cluster.client(namespaces).get({ name: 'shop' })).metadata.annotations?.[`${prefix}/allocated`];
      // As long as the older one is there, the nodes are its own.
      if (then !== twoZonesFirst) await expect.poll(record, poll).toBe(`renamed/${then.join()}`);
      await cluster.client(egressIPAMs).delete({ name: 'pool' });
      await expect.poll(async () => (await cluster.client(egressIPAMs).list()).items.length, poll).toBe(1);
      await expect.poll(record, poll).toBe(`renamed/${then.join()}`);
      await expect.poll(() => cluster.boundTo('shop'), poll).toEqual(then);
      await expect.poll(async () => conditionOf(await cluster.statusOf('renamed'), 'Ready'), poll).toBe('True');
      await watch.stop();
      expect(await cluster.boundTo('shop')).toEqual(then);
      expect(Math.min(...seen)).toBeGreaterThanOrEqual(2);
    },
    180_000,
  );
});
