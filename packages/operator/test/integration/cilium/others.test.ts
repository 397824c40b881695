import { asRecord } from '@egressip-ipam/core/plugin';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { conditionOf } from '../support/carried.ts';
import { ClusterObjects } from '../support/cluster-objects.ts';
import { egressGatewayPolicies } from '../support/resources.ts';
import { bothServers } from '../support/start-server.ts';
import { addPool, startCiliumCluster, type CiliumCluster } from './cilium-cluster.ts';

const shop = 'egressip-ipam.ipv4.shop';
/** What a hand undid is back before the first pause of those who fight over something. */
const atOnce = 4_000;
const unlabelled = { metadata: { labels: null } };
const hostname = 'kubernetes.io/hostname';

describe.each(bothServers)('what people do to policies on Cilium, on %s', (server) => {
  let cluster: CiliumCluster;
  let objects: ClusterObjects;

  beforeAll(async () => {
    cluster = await startCiliumCluster(server);
    objects = new ClusterObjects(cluster.rest);
    cluster.cilium.addPod({ uid: 'pod-1', namespace: 'shop', node: 'c', addresses: ['10.1.0.1'] });
    cluster.run();
    await addPool(cluster.rest);
    await cluster.addNamespace('shop');
    await eventually(async () => expect(await ready()).toBe('True'));
  }, 180_000);
  afterAll(() => cluster.stop(), 60_000);

  const eventually = (check: () => unknown, timeout = 30_000): Promise<void> =>
    vi.waitFor(async () => void (await check()), { timeout, interval: 50 });
  const policies = () => objects.client(egressGatewayPolicies);
  const ready = async (): Promise<unknown> => conditionOf(await objects.statusOf('pool'), 'Ready');
  const policy = async (name: string): Promise<unknown> => {
    const { metadata, ...rest } = await policies().get({ name });
    return { labels: metadata.labels, spec: rest['spec'] };
  };
  const gateway = (more: object, selector: object = {}) => ({ egressGateway: { nodeSelector: selector, ...more } });

  it.each([
    ['an exclusion', { excludedCIDRs: ['198.51.100.0/24'] }],
    ['a destination', { destinationCIDRs: ['0.0.0.0/0', '198.51.100.0/24'] }],
    [
      'pods of others',
      {
        selectors: [{ podSelector: { matchLabels: { 'io.kubernetes.pod.namespace': 'other' } } }, { podSelector: {} }],
      },
    ],
    [
      'a list of gateways',
      { egressGateways: [{ nodeSelector: { matchLabels: { [hostname]: 'a' } }, egressIP: '10.0.0.140' }] },
    ],
    ['an interface', gateway({ interface: 'eth0' })],
    ['no address', gateway({ egressIP: null })],
    ['another label of its gateway', gateway({}, { matchLabels: { zone: 'z' } })],
    ['an expression for its gateway', gateway({}, { matchExpressions: [{ key: 'zone', operator: 'Exists' }] })],
  ])(
    'a policy of ours that was given %s is put right at once, and nothing of that stays',
    async (what, spec) => {
      const namespace = what.replaceAll(' ', '-');
      const name = `egressip-ipam.ipv4.${namespace}`;
      await cluster.addNamespace(namespace);
      await eventually(async () =>
        expect(asRecord((await policies().get({ name }))['spec'])['destinationCIDRs']).toHaveLength(1),
      );
      const before = await policy(name);
      await policies().mergePatch({ name }, { spec });
      await eventually(async () => expect(await policy(name)).toEqual(before), atOnce);
      await cluster.removeClaim(namespace);
      await eventually(async () => expect((await policies().list()).items).toHaveLength(1));
      await eventually(async () => expect(await ready()).toBe('True'));
    },
    60_000,
  );

  it('a policy of ours that lost its label has it back', async () => {
    const before = await policy(shop);
    await policies().mergePatch({ name: shop }, unlabelled);
    await eventually(async () => expect(await policy(shop)).toEqual(before), atOnce);
  }, 60_000);

  it('a policy of others for the same pods and destination that comes later is told of, and nothing calls that carried', async () => {
    await policies().create({
      metadata: { name: 'theirs' },
      spec: {
        selectors: [{ podSelector: { matchLabels: { 'io.kubernetes.pod.namespace': 'shop' } } }],
        destinationCIDRs: ['0.0.0.0/0'],
        egressGateway: { nodeSelector: { matchLabels: { [hostname]: 'a' } }, egressIP: '10.0.0.200' },
      },
    });
    await eventually(async () =>
      expect(await objects.events('ForeignPolicy')).toContainEqual(
        expect.stringMatching(/^shop: CiliumEgressGatewayPolicy theirs selects/),
      ),
    );
    await eventually(async () => expect(await ready()).toBe('False'));
    expect(await cluster.allocated('shop')).toBe('10.0.0.129');
    await policies().delete({ name: 'theirs' });
    await eventually(async () => expect(await ready()).toBe('True'));
  }, 120_000);

  it('who asks for another address leaves by the old one, then by the new one, and by neither without a node that has it', async () => {
    const outside = '198.51.100.1';
    const seen = new Set<string>();
    const look = (): void => void seen.add(JSON.stringify(way()));
    const way = (): readonly unknown[] => {
      const traffic = cluster.cilium.traffic('pod-1', outside);
      return traffic.kind === 'egress' ? [traffic.egressIP, traffic.held] : [traffic.kind];
    };
    await eventually(() => expect(way()).toEqual(['10.0.0.129', true]));
    const timer = setInterval(look, 1);
    await objects.annotate('shop', { egressips: '10.0.0.140' });
    await eventually(() => expect(way()).toEqual(['10.0.0.140', true]));
    await eventually(() => expect(cluster.holders('10.0.0.129')).toEqual([]));
    clearInterval(timer);
    // Agents do not look in step: what reaches the new gateway before it has looked is dropped there, whatever we do.
    seen.delete(JSON.stringify(['dropped']));
    expect([...seen].map((text) => JSON.parse(text) as unknown)).toEqual([
      ['10.0.0.129', true],
      ['10.0.0.140', true],
    ]);
  }, 60_000);

  it('a policy of ours that lost its label while nobody looked goes with the claim', async () => {
    await cluster.stopOperator();
    await policies().mergePatch({ name: shop }, unlabelled);
    await cluster.removeClaim('shop');
    cluster.run();
    await eventually(async () => expect((await policies().list()).items).toEqual([]));
    await eventually(() => expect(cluster.holders('10.0.0.129')).toEqual([]));
  }, 60_000);
});
