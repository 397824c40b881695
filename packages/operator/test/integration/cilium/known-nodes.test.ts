import { ResourceClient } from '@egressip-ipam/kube';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { conditionOf } from '../support/carried.ts';
import { ClusterObjects } from '../support/cluster-objects.ts';
import { runLive } from '../support/operator-process.ts';
import { ciliumNodes, nodes } from '../support/resources.ts';
import { bothServers } from '../support/start-server.ts';
import { addPool, machinesNamed, startCiliumCluster, type CiliumCluster } from './cilium-cluster.ts';

const outside = '198.51.100.1';

describe.each(bothServers)('nodes that Cilium knows, on %s', (server) => {
  let cluster: CiliumCluster;

  beforeEach(async () => {
    cluster = await startCiliumCluster(server, machinesNamed(['a', 'b']), { writesNodes: true });
    cluster.cilium.addPod({ uid: 'pod-1', namespace: 'shop', node: 'b', addresses: ['10.1.0.1'] });
    await eventually(async () => expect(await known()).toEqual(['a', 'b']));
  }, 180_000);
  afterEach(() => cluster.stop(), 60_000);

  const client = (resource: typeof nodes): ResourceClient => new ResourceClient(cluster.rest, resource);
  const eventually = (check: () => unknown): Promise<void> =>
    vi.waitFor(async () => void (await check()), { timeout: 60_000, interval: 50 });
  const known = async (): Promise<readonly string[]> =>
    (await client(ciliumNodes).list()).items.map(({ metadata }) => metadata.name).sort();
  const carriedBy = (node: string): Promise<void> =>
    eventually(() => expect(cluster.cilium.traffic('pod-1', outside)).toMatchObject({ kind: 'egress', node }));
  const check = async (): Promise<string> =>
    (await runLive(cluster.kubeconfig, 'check', '--namespace', 'default')).text;
  const ready = async (): Promise<unknown> =>
    conditionOf(await new ClusterObjects(cluster.rest).statusOf('pool'), 'Ready');

  it('carry, and one on which no agent of Cilium ever ran takes nothing until one has', async () => {
    cluster.cilium.stopAgent('a');
    await client(ciliumNodes).delete({ name: 'a' });
    cluster.run();
    await addPool(cluster.rest);
    await cluster.addNamespace('shop');
    await carriedBy('b');
    await cluster.addNamespace('bank');
    const onB = expect.stringMatching(/@b$/) as unknown;
    await eventually(async () => expect(await cluster.policies()).toEqual([onB, onB]));
    expect(await check()).toMatch(/CiliumNodeMissing .*Node\/a .*has no CiliumNode/);
    await eventually(async () => expect(await ready()).toBe('True'));

    cluster.cilium.startAgent('a');
    await eventually(async () => expect(await check()).not.toContain('CiliumNodeMissing'));
    await cluster.addNamespace('late');
    await eventually(async () =>
      expect((await cluster.policies()).filter((text) => text.endsWith('@a'))).toHaveLength(1),
    );
  }, 180_000);

  it('are left when Cilium knows them no more: what it drops there goes to another', async () => {
    cluster.run();
    await addPool(cluster.rest);
    await cluster.addNamespace('shop');
    await eventually(async () => expect(await cluster.policies()).toEqual([expect.stringMatching(/@[ab]$/)]));
    const [policy = ''] = await cluster.policies();
    const [from, to] = policy.endsWith('@a') ? ['a', 'b'] : ['b', 'a'];
    await carriedBy(from);
    await client(ciliumNodes).delete({ name: from });
    await carriedBy(to);
    expect(await cluster.policies()).toEqual([policy.replace(/@.*/, `@${to}`)]);
    await eventually(async () => expect(await ready()).toBe('True'));
    expect(cluster.doubles).toEqual([]);
  }, 180_000);

  it('are selected by the label that the agent copied last', async () => {
    for (const node of ['a', 'b']) {
      cluster.cilium.stopAgent(node);
      await client(nodes).mergePatch(
        { name: node },
        { metadata: { labels: { 'kubernetes.io/hostname': `${node}-new` } } },
      );
    }
    cluster.run();
    await addPool(cluster.rest);
    await cluster.addNamespace('shop');
    await eventually(async () => expect(await cluster.policies()).toEqual([expect.stringMatching(/@[ab]$/)]));
    const node = (await cluster.policies())[0]?.slice(-1) ?? '';
    for (const each of ['a', 'b']) cluster.cilium.startAgent(each);
    await eventually(async () => expect(await cluster.policies()).toEqual([expect.stringMatching(`@${node}-new$`)]));
    await carriedBy(node);
  }, 180_000);
});
