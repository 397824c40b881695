import type { StandIn } from '@egressip-ipam/sandbox';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { egressIPAMs, egressIPs, namespaces, nodeLeases, nodes } from '../support/resources.ts';
import { assignable, startOvnCluster, type OvnCluster } from './ovn-cluster.ts';
import { bothServers, type Write } from '../support/start-server.ts';

const poll = { timeout: 30_000, interval: 50 };
const quietFor = 3_000;
const zones = ['a', 'b', 'c'];
const microTime = (time: number): string => `${new Date(time).toISOString().slice(0, -1)}000Z`;
const threeZones = zones.map((zone, index) => ({ CIDR: `10.0.${index}.64/26`, labelValue: zone }));

// No server at all where the networks' CRDs are not there: then nothing is run.
describe.each(bothServers)('the operator on OVN-Kubernetes, on %s', (server) => {
  let cluster: OvnCluster;
  let created: string[] = [];

  beforeAll(async () => {
    cluster = await startOvnCluster(server);
    for (const [index, zone] of zones.entries())
      for (const number of [1, 2]) await cluster.addNode(`${zone}${number}`, zone, [`10.0.${index}.${number}/24`]);
    cluster.run();
  }, 120_000);
  afterAll(() => cluster.stop(), 60_000);
  afterEach(async () => {
    for (const name of created) await cluster.removeNamespace(name);
    created = [];
    for (const { metadata } of (await cluster.client(egressIPAMs).list()).items)
      await cluster.client(egressIPAMs).delete({ name: metadata.name });
    await expect.poll(async () => (await cluster.client(egressIPAMs).list()).items.length, poll).toBe(0);
    for (const { metadata } of (await cluster.client(egressIPs).list()).items)
      await cluster.client(egressIPs).delete({ name: metadata.name });
  }, 60_000);

  const addNamespace = async (name: string, annotations?: Readonly<Record<string, string>>): Promise<void> => {
    created.push(name);
    await cluster.addNamespace(name, annotations);
  };
  /** What is written from now on, for a while. */
  const writesDuring = async (work: () => Promise<unknown>): Promise<readonly Write[]> => {
    const before = (await cluster.writes()).length;
    await work();
    await new Promise((resolve) => setTimeout(resolve, quietFor));
    return (await cluster.writes()).slice(before).filter(({ resource }) => resource !== 'events');
  };
  const labelled = async (): Promise<readonly string[]> =>
    (await cluster.client(nodes).list()).items
      .filter(({ metadata }) => metadata.labels?.[assignable] !== undefined)
      .map(({ metadata }) => metadata.name)
      .sort();

  it('gives each namespace one EgressIP, its addresses one per zone, and writes nothing at rest', async () => {
    await cluster.addPool('pool', threeZones);
    for (const name of ['billing', 'crm', 'shop']) await addNamespace(name);
    for (const name of ['billing', 'crm', 'shop'])
      await expect.poll(() => cluster.assigned(`egressip-${name}`), poll).toHaveLength(3);
    const assigned = (
      await Promise.all(['billing', 'crm', 'shop'].map((name) => cluster.assigned(`egressip-${name}`)))
    ).flat();
    expect(assigned.map((entry) => entry.split('@')[0]).sort()).toEqual([
      '10.0.0.65',
      '10.0.0.66',
      '10.0.0.67',
      '10.0.1.65',
      '10.0.1.66',
      '10.0.1.67',
      '10.0.2.65',
      '10.0.2.66',
      '10.0.2.67',
    ]);
    for (const entry of assigned) expect(entry.split('@')[1]?.[0]).toBe(zones[Number(entry.split('.')[2])]);
    expect(await cluster.annotation('shop')).toBe((await cluster.spec('egressip-shop'))?.['egressIPs']?.toString());
    expect(await labelled()).toEqual(['a1', 'a2', 'b1', 'b2', 'c1', 'c2']);
    await expect
      .poll(
        async () =>
          ((await cluster.client(egressIPAMs).get({ name: 'pool' }))['status'] as { served?: number } | undefined)
            ?.served,
        poll,
      )
      .toBe(3);
    expect(await writesDuring(() => Promise.resolve())).toEqual([]);
  }, 60_000);

  it('gives nothing new while the cluster manager does not renew its Lease, and goes on once it does', async () => {
    const lease = { name: 'ovn-kubernetes-master', namespace: 'default' };
    const renewed = (time: number): Readonly<Record<string, unknown>> => ({
      spec: {
        holderIdentity: 'control-plane',
        leaseDurationSeconds: 60,
        renewTime: microTime(time),
      },
    });
    await cluster.client(nodeLeases).create({ metadata: lease, ...renewed(Date.now() - 600_000) });
    await cluster.addPool('pool', threeZones);
    await addNamespace('shop');
    await expect
      .poll(() => cluster.events('ClusterManagerAway'), poll)
      .toContainEqual(expect.stringMatching(/^shop: .*has not renewed its Lease/));
    expect([(await cluster.client(egressIPs).list()).items, await cluster.annotation('shop')]).toEqual([[], undefined]);
    await cluster.client(nodeLeases).mergePatch(lease, renewed(Date.now()));
    await expect.poll(() => cluster.assigned('egressip-shop'), poll).toHaveLength(3);
    await cluster.client(nodeLeases).delete(lease);
  }, 60_000);

  it('leaves the loss of a node to OVN-Kubernetes: nothing is written', async () => {
    await cluster.addPool('pool', threeZones);
    await addNamespace('shop');
    await expect.poll(() => cluster.assigned('egressip-shop'), poll).toHaveLength(3);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const [first = ''] = await cluster.assigned('egressip-shop');
    const node = first.split('@')[1] ?? '';
    const writes = await writesDuring(async () => {
      await cluster.setReady(node, false);
      await expect.poll(() => cluster.assigned('egressip-shop'), poll).not.toContain(first);
      await expect.poll(() => cluster.assigned('egressip-shop'), poll).toHaveLength(3);
    });
    expect(writes.filter(({ resource }) => resource !== 'egressipams')).toEqual([]);
    await cluster.setReady(node, true);
  }, 60_000);

  it('an unrelated label or annotation anywhere is no reason to write, nor are annotations wiped off an EgressIP', async () => {
    await cluster.addPool('pool', threeZones);
    await addNamespace('shop');
    await expect.poll(() => cluster.assigned('egressip-shop'), poll).toHaveLength(3);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const writes = await writesDuring(async () => {
      await cluster
        .client(nodes)
        .mergePatch({ name: 'a1' }, { metadata: { labels: { colour: 'green' }, annotations: { note: 'x' } } });
      await cluster
        .client(namespaces)
        .mergePatch({ name: 'shop' }, { metadata: { labels: { colour: 'green' }, annotations: { note: 'x' } } });
      // As OVN-Kubernetes does when it sets the mark: the whole map is replaced.
      const mark =
        (await cluster.client(egressIPs).get({ name: 'egressip-shop' })).metadata.annotations?.[
          'k8s.ovn.org/egressip-mark'
        ] ?? '';
      await cluster
        .client(egressIPs)
        .mergePatch({ name: 'egressip-shop' }, { metadata: { annotations: { note: 'x' } } });
      await cluster
        .client(egressIPs)
        .jsonPatch({ name: 'egressip-shop' }, [
          { op: 'add', path: '/metadata/annotations', value: { 'k8s.ovn.org/egressip-mark': mark } },
        ]);
      await cluster.client(egressIPAMs).mergePatch({ name: 'pool' }, { metadata: { labels: { colour: 'green' } } });
    });
    expect(writes).toEqual([]);
  }, 60_000);

  it('gives out no address of a node, of host-cidrs, or of an EgressIP made by hand, assigned or not', async () => {
    await cluster
      .client(nodes)
      .mergePatch(
        { name: 'a1' },
        { metadata: { annotations: { 'k8s.ovn.org/host-cidrs': JSON.stringify(['10.0.0.1/24', '10.0.0.65/24']) } } },
      );
    await cluster.client(egressIPs).create({
      metadata: { name: 'by-hand' },
      spec: { egressIPs: ['10.0.0.66', '10.0.1.65'], namespaceSelector: { matchLabels: { team: 'none' } } },
    });
    await cluster.addPool('pool', threeZones);
    await addNamespace('shop');
    await expect.poll(() => cluster.annotation('shop'), poll).toBe('10.0.0.67,10.0.1.66,10.0.2.65');
    await cluster
      .client(nodes)
      .mergePatch(
        { name: 'a1' },
        { metadata: { annotations: { 'k8s.ovn.org/host-cidrs': JSON.stringify(['10.0.0.1/24']) } } },
      );
    expect((await cluster.spec('by-hand'))?.['egressIPs']).toEqual(['10.0.0.66', '10.0.1.65']);
  }, 60_000);

  it('adopts what the migration from OpenShift SDN left, when its addresses are the annotation’s', async () => {
    await cluster.client(egressIPs).create({
      metadata: { name: 'egressip-moved' },
      spec: {
        egressIPs: ['10.0.0.80', '10.0.1.80', '10.0.2.80'],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'moved' } },
      },
    });
    await addNamespace('moved', { egressipam: 'pool', egressips: '10.0.0.80,10.0.1.80,10.0.2.80' });
    await cluster.client(egressIPs).create({
      metadata: { name: 'egressip-other' },
      spec: {
        egressIPs: ['10.0.0.90'],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'other' } },
      },
    });
    await addNamespace('other');
    await cluster.addPool('pool', threeZones);
    await expect.poll(() => cluster.assigned('egressip-moved'), poll).toHaveLength(3);
    await expect
      .poll(async () => (await cluster.client(egressIPs).get({ name: 'egressip-moved' })).metadata.labels, poll)
      .toMatchObject({ 'egressip-ipam-operator.redhat-cop.io/egressipam': 'pool' });
    expect(await cluster.annotation('moved')).toBe('10.0.0.80,10.0.1.80,10.0.2.80');
    await expect
      .poll(() => cluster.events('EgressIPConflict'), poll)
      .toEqual([expect.stringMatching(/^other: EgressIP egressip-other is not ours/)]);
    expect((await cluster.spec('egressip-other'))?.['egressIPs']).toEqual(['10.0.0.90']);
  }, 60_000);

  it('says loudly when no node carries the addresses, and that another EgressIP selects the namespace', async () => {
    await cluster.addPool('pool', threeZones);
    await addNamespace('shop');
    await expect.poll(() => cluster.assigned('egressip-shop'), poll).toHaveLength(3);
    for (const zone of zones) for (const number of [1, 2]) await cluster.setReady(`${zone}${number}`, false);
    await expect
      .poll(() => cluster.events('Unassigned'), poll)
      .toEqual([expect.stringMatching(/^shop: .*traffic leaves with the address of whatever node/)]);
    for (const zone of zones) for (const number of [1, 2]) await cluster.setReady(`${zone}${number}`, true);
    await expect.poll(() => cluster.assigned('egressip-shop'), poll).toHaveLength(3);
    await cluster
      .client(egressIPs)
      .create({ metadata: { name: 'everyone' }, spec: { egressIPs: ['10.0.0.200'], namespaceSelector: {} } });
    await expect
      .poll(() => cluster.events('OverlappingEgressIP'), poll)
      .toEqual([expect.stringMatching(/^shop: EgressIP everyone selects this namespace too/)]);
  }, 60_000);

  it('promises no address to more namespaces, nor more per namespace, than nodes can carry', async () => {
    await cluster.addPool('one-node', [
      { CIDR: '10.0.0.64/26', labelValue: 'a' },
      { CIDR: '10.0.0.128/26', labelValue: 'a' },
      { CIDR: '10.0.0.192/26', labelValue: 'a' },
    ]);
    await addNamespace('three-on-two', { egressipam: 'one-node' });
    await expect
      .poll(() => cluster.events('WaitingForNodes').then((some) => some.length + 0), poll)
      .toBeGreaterThanOrEqual(0);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await cluster.annotation('three-on-two')).toBeUndefined();
    expect(await cluster.spec('egressip-three-on-two')).toBeUndefined();
  }, 60_000);

  it('empties a node that the autoscaler is about to take away while it works, but not the last that can carry', async () => {
    await cluster.addPool('pool', [{ CIDR: '10.0.0.64/26', labelValue: 'a' }]);
    for (const name of ['one', 'two']) await addNamespace(name);
    const carriers = async (): Promise<readonly string[]> =>
      (await Promise.all(['one', 'two'].map((name) => cluster.assigned(`egressip-${name}`)))).flat();
    await expect.poll(carriers, poll).toHaveLength(2);
    const taint = (name: string, taints: readonly object[] | null): Promise<unknown> =>
      cluster.client(nodes).mergePatch({ name }, { spec: { taints } });
    const leaving = [{ key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' }];
    await taint('a1', leaving);
    await expect.poll(carriers, poll).toEqual([expect.stringMatching(/@a2$/), expect.stringMatching(/@a2$/)]);
    expect(await labelled()).toEqual(['a2']);
    await taint('a2', leaving);
    await expect
      .poll(async () => (await cluster.events('NodeStillNeeded')).filter((text) => text.includes('about to go')), poll)
      .toHaveLength(1);
    expect(await carriers()).toEqual([expect.stringMatching(/@a2$/), expect.stringMatching(/@a2$/)]);
    await taint('a1', null);
    await expect.poll(carriers, poll).toEqual([expect.stringMatching(/@a1$/), expect.stringMatching(/@a1$/)]);
    expect(await labelled()).toEqual(['a1']);
    await taint('a2', null);
    await expect.poll(labelled, poll).toEqual(['a1', 'a2']);
  }, 120_000);

  it('takes back with the EgressIPAM its EgressIPs and the labels it set, and nothing else', async () => {
    await cluster.client(nodes).mergePatch({ name: 'b1' }, { metadata: { labels: { [assignable]: '' } } });
    await cluster.client(egressIPs).create({
      metadata: { name: 'by-hand', annotations: { note: 'mine' } },
      spec: { egressIPs: ['10.0.1.200'], namespaceSelector: { matchLabels: { team: 'none' } } },
    });
    await cluster.addPool('pool', threeZones);
    await addNamespace('shop');
    await expect.poll(() => cluster.assigned('egressip-shop'), poll).toHaveLength(3);
    const before = await cluster.client(egressIPs).get({ name: 'by-hand' });
    await cluster.client(egressIPAMs).delete({ name: 'pool' });
    await expect.poll(async () => (await cluster.client(egressIPAMs).list()).items.length, poll).toBe(0);
    expect(await cluster.spec('egressip-shop')).toBeUndefined();
    expect(await cluster.annotation('shop')).toBeUndefined();
    await expect.poll(labelled, poll).toEqual(['b1']);
    expect((await cluster.client(egressIPs).get({ name: 'by-hand' }))['spec']).toEqual(before['spec']);
    await cluster.client(nodes).mergePatch({ name: 'b1' }, { metadata: { labels: { [assignable]: null } } });
  }, 60_000);

  it('serves a namespace of dual stack where two nodes can carry its addresses', async () => {
    for (const number of [1, 2])
      await cluster.addNode(`d${number}`, 'd', [`10.0.9.${number}/24`, `fd00:9::${number}/64`]);
    await cluster.addPool('dual', [
      { CIDR: '10.0.9.64/26', labelValue: 'd' },
      { CIDR: 'fd00:9::/64', labelValue: 'd' },
    ]);
    await addNamespace('dual', { egressipam: 'dual' });
    await expect.poll(() => cluster.assigned('egressip-dual'), poll).toHaveLength(2);
    const [ipv4 = '', ipv6 = ''] = await cluster.assigned('egressip-dual');
    expect(ipv4).toMatch(/^10\.0\.9\.65@d[12]$/);
    expect(ipv6).toMatch(/^fd00:9::[0-9a-f]+@d[12]$/);
    expect(ipv4.split('@')[1]).not.toBe(ipv6.split('@')[1]);
  }, 60_000);

  it('loses nothing when the cluster manager restarts, and nobody fights', async () => {
    await cluster.addPool('pool', threeZones);
    await addNamespace('shop');
    await expect.poll(() => cluster.assigned('egressip-shop'), poll).toHaveLength(3);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const before = await cluster.assigned('egressip-shop');
    const writes = await writesDuring(async () => {
      const manager = cluster.standIns.pop() as StandIn;
      await manager.stop();
      await cluster.startClusterManager();
    });
    expect(writes).toEqual([]);
    expect(await cluster.assigned('egressip-shop')).toEqual(before);
  }, 60_000);

  it('takes back what the cluster manager has not seen while it is away, and gives the same once it has looked', async () => {
    const lease = { name: 'ovn-kubernetes-master', namespace: 'default' };
    const held = (times: { readonly acquired: number; readonly renewed: number }): Record<string, unknown> => ({
      spec: {
        holderIdentity: 'control-plane',
        leaseDurationSeconds: 60,
        acquireTime: microTime(times.acquired),
        renewTime: microTime(times.renewed),
      },
    });
    const start = Date.now();
    await cluster.client(nodeLeases).create({ metadata: lease, ...held({ acquired: start - 90_000, renewed: start }) });
    await cluster.addPool('pool', threeZones);
    await addNamespace('seen');
    await expect.poll(() => cluster.assigned('egressip-seen'), poll).toHaveLength(3);
    await (cluster.standIns.pop() as StandIn).stop();
    await addNamespace('unseen');
    await expect.poll(() => cluster.spec('egressip-unseen'), poll).toBeDefined();
    const had = await cluster.annotation('unseen');
    await cluster
      .client(nodeLeases)
      .mergePatch(lease, held({ acquired: start - 90_000, renewed: Date.now() - 70_000 }));
    await expect.poll(() => cluster.spec('egressip-unseen'), poll).toBeUndefined();
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect([await cluster.spec('egressip-unseen'), await cluster.annotation('unseen')]).toEqual([undefined, had]);
    const written = (await cluster.writes()).filter(({ name }) => name === 'egressip-unseen');
    expect(written.map(({ verb }) => verb)).toEqual(['patch', 'delete']);
    expect((await cluster.spec('egressip-seen'))?.['egressIPs']).toHaveLength(3);
    // It has looked which marks there are before the operator hears of it, however slow the machine is.
    await cluster.startClusterManager();
    await cluster
      .client(nodeLeases)
      .mergePatch(lease, held({ acquired: Date.now() - 8_000, renewed: Date.now() - 7_900 }));
    await expect.poll(() => cluster.assigned('egressip-unseen'), poll).toHaveLength(3);
    expect(await cluster.annotation('unseen')).toBe(had);
    await cluster.client(nodeLeases).delete(lease);
  }, 60_000);
});
