import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OperatorProcess } from '../support/operator-process.ts';
import { namespaces, nodeLeases as leases } from '../support/resources.ts';
import { oneServer, writeKubeconfig } from '../support/start-server.ts';
import { SdnCluster } from './sdn-cluster.ts';
import { noRealServer, onlyLinux, unless } from '../../../../../tools/testing/unless.ts';

const poll = { timeout: 60_000, interval: 100 };
const own = 'egressip-ipam-operator';
const users = ['operator-1', 'operator-2', 'reader', 'stranger'] as const;
const masters = ['system:masters'];

describe.each(oneServer)('run from laptops, on %s', (server) => {
  let cluster: SdnCluster;
  const start = async (user: (typeof users)[number], ...flags: readonly string[]): Promise<OperatorProcess> => {
    const { url, ca } = cluster.server.target;
    return cluster.spawn(await writeKubeconfig(url, user, ca), ...flags);
  };
  const says = ({ lines }: OperatorProcess, text: string): Promise<void> =>
    expect.poll(() => lines.join('\n'), poll).toContain(text);
  const holder = async (): Promise<unknown> => {
    const { spec } = await cluster.client(leases).get({ namespace: own, name: own });
    return (spec as { readonly holderIdentity?: unknown }).holderIdentity;
  };
  const served = async (name: string): Promise<void> => {
    await cluster.addNamespace(name);
    await expect.poll(async () => (await cluster.bindings([name]))[0]?.length, poll).toBe(1);
  };
  const writers = async (): Promise<readonly string[]> => [
    ...new Set(
      (await cluster.server.writes()).flatMap(({ resource, user }) =>
        ['leases', 'namespaces', 'events'].includes(resource) ? [] : [user],
      ),
    ),
  ];

  beforeEach(async () => {
    cluster = await SdnCluster.start(
      server,
      [],
      users.map((user) => ({ token: user, user, groups: user.startsWith('operator') ? masters : [] })),
    );
    await cluster.addNode('a1', 'a', '192.168.0.1');
    await cluster.addPool('pool', [{ CIDR: '10.0.0.0/24', labelValue: 'a' }]);
  }, 120_000);
  afterEach(() => cluster.stop(), 60_000);

  it('two at once, where nothing is installed: one acts, the other names it and ends', async () => {
    const both = await Promise.all([start('operator-1'), start('operator-2')]);
    const refused = await Promise.race(both.map(async (run) => (await run.ended, run)));
    expect(await refused.ended).toBe(1);
    const [acting] = both.filter((run) => run !== refused);
    expect(refused.lines.join('\n')).toContain(
      `${String(await holder())} acts as the operator already (Lease ${own}/${own})`,
    );
    expect(refused.lines.join('\n')).toContain('--leader-elect');
    await served('shop');
    expect(acting?.child.exitCode).toBe(null);
    expect(await writers()).toEqual([both[0] === acting ? 'operator-1' : 'operator-2']);
  }, 120_000);

  it('beside the installed operator it ends, and is served its turn once that has stopped', async () => {
    await cluster.client(namespaces).create({ metadata: { name: own } });
    const installed = await start('operator-1', '--leader-elect');
    await says(installed, 'planning begins');
    const laptop = await start('operator-2');
    expect(await laptop.ended).toBe(1);
    expect(laptop.lines.join('\n')).toContain(`${String(await holder())} acts as the operator already`);
    installed.child.kill('SIGTERM');
    expect(await installed.ended).toBe(0);
    expect(await holder()).toBe('');
    await says(await start('operator-2'), 'planning begins');
    await served('shop');
    expect(await writers()).toContain('operator-2');
  }, 120_000);

  it(
    'killed and started again on the same machine it need not wait for its own lease',
    {
      ...unless(process.platform !== 'linux', onlyLinux),
      timeout: 120_000,
    },
    async () => {
      const first = await start('operator-1');
      await says(first, 'planning begins');
      first.child.kill('SIGKILL');
      expect(await first.ended).toBe('SIGKILL');
      const second = await start('operator-1');
      await says(second, 'planning begins');
      expect(second.lines.join('\n')).toContain('the holder of the lease is gone, and it is taken over');
      expect(second.lines.join('\n')).not.toContain('the lease is waited for');
      await served('shop');
    },
  );

  it('waits for the lease of a holder elsewhere of which nothing is heard, and says so', async () => {
    await cluster.client(namespaces).create({ metadata: { name: own } });
    const renewTime = new Date().toISOString().replace('Z', '000Z');
    await cluster.client(leases).create({
      metadata: { namespace: own, name: own },
      spec: { holderIdentity: 'elsewhere_1', leaseDurationSeconds: 15, renewTime, acquireTime: renewTime },
    });
    const laptop = await start(
      'operator-1',
      ...['--leader-elect-lease-duration', '5', '--leader-elect-renew-deadline', '4'],
    );
    await says(laptop, 'the lease is waited for until its holder shows that it lives, or its time is over');
    await says(laptop, 'planning begins');
    expect(await holder()).not.toBe('elsewhere_1');
  }, 120_000);

  it(
    'ends without the right to read, or with a token that is none, and says what is missing',
    { ...unless(server === 'the sandbox', noRealServer), timeout: 120_000 },
    async () => {
      const { url, ca } = cluster.server.target;
      for (const [token, missing] of [
        ['stranger', 'User "stranger" cannot list resource "nodes"'],
        ['nobody', '401 Unauthorized'],
      ] as const) {
        const laptop = cluster.spawn(await writeKubeconfig(url, token, ca));
        expect(await laptop.ended).toBe(1);
        expect(laptop.lines.at(-1)).toContain('the cluster may not be read');
        expect(laptop.lines.at(-1)).toContain(missing);
      }
    },
  );

  it(
    'writes nothing without the right to the lease, and says which right it is',
    { ...unless(server === 'the sandbox', noRealServer), timeout: 120_000 },
    async () => {
      const name = 'reader';
      for (const [plural, kind, rest] of [
        [
          'clusterroles',
          'ClusterRole',
          { rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] }] },
        ],
        [
          'clusterrolebindings',
          'ClusterRoleBinding',
          {
            roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
            subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name }],
          },
        ],
      ] as const)
        await cluster
          .client({ group: 'rbac.authorization.k8s.io', version: 'v1', plural, kind, namespaced: false })
          .create({ metadata: { name }, ...rest });
      const withoutNamespace = await start('reader');
      expect(await withoutNamespace.ended).toBe(1);
      expect(withoutNamespace.lines.join('\n')).toContain(`kubectl create namespace ${own}`);
      const withoutLease = await start('reader', '--namespace', 'default');
      expect(await withoutLease.ended).toBe(1);
      expect(withoutLease.lines.join('\n')).toContain('ask for the verbs get, create and update on leases');
    },
  );
});
