import { asRecord } from '@egressip-ipam/core/plugin';
import { isNotFound } from '@egressip-ipam/kube';
import { seededRandom } from '@egressip-ipam/sandbox';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { conditionOf } from '../support/carried.ts';
import { observeLaws, type LawObserver } from '../support/law-observer.ts';
import { ovnKubernetes } from '../support/observed-networks.ts';
import { egressIPAMs, egressIPs, nodes } from '../support/resources.ts';
import { bothServers } from '../support/start-server.ts';
import { startOvnCluster, type OvnCluster } from './ovn-cluster.ts';

const poll = { timeout: 60_000, interval: 50 };
const names = ['one', 'two', 'three', 'four'];
const workers = ['a1', 'a2', 'b1', 'b2'];

describe.each(bothServers)('law 12: what is said and what is so on OVN-Kubernetes, on %s', (server) => {
  let cluster: OvnCluster;
  let laws: LawObserver;

  beforeEach(async () => {
    // By its Lease it is known to be away: what is made then would get the mark of another when it starts.
    cluster = await startOvnCluster(server, { manager: { lease: { namespace: 'default' } } });
    laws = await observeLaws(cluster.rest, ovnKubernetes);
    for (const [index, zone] of ['a', 'b'].entries())
      for (const number of [1, 2]) await cluster.addNode(`${zone}${number}`, zone, [`10.0.${index}.${number}/24`]);
    await cluster.addPool('pool', [
      { CIDR: '10.0.0.64/26', labelValue: 'a' },
      { CIDR: '10.0.1.64/26', labelValue: 'b' },
    ]);
    cluster.run();
    for (const name of names) await cluster.addNamespace(name);
    await expect.poll(summary, poll).toEqual(whole);
  }, 120_000);
  afterEach(async () => {
    await expect.poll(() => laws.violations()).toEqual([]);
    await laws.stop();
    await cluster.stop();
  }, 60_000);

  const whole = ['True', 'False', 'True', '4/4', '4/4'];
  const none = ['False', 'True', 'False', '4/4', '0/4'];
  const status = async (): Promise<Readonly<Record<string, unknown>>> =>
    asRecord((await cluster.client(egressIPAMs).get({ name: 'pool' }))['status']);
  const summary = async (): Promise<unknown> => {
    const said = await status();
    const { served, carried } = asRecord(said['summary']);
    return [...['Ready', 'Degraded', 'Assigned'].map((type) => conditionOf(said, type)), served, carried];
  };
  const patch = (name: string, spec: object): Promise<unknown> =>
    cluster.client(egressIPs).mergePatch({ name: `egressip-${name}` }, { spec });

  it('a zone that is down stands in the status, and is forgotten once it is back', async () => {
    for (const name of ['b1', 'b2']) await cluster.setReady(name, false);
    await expect.poll(summary, poll).toEqual(none);
    await cluster.setReady('b1', true);
    await expect.poll(summary, poll).toEqual(whole);
  }, 180_000);

  it('while the cluster manager is away its status is believed of nodes that are there and Ready alone', async () => {
    for (const standIn of cluster.standIns.splice(0)) await standIn.stop();
    await cluster.setReady('a1', false);
    await cluster.client(nodes).delete({ name: 'a2' });
    await expect.poll(summary, poll).toEqual(none);
    await cluster.setReady('a1', true);
    await cluster.startClusterManager();
    await expect.poll(summary, poll).toEqual(whole);
  }, 180_000);

  it('an EgressIP that people delete, narrow and turn to other namespaces is counted as it is, and put back', async () => {
    for (const standIn of cluster.standIns.splice(0)) await standIn.stop();
    await cluster.client(egressIPs).delete({ name: 'egressip-one' });
    await patch('two', { podSelector: { matchLabels: { app: 'web' } } });
    await patch('three', { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } } });
    // Those narrowed are put back with all that they had; the deleted one is assigned to nothing by anybody.
    await expect.poll(summary, poll).toEqual(['False', 'True', 'False', '4/4', '3/4']);
    await cluster.startClusterManager();
    await expect.poll(summary, poll).toEqual(whole);
  }, 180_000);

  it('while an EgressIP of somebody else selects namespaces, too, nobody is called carried', async () => {
    await cluster
      .client(egressIPs)
      .create({ metadata: { name: 'everyone' }, spec: { egressIPs: ['10.0.0.200'], namespaceSelector: {} } });
    // All are on nodes that are Ready, and by which of the two their traffic leaves nobody can say.
    await expect.poll(summary, poll).toEqual(['False', 'True', 'True', '4/4', '0/4']);
    await cluster.client(egressIPs).delete({ name: 'everyone' });
    await expect.poll(summary, poll).toEqual(whole);
  }, 180_000);

  it('in a history of everything that happens to a cluster no status says more than was so', async () => {
    const random = seededRandom(12);
    const oneOf = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)] as Value;
    const happenings: readonly (() => Promise<unknown>)[] = [
      () => cluster.setReady(oneOf(workers), random() < 0.5),
      () => cluster.client(egressIPs).delete({ name: `egressip-${oneOf(names)}` }),
      () => patch(oneOf(names), { podSelector: { matchLabels: { app: 'web' } } }),
      () => patch(oneOf(names), { egressIPs: ['10.0.0.100'] }),
      () => cluster.annotate(oneOf(names), { egressips: oneOf([null, '10.0.0.90,10.0.1.90', 'nonsense']) }),
      () => cluster.annotate(oneOf(names), { egressipam: oneOf([null, 'pool', 'pool']) }),
      async () => void (await cluster.stopOperator(), cluster.run()),
    ];
    for (let count = 0; count < 60; count += 1) {
      await oneOf(happenings)().catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
      await wait(random() * 400);
    }
    for (const name of workers) await cluster.setReady(name, true);
    for (const name of names) await cluster.annotate(name, { egressipam: 'pool', egressips: null });
    await expect.poll(summary, poll).toEqual(whole);
  }, 240_000);
});
