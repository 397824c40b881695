import { asRecord } from '@egressip-ipam/core/plugin';
import type { KubernetesObject, Resource } from '@egressip-ipam/kube';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { conditionOf } from '../support/carried.ts';
import { egressIPAMs, namespaces, nodes } from '../support/resources.ts';
import { oneServer } from '../support/start-server.ts';
import { badNetworks, type BadCluster, type BadNetwork, type Machine } from './bad-networks.ts';

const prefix = 'egressip-ipam-operator.redhat-cop.io';
const machines: readonly Machine[] = ['a', 'b'].flatMap((zone, index) =>
  [1, 2].map((number) => ({ name: `${zone}${number}`, zone, address: `10.0.0.${2 * index + number}` })),
);
const CIDR = '10.0.1.0/28';
const names = ['one', 'two', 'three'];
const addresses = ['10.0.1.1', '10.0.1.2', '10.0.1.3'];
const cases = badNetworks.flatMap((network) => oneServer.map((server) => ({ network, server, name: network.name })));

describe.each(cases)('a bad day on $name, on $server', ({ network, server }) => {
  const running = new Set<BadCluster>();
  afterEach(async () => {
    for (const cluster of running) {
      expect(cluster.doubles).toEqual([]);
      await cluster.stop();
    }
    running.clear();
  }, 60_000);

  const start = async (): Promise<BadCluster> => {
    const cluster = await network.start(server, machines);
    running.add(cluster);
    for (const name of names) cluster.addPod(name, 'b1');
    return cluster;
  };
  const served = async (): Promise<BadCluster> => {
    const cluster = await start();
    await cluster.objects.addPool('pool', [{ CIDR, labelValue: 'a' }]);
    cluster.run();
    for (const name of names) await cluster.objects.addNamespace(name);
    await eventually(async () => expect(await summary(cluster)).toEqual(['True', 'False', '3/3', '3/3']));
    return cluster;
  };

  it('who comes back while its node went to nobody leaves by its address again, on a node that may have it', async () => {
    const cluster = await served();
    const { objects } = cluster;
    const label = (name: string, zone: string | null): Promise<unknown> =>
      objects.client(nodes).mergePatch({ name }, { metadata: { labels: { zone } } });
    for (const name of ['a1', 'a2']) await label(name, null);
    await label('b1', 'a');
    await eventually(() => {
      for (const name of names) expect(cluster.leavesBy(name)).toMatch(/@b1$/);
    });
    for (const name of names) await objects.annotate(name, { egressipam: null });
    await label('b1', 'b');
    for (const name of ['a1', 'a2']) await label(name, 'a');
    for (const name of names) await objects.annotate(name, { egressipam: 'pool' });
    await eventually(() => {
      for (const name of names) expect(cluster.leavesBy(name)).toMatch(/@a[12]$/);
    });
    await eventually(async () => expect(await summary(cluster)).toEqual(['True', 'False', '3/3', '3/3']));
  }, 180_000);

  it('a node that comes up with an address of a namespace is told of, and nothing is called well until it has another', async () => {
    const cluster = await served();
    const { objects } = cluster;
    const address = (await objects.annotation('one')) ?? '';
    await objects.addNode('late', 'b', address, { labels: { 'kubernetes.io/hostname': 'late' } });
    await eventually(async () =>
      expect(await degraded(cluster)).toContain('something else uses addresses of 1 namespace too: one'),
    );
    await eventually(async () => expect(await objects.events('AddressConflict')).toHaveLength(2));
    expect(await objects.annotation('one')).toBe(address);
    const told = (message: string): readonly string[] => cluster.logged.filter((line) => line.includes(message));
    expect(told('something else uses an address of a namespace, too')).toMatchObject([
      expect.stringContaining(`namespace="one" address="${address}" reason=`),
    ]);
    await objects.client(nodes).delete({ name: 'late' });
    // What Antrea says of a node that is gone is another matter.
    await eventually(async () => expect((await degraded(cluster)) ?? '').not.toContain('something else'));
    await eventually(() => expect(told('nothing else uses an address of a namespace any more')).toHaveLength(1));
  }, 180_000);

  it('a cordoned node takes nothing new and keeps what it has; one that is about to go is emptied while it works', async () => {
    const cluster = await served();
    const { objects } = cluster;
    const nodeOf = (name: string): string => cluster.leavesBy(name).split('@')[1] ?? '';
    const cordoned = nodeOf('one');
    const other = cordoned === 'a1' ? 'a2' : 'a1';
    const spec = (name: string, change: object): Promise<unknown> =>
      objects.client(nodes).mergePatch({ name }, { spec: change });
    await spec(cordoned, { unschedulable: true });
    const before = names.map((name) => cluster.leavesBy(name));
    for (const name of ['four', 'five', 'six']) {
      cluster.addPod(name, 'b1');
      await objects.addNamespace(name);
    }
    await eventually(() => {
      for (const name of ['four', 'five', 'six']) expect(cluster.leavesBy(name)).toMatch(/^10\.0\.1\.\d+@a[12]$/);
    });
    // Antrea, where it places, may put more on a node that keeps what it has; that is said.
    if (network.placesByUs) for (const name of ['four', 'five', 'six']) expect(nodeOf(name)).toBe(other);
    expect(names.map((name) => cluster.leavesBy(name))).toEqual(before);

    await spec(cordoned, {
      unschedulable: null,
      taints: [{ key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule', value: '1' }],
    });
    const all = [...names, 'four', 'five', 'six'];
    await eventually(() => expect(all.map(nodeOf)).toEqual(all.map(() => other)));
    await eventually(async () => expect(await summary(cluster)).toEqual(['True', 'False', '6/6', '6/6']));
  }, 180_000);

  it.each(['somebody', 'a node'])(
    'a backup that is restored into another cluster gets nothing that %s has there',
    async (who) => {
      const cluster = await served();
      const kinds = [egressIPAMs, namespaces, ...network.kinds];
      const backup = await backupOf(cluster, kinds);
      await cluster.stop();
      running.delete(cluster);

      const [taken = '', ...others] = addresses;
      const other = await start();
      if (who === 'a node')
        await other.objects.addNode('late', 'b', taken, { labels: { 'kubernetes.io/hostname': 'late' } });
      else await makeStranger(other, network, taken);
      for (const [kind, objects] of backup)
        // Antrea's webhook refuses what names a pool that it has not seen yet.
        for (const object of objects) await eventually(() => restore(other, kind, object));
      other.run();
      await eventually(() => {
        const ways = names.map((name) => other.leavesBy(name));
        for (const address of others) expect(ways.join()).toContain(`${address}@`);
        expect(ways.join()).not.toContain(`${taken}@`);
      });
      await eventually(async () => expect((await summary(other))[0]).toBe('True'));
      expect(other.holders(taken).filter((node) => node !== 'late')).toEqual([]);
      // What was restored with it is gone, and not somebody else's from now on.
      const users = who === 'a node' ? [] : ['stranger'];
      await eventually(async () => expect(await naming(other, network, taken)).toEqual(users));
      await atRest(other);

      // What was found to be right is the namespaces' own by now, whoever uses it later (law 2).
      await makeStranger(other, network, others[0] ?? '', 'late-stranger');
      await eventually(async () => expect(await degraded(other)).toContain('something else uses'));
      for (const address of others) expect(names.map((name) => other.leavesBy(name)).join()).toContain(`${address}@`);
      await atRest(other);
    },
    240_000,
  );
});

function eventually(check: () => unknown): Promise<void> {
  return vi.waitFor(async () => void (await check()), { timeout: 40_000, interval: 50 });
}

/** Of the EgressIPAM: `Ready`, `Degraded`, how many of its claims are served and carried. */
async function summary({ objects }: BadCluster): Promise<readonly unknown[]> {
  const status = await objects.statusOf('pool');
  const { served, carried } = asRecord(status['summary']);
  return [conditionOf(status, 'Ready'), conditionOf(status, 'Degraded'), served, carried];
}

/** Why the EgressIPAM is Degraded. */
async function degraded({ objects }: BadCluster): Promise<unknown> {
  const { conditions } = await objects.statusOf('pool');
  const all = Array.isArray(conditions) ? conditions.map(asRecord) : [];
  return all.find(({ type, status }) => type === 'Degraded' && status === 'True')?.['message'];
}

/** Nothing is written any more, once agents whose Leases come late are counted. */
async function atRest(cluster: BadCluster): Promise<void> {
  const writtenNow = async (): Promise<readonly unknown[]> => {
    const before = (await cluster.writes()).length;
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const since = (await cluster.writes()).slice(before);
    return since.filter(({ resource }) => resource !== 'events' && resource !== 'leases');
  };
  await expect.poll(writtenNow, { timeout: 20_000, interval: 1 }).toEqual([]);
}

/** What a backup keeps of objects: neither who made them nor status. */
async function backupOf(
  { objects }: BadCluster,
  kinds: readonly Resource[],
): Promise<ReadonlyMap<Resource, readonly KubernetesObject[]>> {
  const lists = await Promise.all(kinds.map((kind) => objects.client(kind).list()));
  return new Map(
    kinds.map((kind, index) => [
      kind,
      (lists[index]?.items ?? [])
        .filter(({ metadata }) => kind !== namespaces || metadata.annotations?.[`${prefix}/egressipam`] !== undefined)
        .map(({ metadata: { name, labels, annotations }, spec }): KubernetesObject => ({
          spec,
          metadata: { name, ...(labels && { labels }), ...(annotations && { annotations }) },
        })),
    ]),
  );
}

async function restore({ objects }: BadCluster, kind: Resource, object: KubernetesObject): Promise<void> {
  const { name } = object.metadata;
  const { items } = await objects.client(kind).list();
  if (!items.some(({ metadata }) => metadata.name === name)) await objects.client(kind).create(object);
}

/** The objects that send traffic out by an address. */
async function naming({ objects }: BadCluster, { kinds }: BadNetwork, address: string): Promise<readonly string[]> {
  const lists = await Promise.all(kinds.slice(-1).map((kind) => objects.client(kind).list()));
  return lists
    .flatMap(({ items }) => items)
    .filter(({ spec }) => JSON.stringify(spec).includes(`"${address}"`))
    .map(({ metadata }) => metadata.name);
}

async function makeStranger(
  { objects }: BadCluster,
  { kinds, foreign }: BadNetwork,
  address: string,
  name = 'stranger',
): Promise<void> {
  const binding = kinds.at(-1);
  if (binding === undefined) throw new Error('nothing binds traffic');
  await objects.client(binding).create({ metadata: { name }, spec: foreign('elsewhere', address) });
}
