import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runLive } from '../support/operator-process.ts';
import { AntreaCluster, eventually, everywhere } from './antrea-cluster.ts';

const machines = [
  { name: 'a1', zone: 'a', address: ['10.0.0.1', 'fd00::1'] },
  { name: 'a2', zone: 'a', address: ['10.0.0.2', 'fd00::2'] },
  { name: 'b1', zone: 'b', address: ['10.0.0.3', 'fd00::3'] },
  { name: 'b2', zone: 'b', address: ['10.0.0.4', 'fd00::4'] },
  { name: 'c1', zone: 'c', address: ['10.0.0.5', 'fd00::5'] },
  { name: 'c2', zone: 'c', address: ['10.0.0.6', 'fd00::6'] },
];

// One Egress counts for a pod, of both families together.
describe.each(everywhere)('two addresses of a namespace on Antrea, where $way, on $server', ({ way, server }) => {
  let cluster: AntreaCluster;

  beforeAll(async () => {
    cluster = await AntreaCluster.start(server, way, { machines });
    cluster.run();
    await cluster.addPool('two', [
      { CIDR: '10.0.0.128/28', labelValue: 'a' },
      { CIDR: '10.0.0.160/28', labelValue: 'b' },
    ]);
    await cluster.addPool('dual', [
      { CIDR: '10.0.0.192/28', labelValue: 'c' },
      { CIDR: 'fd00::1:0/124', labelValue: 'c' },
    ]);
    // On a node that stays.
    cluster.addPod('shop', 'c2');
  }, 180_000);
  afterAll(async () => {
    expect(cluster.doubles).toEqual([]);
    expect(cluster.laws.violations()).toEqual([]);
    await cluster.stop();
  }, 60_000);

  const leavesFrom = (nodes: string): Promise<void> =>
    eventually(() => expect(cluster.leavesBy('shop')).toMatch(new RegExp(`^10\\.0\\.0\\.1\\d\\d@${nodes}$`)));

  /** The address that carries, its zone, and the same of the other: which a node has first is chance. */
  const roles = (): readonly [carrier: string, zone: string, other: string, otherZone: string] =>
    cluster.leavesBy('shop').startsWith('10.0.0.129')
      ? ['10.0.0.129', 'a', '10.0.0.161', 'b']
      : ['10.0.0.161', 'b', '10.0.0.129', 'a'];

  const planned = async (): Promise<string> => (await runLive(cluster.server.kubeconfig, 'plan')).text;

  it('one carries and the other is in reserve, which is said; status does not count what does not carry', async () => {
    await cluster.addNamespace('shop', { egressipam: 'two' });
    await leavesFrom('[ab][12]');
    const [carrier, , other] = roles();
    expect(await cluster.annotation('shop')).toBe('10.0.0.129,10.0.0.161');
    expect(await cluster.egressNames()).toEqual(['egressip-ipam.shop.10-0-0-129', 'egressip-ipam.shop.10-0-0-161']);
    expect(await planned()).toContain(`shop leaves by ${carrier}, and ${other} takes over`);
    await eventually(async () => expect(await cluster.summary('two')).toEqual(['False', '1/1', '0/1']));
    const told = JSON.stringify(await cluster.statusOf('two'));
    expect(told).toContain('other addresses of theirs carry the traffic');
    expect(told).toContain('Give each CIDR an EgressIPAM of its own');
  }, 120_000);

  it('the other takes over when no node has the one that carries, and both stay the namespace’s', async () => {
    const [, zone, other, otherZone] = roles();
    const nodes = [`${zone}1`, `${zone}2`];
    for (const node of nodes) await cluster.powerOff(node);
    await leavesFrom(`${otherZone}[12]`);
    expect(await cluster.annotation('shop')).toBe('10.0.0.129,10.0.0.161');
    const traffic = cluster.watchTraffic('shop');
    for (const node of nodes) await cluster.powerOn(node);
    await eventually(async () => expect((await cluster.statusOf('two'))['served']).toBe(1));
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    traffic.stop();
    // What carries goes on: nothing is moved back without need.
    expect(new Set(traffic.seen.map((way) => way.split('@')[0]))).toEqual(new Set([other]));
  }, 120_000);

  it('of two families one leaves by its address alone, which is said', async () => {
    cluster.addPod('both', 'b2');
    await cluster.addNamespace('both', { egressipam: 'dual' });
    await eventually(() => expect(cluster.leavesBy('both', 4)).toMatch(/^10\.0\.0\.193@c[12]$/));
    expect(await cluster.annotation('both')).toBe('10.0.0.193,fd00::1:1');
    expect(cluster.leavesBy('both', 6)).toBe('node');
    expect(await planned()).toMatch(
      /both families together: namespace both leaves by 10\.0\.0\.193.* Its IPv6 traffic leaves by its nodes/,
    );
    await cluster.annotate('both', { egressipam: null });
    await cluster.annotate('shop', { egressipam: null });
    await eventually(async () => expect(await cluster.egressNames()).toEqual([]));
  }, 120_000);
});
