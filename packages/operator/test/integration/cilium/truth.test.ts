import { asRecord } from '@egressip-ipam/core/plugin';
import { isNotFound } from '@egressip-ipam/kube';
import { seededRandom } from '@egressip-ipam/sandbox';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { conditionOf } from '../support/carried.ts';
import { ClusterObjects } from '../support/cluster-objects.ts';
import { observeLaws, type LawObserver } from '../support/law-observer.ts';
import { cilium as observed } from '../support/observed-networks.ts';
import { egressGatewayPolicies, nodes } from '../support/resources.ts';
import { bothServers } from '../support/start-server.ts';
import { addPool, startCiliumCluster, type CiliumCluster } from './cilium-cluster.ts';

const names = ['one', 'two', 'three', 'four'];
const whole = ['True', 'False', '4/4', '4/4'];

describe.each(bothServers)('law 12: what is said and what is so on Cilium, on %s', (server) => {
  let cluster: CiliumCluster;
  let objects: ClusterObjects;
  let laws: LawObserver;

  beforeEach(async () => {
    cluster = await startCiliumCluster(server);
    objects = new ClusterObjects(cluster.rest);
    laws = await observeLaws(cluster.rest, observed);
    await addPool(cluster.rest);
    cluster.run();
    for (const name of names) await cluster.addNamespace(name);
    await eventually(async () => expect(await summary()).toEqual(whole));
  }, 180_000);
  afterEach(async () => {
    await eventually(() => expect(laws.violations()).toEqual([]));
    expect(cluster.doubles).toEqual([]);
    await laws.stop();
    await cluster.stop();
  }, 60_000);

  const eventually = (check: () => unknown): Promise<void> =>
    vi.waitFor(async () => void (await check()), { timeout: 60_000, interval: 50 });
  const summary = async (): Promise<readonly unknown[]> => {
    const status = await objects.statusOf('pool');
    const { served, carried } = asRecord(status['summary']);
    return [conditionOf(status, 'Ready'), conditionOf(status, 'Degraded'), served, carried];
  };
  const reasonOf = async (type: string): Promise<unknown> => {
    const { conditions } = await objects.statusOf('pool');
    const all = Array.isArray(conditions) ? conditions.map(asRecord) : [];
    return all.find((condition) => condition['type'] === type)?.['reason'];
  };

  it('who mistyped is counted beside the others, and who waits for nodes makes it not ready', async () => {
    await objects.annotate('four', { egressips: 'nonsense' });
    await objects.addNamespace('five', { egressipam: 'pool', egressips: '10.0.0.300' });
    await eventually(async () => expect(await summary()).toEqual(['True', 'False', '3/5', '4/5']));
    expect(await reasonOf('Ready')).toBe('SomeRefused');
    for (const name of ['a', 'b', 'c'])
      await objects.client(nodes).mergePatch({ name }, { spec: { unschedulable: true } });
    await cluster.addNamespace('six');
    await eventually(async () => expect(await summary()).toEqual(['False', 'True', '3/6', '4/6']));
    expect(await reasonOf('Ready')).toBe('ClaimsWaiting');
  }, 180_000);

  it('in a history of everything that happens to a cluster no status says more than was so', async () => {
    const random = seededRandom(12);
    const oneOf = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)] as Value;
    const off = new Set<string>();
    const policy = (name = oneOf(names)): string => `egressip-ipam.ipv4.${name}`;
    const patch = (spec: object, name?: string): Promise<unknown> =>
      objects.client(egressGatewayPolicies).mergePatch({ name: policy(name) }, { spec });
    const pods = (matchLabels: object): object => ({ selectors: [{ podSelector: { matchLabels } }] });
    const happenings: readonly (() => Promise<unknown>)[] = [
      async () => {
        const node = oneOf(['a', 'b', 'c']);
        if (off.delete(node)) await cluster.powerOn(node);
        else if (off.size < 2 && off.add(node)) await cluster.powerOff(node);
      },
      () => objects.client(egressGatewayPolicies).delete({ name: policy() }),
      () => patch(pods({ app: 'web' })),
      () => patch(pods({ 'io.kubernetes.pod.namespace': 'default' })),
      () => patch({ destinationCIDRs: ['198.51.100.0/24'] }),
      () => patch({ egressGateway: { egressIP: '10.0.0.141' } }, 'four'),
      () => objects.annotate(oneOf(names), { egressips: oneOf([null, '10.0.0.138', 'nonsense']) }),
      () => objects.annotate(oneOf(names), { egressipam: oneOf([null, 'pool', 'pool']) }),
      async () => void (await cluster.stopOperator(), cluster.run()),
    ];
    for (let count = 0; count < 60; count += 1) {
      await oneOf(happenings)().catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
      await wait(random() * 400);
    }
    for (const node of off) await cluster.powerOn(node);
    for (const name of names) await objects.annotate(name, { egressipam: 'pool', egressips: null });
    await eventually(async () => expect(await summary()).toEqual(whole));
    expect(await reasonOf('Ready')).toBe('AllServed');
  }, 240_000);
});
