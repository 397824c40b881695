import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ResourceClient } from '@egressip-ipam/kube';
import { installCrds } from '@egressip-ipam/sandbox';
import { openCrd } from '../../../src/trial/open-crd.ts';
import { runLive } from '../support/operator-process.ts';
import { ciliumEndpoints, configMaps, egressIPAMs } from '../support/resources.ts';
import { bothServers } from '../support/start-server.ts';
import { addPool, startCiliumCluster, type CiliumCluster } from './cilium-cluster.ts';

const outside = '198.51.100.1';

describe.each(bothServers)('Cilium with agents on its nodes, on %s', (server) => {
  let cluster: CiliumCluster;

  beforeEach(async () => {
    cluster = await startCiliumCluster(server);
  }, 180_000);
  afterEach(() => cluster.stop(), 30_000);

  const eventually = (check: () => unknown): Promise<void> =>
    vi.waitFor(async () => void (await check()), { timeout: 60_000, interval: 50 });

  it('is served by the agents, without a flag: address, then policy; a dead node is fenced before its address moves', async () => {
    cluster.cilium.addPod({ uid: 'pod-1', namespace: 'shop', node: 'c', addresses: ['10.1.0.1'] });
    cluster.run();
    await addPool(cluster.rest);
    await cluster.addNamespace('shop');
    await eventually(() =>
      expect(cluster.cilium.traffic('pod-1', outside)).toMatchObject({ kind: 'egress', held: true }),
    );
    expect(cluster.logged.join('\n')).toMatch(/the provider is .*provider="?agent/);
    const address = (await cluster.allocated('shop')) ?? '';
    const [node = ''] = cluster.holders(address);
    expect(await cluster.policies()).toEqual([`${address}@${node}`]);

    await cluster.powerOff(node);
    await eventually(() => expect(cluster.holders(address)).toHaveLength(1));
    const [next] = cluster.holders(address);
    await eventually(async () => expect(await cluster.policies()).toEqual([`${address}@${next}`]));
    if (node !== 'c')
      await eventually(() =>
        expect(cluster.cilium.traffic('pod-1', outside)).toEqual({
          kind: 'egress',
          node: next,
          egressIP: address,
          held: true,
        }),
      );
    expect(next).not.toBe(node);
    expect(cluster.doubles).toEqual([]);
  }, 180_000);

  it('another choice of destinations changes the policy in place: at no time does anything leave by its node that should not', async () => {
    const pod = (uid: string, address: string) => ({ uid, namespace: 'shop', node: 'c', addresses: [address] });
    for (const each of [pod('pod-1', '10.1.0.1'), pod('pod-2', '10.1.0.2')]) cluster.cilium.addPod(each);
    cluster.run();
    await addPool(cluster.rest);
    await cluster.addNamespace('shop');
    const by = (destination: string) => ['pod-1', 'pod-2'].map((uid) => cluster.cilium.traffic(uid, destination).kind);
    await eventually(() => expect(by(outside)).toEqual(['egress', 'egress']));
    const leaks: unknown[] = [];
    const watch = setInterval(() => {
      if (by(outside).some((kind) => kind !== 'egress')) leaks.push(by(outside));
    }, 1);
    const set = (spec: object): Promise<unknown> =>
      new ResourceClient(cluster.rest, egressIPAMs).mergePatch({ name: 'pool' }, { spec });
    await set({ destinationCIDRs: ['198.51.100.0/24'], excludedCIDRs: ['198.51.100.128/25'] });
    await eventually(() => expect(by('203.0.113.1')).toEqual(['node', 'node']));
    expect(by('198.51.100.200')).toEqual(['node', 'node']);
    await set({ destinationCIDRs: null, excludedCIDRs: null });
    await eventually(() => expect(by('203.0.113.1')).toEqual(['egress', 'egress']));
    await eventually(() => expect(by('198.51.100.200')).toEqual(['egress', 'egress']));
    clearInterval(watch);
    expect(leaks).toEqual([]);
  }, 180_000);

  it('counts the pods of each namespace: where one has more than was reckoned, no room is promised that is not there', async () => {
    await installCrds(cluster.rest, [openCrd(ciliumEndpoints)]);
    await new ResourceClient(cluster.rest, configMaps).mergePatch(
      { namespace: 'kube-system', name: 'cilium-config' },
      { data: { 'egress-gateway-policy-map-max': '30' } },
    );
    await cluster.addNamespace('shop');
    for (let pod = 0; pod < 25; pod += 1)
      await new ResourceClient(cluster.rest, ciliumEndpoints).create({
        metadata: { name: `pod-${pod}`, namespace: 'shop' },
      });
    cluster.run();
    await addPool(cluster.rest);
    await eventually(async () => expect(await cluster.policies()).toHaveLength(1));
    await cluster.addNamespace('late');
    await eventually(() =>
      expect(cluster.logged.join('\n')).toMatch(/claim not served .*namespace="?late.*PolicyMapFull/),
    );
    expect(await cluster.allocated('late')).toBeUndefined();
    const check = await runLive(cluster.kubeconfig, 'check', '--namespace', 'default');
    expect(check.text).toMatch(/late.*none is left for the pods of this namespace/);
    expect(check.text).not.toContain('not all pods are counted');
  }, 180_000);

  it('takes the address out of the kernel when the claim goes, and writes nothing at rest', async () => {
    cluster.run();
    await addPool(cluster.rest);
    await cluster.addNamespace('shop');
    await eventually(async () => expect(await cluster.policies()).toHaveLength(1));
    const address = (await cluster.allocated('shop')) ?? '';
    // Status is written some seconds after what it is about.
    await new Promise((resolve) => setTimeout(resolve, 7_000));
    const before = (await cluster.writes()).length;
    await new Promise((resolve) => setTimeout(resolve, 7_000));
    expect((await cluster.writes()).slice(before).filter(({ resource }) => resource !== 'events')).toEqual([]);
    await cluster.removeClaim('shop');
    await eventually(() => expect(cluster.holders(address)).toEqual([]));
    await eventually(async () => expect(await cluster.policies()).toEqual([]));
  }, 180_000);
});
