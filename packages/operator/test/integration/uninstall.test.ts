import { afterEach, describe, expect, it } from 'vitest';
import {
  definitions,
  egressIPAMs,
  egressIPs,
  hostSubnets,
  namespaces,
  nodeLeases,
  nodes,
} from './support/resources.ts';
import { startOvnCluster } from './ovn/ovn-cluster.ts';
import { SdnCluster } from './sdn/sdn-cluster.ts';
import { runLive } from './support/operator-process.ts';
import { bothServers, realServer, writeKubeconfig, type ServerName } from './support/start-server.ts';
import { noRealServer, unless } from '../../../../tools/testing/unless.ts';

const poll = { timeout: 240_000, interval: 200 };
const prefix = 'egressip-ipam-operator.redhat-cop.io/';
const names = ['one', 'two', 'three'];

describe('uninstall, when the operator is gone already', () => {
  const stops: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });

  /** OpenShift SDN with a namespace's address each, no operator, and a finalizer that somebody took off. */
  const startUnfinalized = async (server: ServerName): Promise<SdnCluster> => {
    const cluster = await SdnCluster.start(server);
    stops.push(() => cluster.stop());
    await cluster.addNode('a1', 'a', '10.0.9.1');
    await cluster.addPool('pool', [{ CIDR: '10.0.0.0/28', labelValue: 'a' }]);
    for (const name of names) await cluster.addNamespace(name);
    cluster.run();
    await expect
      .poll(async () => (await cluster.bindings(names)).every((addresses) => addresses.length === 1), poll)
      .toBe(true);
    await cluster.stopOperator();
    await cluster.client(egressIPAMs).mergePatch({ name: 'pool' }, { metadata: { finalizers: null } });
    return cluster;
  };

  it('plans first, refuses beside a leader, then takes everything back on OpenShift SDN', async () => {
    const cluster = await SdnCluster.start('the sandbox');
    stops.push(() => cluster.stop());
    for (const [name, zone, address] of [
      ['a1', 'a', '10.0.9.1'],
      ['b1', 'b', '10.0.9.2'],
    ] as const)
      await cluster.addNode(name, zone, address);
    await cluster.addPool('pool', [
      { CIDR: '10.0.0.0/28', labelValue: 'a' },
      { CIDR: '10.0.1.0/28', labelValue: 'b' },
    ]);
    for (const name of names) await cluster.addNamespace(name);
    cluster.run({ leaderElect: true });
    await expect
      .poll(async () => (await cluster.bindings(names)).every((addresses) => addresses.length === 2), poll)
      .toBe(true);

    const beside = await cluster.command('uninstall', '--apply', '--namespace', 'default');
    expect(beside.code).toBe(1);
    await cluster.stopOperator();
    const planned = await cluster.command('uninstall', '--namespace', 'default');
    expect(planned.code).toBe(2);
    expect(await cluster.bindings(names)).not.toContainEqual([]);
    expect((await cluster.client(egressIPAMs).list()).items).toHaveLength(1);

    const done = await cluster.command('uninstall', '--apply', '--namespace', 'default');
    expect(done.code).toBe(0);
    expect((await cluster.client(egressIPAMs).list()).items).toEqual([]);
    expect(await cluster.bindings(names)).toEqual([[], [], []]);
    expect(await cluster.hosted()).toEqual({ a1: [], b1: [] });
    expect(
      (await cluster.client(hostSubnets).list()).items.flatMap(({ metadata }) =>
        Object.keys(metadata.annotations ?? {}).filter((key) => key.startsWith(prefix)),
      ),
    ).toEqual([]);
    // What their owners wrote stays theirs.
    for (const name of names)
      expect(Object.keys((await cluster.client(namespaces).get({ name })).metadata.annotations ?? {})).toEqual([
        `${prefix}egressipam`,
      ]);
    expect((await cluster.command('uninstall', '--apply', '--namespace', 'default')).code).toBe(0);
  }, 900_000);

  it('takes everything back on OVN-Kubernetes, though the namespace of the operator is gone, too', async () => {
    const cluster = await startOvnCluster('the sandbox');
    stops.push(() => cluster.stop());
    for (const number of [1, 2]) await cluster.addNode(`n${number}`, 'a', [`10.0.0.${number}/24`]);
    await cluster.addPool('pool', [{ CIDR: '10.0.0.64/26', labelValue: 'a' }]);
    for (const name of names) await cluster.addNamespace(name);
    cluster.run();
    await expect
      .poll(
        async () => Promise.all(names.map(async (name) => (await cluster.assigned(`egressip-${name}`)).length)),
        poll,
      )
      .toEqual([1, 1, 1]);
    await cluster.stopOperator();

    expect((await runLive(cluster.kubeconfig, 'uninstall', '--apply')).code).toBe(0);
    expect((await cluster.client(egressIPs).list()).items).toEqual([]);
    expect(
      (await cluster.client(nodes).list()).items
        .flatMap(({ metadata }) => [...Object.keys(metadata.labels ?? {}), ...Object.keys(metadata.annotations ?? {})])
        .filter((key) => key.includes('egress-assignable')),
    ).toEqual([]);
  }, 900_000);

  it('takes back what an EgressIPAM gave whose finalizer somebody took off, on OpenShift SDN', async () => {
    const cluster = await startUnfinalized('the sandbox');
    const pools = cluster.client(egressIPAMs);
    await pools.delete({ name: 'pool' });

    const planned = await cluster.command('uninstall', '--namespace', 'default');
    expect(planned.code).toBe(2);
    expect(planned.text).toContain('NetNamespace one: unbind traffic from');
    expect((await cluster.command('uninstall', '--apply', '--namespace', 'default')).code).toBe(0);
    expect(await cluster.bindings(names)).toEqual([[], [], []]);
    expect(await cluster.hosted()).toEqual({ a1: [] });
    for (const name of names) expect(await cluster.annotation(name)).toBeUndefined();
  }, 900_000);

  it.each(bothServers)(
    'takes everything back though the definition was deleted first, on %s',
    async (server) => {
      const cluster = await startUnfinalized(server);
      const pools = cluster.client(egressIPAMs);
      await cluster.client(definitions).delete({ name: 'egressipams.redhatcop.redhat.io' });
      await expect
        .poll(
          () =>
            pools.list().then(
              () => 'served',
              () => 'gone',
            ),
          poll,
        )
        .toBe('gone');

      expect((await cluster.command('uninstall', '--namespace', 'default')).code).toBe(2);
      expect((await cluster.command('uninstall', '--apply', '--namespace', 'default')).code).toBe(0);
      expect(await cluster.bindings(names)).toEqual([[], [], []]);
      expect(await cluster.hosted()).toEqual({ a1: [] });
      for (const name of names) expect(await cluster.annotation(name)).toBeUndefined();
    },
    900_000,
  );

  it(
    'ends, and gives the Lease back, where it may not delete EgressIPAMs',
    { ...unless(realServer.length === 0, noRealServer), timeout: 900_000 },
    async () => {
      const cluster = await SdnCluster.start('a real API server', [], [{ token: 'reader', user: 'reader' }]);
      stops.push(() => cluster.stop());
      await cluster.addPool('pool', [{ CIDR: '10.0.0.0/28', labelValue: 'a' }]);
      const rules = [
        { apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] },
        { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create', 'update'] },
      ];
      const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'reader' };
      const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'reader' }];
      for (const [plural, kind, rest] of [
        ['clusterroles', 'ClusterRole', { rules }],
        ['clusterrolebindings', 'ClusterRoleBinding', { roleRef, subjects }],
      ] as const)
        await cluster
          .client({ group: 'rbac.authorization.k8s.io', version: 'v1', plural, kind, namespaced: false })
          .create({ metadata: { name: 'reader' }, ...rest });
      const { url, ca } = cluster.server.target;
      const kubeconfig = await writeKubeconfig(url, 'reader', ca);
      expect((await runLive(kubeconfig, 'uninstall', '--apply', '--namespace', 'default')).code).toBe(1);
      const lease = await cluster.client(nodeLeases).get({ namespace: 'default', name: 'egressip-ipam-operator' });
      expect(lease['spec']).toMatchObject({ holderIdentity: '' });
    },
  );

  it('and run refuses beside a leader', async () => {
    const cluster = await SdnCluster.start('the sandbox');
    stops.push(() => cluster.stop());
    await cluster.addNode('a1', 'a', '10.0.9.1');
    cluster.run({ leaderElect: true });
    await expect.poll(() => cluster.logged.some((line) => line.includes('planning begins')), poll).toBe(true);
    const second = cluster.spawn(undefined, '--namespace', 'default');
    expect(await second.ended).toBe(1);
    expect(second.lines.join('\n')).toMatch(/acts as the operator already.*--leader-elect/);
  }, 900_000);
});
