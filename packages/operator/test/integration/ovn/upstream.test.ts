import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { egressIPAMs, egressIPs, nodes } from '../support/resources.ts';
import { bothServers } from '../support/start-server.ts';
import { assignable, startOvnCluster, type OvnCluster } from './ovn-cluster.ts';

const poll = { timeout: 30_000, interval: 50 };

/**
 * Cases of OVN-Kubernetes' own tests (egressip_controller_test.go, test/e2e/egressip.go) in
 * which an allocator has a part, by their names. Each has a network of its own: 10.CASE.0.0/24.
 */
describe.each(bothServers)('cases of OVN-Kubernetes, on %s', (server) => {
  let cluster: OvnCluster;

  beforeAll(async () => {
    cluster = await startOvnCluster(server);
    cluster.run();
  }, 120_000);
  afterAll(() => cluster.stop(), 60_000);

  const addNodes = async (network: number, ...names: readonly string[]): Promise<void> => {
    for (const [index, name] of names.entries())
      await cluster.addNode(name, `z${network}`, [`10.${network}.0.${index + 1}/24`]);
  };
  const addPool = (network: number, ...CIDRs: readonly string[]): Promise<unknown> =>
    cluster.addPool(
      `pool${network}`,
      CIDRs.map((CIDR) => ({ CIDR, labelValue: `z${network}` })),
    );
  const addClaim = (network: number, name: string, egressips?: string): Promise<void> =>
    Promise.resolve(
      cluster.addNamespace(name, { egressipam: `pool${network}`, ...(egressips === undefined ? {} : { egressips }) }),
    ).then(() => undefined);
  const expectAssigned = (name: string, ...entries: readonly string[]): Promise<void> =>
    expect.poll(() => cluster.assigned(`egressip-${name}`), poll).toEqual(entries);
  const setZone = (node: string, zone: string | null): Promise<unknown> =>
    cluster.client(nodes).mergePatch({ name: node }, { metadata: { labels: { zone } } });
  const isLabelled = async (node: string): Promise<boolean> =>
    (await cluster.client(nodes).get({ name: node })).metadata.labels?.[assignable] !== undefined;

  it('should re-assign EgressIPs and perform proper egressIP allocation changes', async () => {
    await addNodes(1, 'n1-1', 'n1-2');
    await setZone('n1-2', null);
    await addPool(1, '10.1.0.64/26');
    await addClaim(1, 'relabelled');
    await expectAssigned('relabelled', '10.1.0.65@n1-1');
    await setZone('n1-2', 'z1');
    await setZone('n1-1', null);
    await expectAssigned('relabelled', '10.1.0.65@n1-2');
    await expect.poll(() => isLabelled('n1-1'), poll).toBe(false);
  }, 60_000);

  it('should re-assign EgressIPs and perform proper egressIP allocation changes: on secondary host networks, IPv6 spelt in full too', async () => {
    for (const number of [1, 2, 3])
      await cluster.addNode(`n15-${number}`, `z15`, [
        `10.15.0.${number}/24`,
        ...(number === 3 ? [] : [`10.150.10.${number}/24`, `fd00:15::${number}/64`]),
      ]);
    await setZone('n15-2', null);
    await addPool(15, '10.150.10.64/26');
    await cluster.addPool('pool15v6', [{ CIDR: 'fd00:15::/64', labelValue: 'z15v6' }]);
    await addClaim(15, 'secondary');
    // n15-3 is not on that network.
    await expectAssigned('secondary', '10.150.10.65@n15-1');
    await setZone('n15-2', 'z15');
    await setZone('n15-1', null);
    await expectAssigned('secondary', '10.150.10.65@n15-2');
    await setZone('n15-1', 'z15v6');
    await cluster.addNamespace('secondary-v6', {
      egressipam: 'pool15v6',
      egressips: 'FD00:0015:0000:0000:0000:0000:0000:00AA',
    });
    await expectAssigned('secondary-v6', 'fd00:15::aa@n15-1');
  }, 60_000);

  it('should re-balance EgressIPs when their node is removed', async () => {
    await addNodes(2, 'n2-1', 'n2-2');
    await addPool(2, '10.2.0.64/26');
    await addClaim(2, 'removed');
    await expect.poll(() => cluster.assigned('egressip-removed'), poll).toHaveLength(1);
    const node = (await cluster.assigned('egressip-removed'))[0]?.split('@')[1] ?? '';
    await cluster.client(nodes).delete({ name: node });
    await expectAssigned('removed', `10.2.0.65@${node === 'n2-1' ? 'n2-2' : 'n2-1'}`);
    expect(await cluster.annotation('removed')).toBe('10.2.0.65');
  }, 60_000);

  it('should assign EgressIPs to a linux node when there are windows nodes in the cluster', async () => {
    await cluster
      .client(nodes)
      .create({ metadata: { name: 'n3-windows', labels: { zone: 'z3', 'kubernetes.io/os': 'windows' } } });
    await cluster.client(nodes).mergePatch(
      { name: 'n3-windows' },
      {
        status: {
          addresses: [{ type: 'InternalIP', address: '10.3.0.9' }],
          conditions: [{ type: 'Ready', status: 'True' }],
        },
      },
      { subresource: 'status' },
    );
    await addNodes(3, 'n3-1');
    await addPool(3, '10.3.0.64/26');
    await addClaim(3, 'linux');
    await expectAssigned('linux', '10.3.0.65@n3-1');
    expect(await isLabelled('n3-windows')).toBe(false);
  }, 60_000);

  it('ensure only one egressIP is assigned to the given node while rest of the IPs go into pending state', async () => {
    await addNodes(4, 'n4-1');
    await addPool(4, '10.4.0.64/26', '10.4.0.128/26');
    await addClaim(4, 'two-addresses');
    await expect
      .poll(() => cluster.events('WaitingForCapacity'), poll)
      .toContainEqual(expect.stringMatching(/^two-addresses: .*as many different nodes, and only 1 can/));
    expect(await cluster.annotation('two-addresses')).toBeUndefined();
    await cluster.addNode('n4-2', 'z4', ['10.4.0.2/24']);
    await expect.poll(() => cluster.assigned('egressip-two-addresses'), poll).toHaveLength(2);
  }, 60_000);

  it('should result in error and event if specified egress IP is a cluster node IP', async () => {
    await addNodes(5, 'n5-1');
    await addPool(5, '10.5.0.0/25');
    await addClaim(5, 'wants-node', '10.5.0.1');
    await expect
      .poll(() => cluster.events('AddressInUse'), poll)
      .toContainEqual(expect.stringMatching(/^wants-node: 10\.5\.0\.1 .*node n5-1/));
    expect(await cluster.spec('egressip-wants-node')).toBeUndefined();
  }, 60_000);

  it('should remove stale EgressIP setup when node label is removed while ovnkube-cluster-manager is not running and assign to newly labelled node', async () => {
    await addNodes(6, 'n6-1', 'n6-2');
    await setZone('n6-2', null);
    await addPool(6, '10.6.0.64/26');
    await addClaim(6, 'stale');
    await expectAssigned('stale', '10.6.0.65@n6-1');
    await cluster.standIns.pop()?.stop();
    await setZone('n6-1', null);
    await setZone('n6-2', 'z6');
    await expect.poll(async () => [await isLabelled('n6-1'), await isLabelled('n6-2')], poll).toEqual([false, true]);
    await cluster.startClusterManager();
    await expectAssigned('stale', '10.6.0.65@n6-2');
  }, 60_000);

  it('should only get assigned EgressIPs which matches their subnet when the node is tagged', async () => {
    await cluster.addNode('n7-1', 'z7', ['10.7.0.1/24']);
    await cluster.addNode('n7-2', 'z7', ['10.7.1.1/24']);
    await addPool(7, '10.7.0.64/26', '10.7.1.64/26');
    await addClaim(7, 'per-subnet');
    await expectAssigned('per-subnet', '10.7.0.65@n7-1', '10.7.1.65@n7-2');
  }, 60_000);

  it('an address in a network that no node has is never promised', async () => {
    await addNodes(8, 'n8-1');
    await addPool(8, '10.80.0.0/24');
    await addClaim(8, 'nowhere');
    await expect
      .poll(
        async () => JSON.stringify((await cluster.client(egressIPAMs).get({ name: 'pool8' }))['status'] ?? {}),
        poll,
      )
      .toContain('CIDRNotHostable');
    expect(await cluster.annotation('nowhere')).toBeUndefined();
  }, 60_000);

  it('should not create two EgressIPs with same egress IP value, compressed, uppercase or not', async () => {
    await cluster.addNode('n9-1', 'z9', ['fd00:9::1/64']);
    await cluster.client(egressIPs).create({
      metadata: { name: 'uppercase' },
      spec: {
        egressIPs: ['FD00:9:0:0::10', 'fd00:0009:0000:0000:0000:0000:0000:0011'],
        namespaceSelector: { matchLabels: { team: 'none' } },
      },
    });
    await cluster.addPool('pool9', [{ CIDR: 'fd00:9::10/124', labelValue: 'z9' }]);
    await addClaim(9, 'ipv6');
    await expectAssigned('ipv6', 'fd00:9::12@n9-1');
    await addClaim(9, 'wants-same', 'FD00:9:0:0:0:0:0:12');
    await expect
      .poll(() => cluster.events('DuplicateAddress'), poll)
      .toContainEqual(expect.stringMatching(/^wants-same: /));
    await addClaim(9, 'spelt-long', 'FD00:9:0:0:0:0:0:1A');
    await expectAssigned('spelt-long', 'fd00:9::1a@n9-1');
  }, 60_000);

  it('should not be able to allocate node IP, nor one equal to an address in host-cidrs annotation (IPv6)', async () => {
    await cluster.addNode('n10-1', 'z10', ['fd00:10::1/64', 'fd00:10::2/64']);
    await cluster.addPool('pool10', [{ CIDR: 'fd00:10::/125', labelValue: 'z10' }]);
    for (const address of ['fd00:10::1', 'fd00:10::2']) await addClaim(10, `wants-${address.at(-1)}`, address);
    await expect
      .poll(
        async () =>
          (await cluster.events('AddressInUse')).filter(
            (text) => text.startsWith('wants-1: ') || text.startsWith('wants-2: '),
          ).length,
        poll,
      )
      .toBe(2);
    await addClaim(10, 'gets-next');
    await expect.poll(() => cluster.annotation('gets-next'), poll).toMatch(/^fd00:10::[3-7]$/);
  }, 60_000);

  it.each(['10.11.0.70/32', '10.11.0', '10.11.0.070'])(
    'invalid IP %s: reported, the annotation untouched, no EgressIP',
    async (egressips) => {
      const name = `invalid-${egressips.replace(/[^0-9a-f]+/g, '-').replace(/^-/, '')}`;
      if ((await cluster.client(egressIPAMs).list()).items.every(({ metadata }) => metadata.name !== 'pool11')) {
        await addNodes(11, 'n11-1');
        await addPool(11, '10.11.0.64/26');
      }
      await addClaim(11, name, egressips);
      await expect
        .poll(() => cluster.events('InvalidAddress'), poll)
        .toContainEqual(expect.stringMatching(new RegExp(`^${name}: `)));
      expect(await cluster.annotation(name)).toBe(egressips);
      expect(await cluster.spec(`egressip-${name}`)).toBeUndefined();
    },
    60_000,
  );

  it('should not assign duplicate IP during restart when two EgressIPs have same IP in spec: it is told, and kept', async () => {
    await addNodes(12, 'n12-1', 'n12-2');
    await addPool(12, '10.12.0.64/26');
    await addClaim(12, 'first-here');
    await expect.poll(() => cluster.assigned('egressip-first-here'), poll).toHaveLength(1);
    await cluster.client(egressIPs).create({
      metadata: { name: 'same-address' },
      spec: { egressIPs: ['10.12.0.65'], namespaceSelector: { matchLabels: { team: 'none' } } },
    });
    await expect
      .poll(() => cluster.events('AddressConflict'), poll)
      .toContainEqual(expect.stringMatching(/^first-here: 10\.12\.0\.65 .*EgressIP same-address/));
    await cluster.standIns.pop()?.stop();
    await cluster.startClusterManager();
    expect(await cluster.annotation('first-here')).toBe('10.12.0.65');
    await addClaim(12, 'second-here');
    await expect.poll(() => cluster.annotation('second-here'), poll).toBe('10.12.0.66');
    await cluster.client(egressIPs).delete({ name: 'same-address' });
  }, 60_000);

  it('should fail if egressip-mark annotation is present during EgressIP creation, or is changed: we never send one', async () => {
    await addNodes(13, 'n13-1', 'n13-2');
    await addPool(13, '10.13.0.64/27', '10.13.0.96/27');
    await addClaim(13, 'marked');
    await expect.poll(() => cluster.assigned('egressip-marked'), poll).toHaveLength(2);
    const { metadata, ...rest } = await cluster.client(egressIPs).get({ name: 'egressip-marked' });
    // What a client meets that writes whole objects.
    const replaced = (): Promise<unknown> =>
      cluster.client(egressIPs).replace({ ...rest, metadata: { ...metadata, annotations: {} } });
    await expect(replaced()).rejects.toThrow(/mark must not be changed/);
    expect(metadata.annotations?.['k8s.ovn.org/egressip-mark']).toMatch(/^5\d{4}$/);
    // Somebody takes an address out of the spec: put back, the mark as it was.
    await cluster.client(egressIPs).mergePatch({ name: 'egressip-marked' }, { spec: { egressIPs: ['10.13.0.65'] } });
    await expect
      .poll(async () => (await cluster.spec('egressip-marked'))?.['egressIPs'], poll)
      .toEqual(['10.13.0.65', '10.13.0.97']);
    // Somebody narrows it to some pods, so that the others would leave with the addresses of nodes: widened again.
    await cluster
      .client(egressIPs)
      .mergePatch({ name: 'egressip-marked' }, { spec: { podSelector: { matchLabels: { app: 'web' } } } });
    await expect.poll(async () => (await cluster.spec('egressip-marked'))?.['podSelector'] ?? {}, poll).toEqual({});
    expect((await cluster.client(egressIPs).get({ name: 'egressip-marked' })).metadata.annotations).toEqual(
      metadata.annotations,
    );
  }, 60_000);

  it('should be able to allocate non-conflicting IPv4 on node which can host it, where other nodes can host IPv6 alone', async () => {
    await cluster.addNode('n14-1', 'z14', ['10.14.0.1/24', 'fd00:14::1/64']);
    await cluster.addNode('n14-2', 'z14', ['fd00:14::2/64']);
    await cluster.addPool('pool14', [
      { CIDR: 'fd00:14::/64', labelValue: 'z14' },
      { CIDR: '10.14.0.64/26', labelValue: 'z14' },
    ]);
    await addClaim(14, 'mixed');
    await expect.poll(() => cluster.annotation('mixed'), poll).toBe('fd00:14::3,10.14.0.65');
    // IPv4 can live on n14-1 alone. Where OVN-Kubernetes puts IPv6 is its business; when that is n14-1 too, it is told.
    const isSettled = async (): Promise<boolean> =>
      (await cluster.assigned('egressip-mixed')).length === 2 ||
      (await cluster.events('PartiallyAssigned')).some((text) => text.startsWith('mixed: '));
    await expect.poll(isSettled, poll).toBe(true);
  }, 60_000);
});
