import { createFaultProxy, seededRandom, type FaultProxy } from '@egressip-ipam/sandbox';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeKubeconfig } from '../support/start-server.ts';
import { cidrs, expectInStep, withMoto, startAwsCluster, zones, type AwsCluster } from './aws-cluster.ts';

const kills = Number(process.env['CRASHES'] ?? 14);
const poll = { timeout: 60_000, interval: 200 };
const foreign = ['10.0.0.200', '10.0.1.200', '10.0.2.200'];

// Each life of the operator ends right before or right after one of its writes or of its calls to EC2, while it
// attaches, moves or releases.
describe('kill -9 on AWS', withMoto, () => {
  let cluster: AwsCluster;
  let proxy: FaultProxy;
  let kubeconfig: string;
  const names: string[] = [];

  beforeAll(async () => {
    cluster = await startAwsCluster({ workersPerZone: 3, instanceType: 'm5.24xlarge' });
    for (const [index, address] of foreign.entries())
      await cluster.ec2.assignForeign({
        networkInterfaceId: cluster.workers.find(({ zone }) => zone === zones[index])?.networkInterfaceId ?? '',
        address,
      });
    proxy = await createFaultProxy({ target: cluster.server.target });
    kubeconfig = await writeKubeconfig(proxy.url, 'operator');
    await cluster.addPool(
      'pool',
      cidrs.map((CIDR, index) => ({ CIDR, labelValue: zones[index] })),
    );
  }, 120_000);
  afterAll(async () => {
    await cluster.stop();
    await proxy.close();
  }, 60_000);

  it(`at ${kills} points of attaching, moving and releasing: no leak, no loss`, async () => {
    const random = seededRandom(Number(process.env['SEED'] ?? 5));
    const pick = <Item>(items: readonly Item[]): Item | undefined => items[Math.floor(random() * items.length)];
    const dead = new Set<string>();
    const promised = new Map<string, string>();
    for (let kill = 0; kill < kills; kill += 1) {
      const when = random() < 0.5 ? 'before' : 'after';
      const before = proxy.counts().drop;
      cluster.ec2.clearCalls();
      const forget =
        kill % 3 === 0
          ? proxy.add({ fault: { kind: 'drop', when }, method: 'PATCH', skip: Math.floor(random() * 6), times: 1 })
          : cluster.ec2.inject({
              fault: { kind: 'silence', when },
              action: ['AssignPrivateIpAddresses', 'UnassignPrivateIpAddresses'],
              skip: Math.floor(random() * 3),
              times: 1,
            });
      const isHit = (): boolean =>
        proxy.counts().drop > before ||
        cluster.ec2.calls.some(({ fault, outcome }) => fault === 'silence' && outcome !== undefined);
      const operator = cluster.spawn(kubeconfig);
      for (let added = 0; added < 2 - Number(names.length > 100); added += 1) {
        const name = `n${String(2 * kill + added).padStart(3, '0')}`;
        names.push(name);
        await cluster.addNamespace(name);
      }
      const zone = pick(zones) ?? '';
      const node = pick(cluster.workers.filter((worker) => worker.zone === zone))?.name ?? '';
      if (dead.delete(node)) await cluster.setReady(node, true);
      else if (![...dead].some((name) => name.includes(zone)) && dead.add(node)) await cluster.setReady(node, false);
      // Some leave, and all who would be too many for the interfaces.
      const leaving = kill % 4 === 3 || names.length > 100 ? names.find((name) => promised.has(name)) : undefined;
      if (leaving !== undefined) {
        await cluster.removeNamespace(leaving);
        promised.delete(leaving);
        names.splice(names.indexOf(leaving), 1);
      }
      for (const end = Date.now() + 6_000; Date.now() < end && !isHit();) await wait(5);
      operator.child.kill('SIGKILL');
      await operator.ended;
      forget();
      // What was promised is never taken back.
      for (const name of names) {
        const now = await cluster.annotation(name);
        const was = promised.get(name);
        if (was !== undefined) expect(now, name).toBe(was);
        else if (now !== undefined) promised.set(name, now);
      }
    }
    for (const node of dead) await cluster.setReady(node, true);
    const last = cluster.spawn(kubeconfig);
    await expect.poll(async () => (await cluster.state()).bound.size, poll).toBe(3 * names.length);
    await expect
      .poll(async () => {
        expectInStep(await cluster.state(), foreign);
        return true;
      }, poll)
      .toBe(true);
    const state = await cluster.state();
    for (const [index, address] of foreign.entries())
      expect(state.attached.get(address)).toEqual([cluster.workers.find(({ zone }) => zone === zones[index])?.name]);
    await expect.poll(() => cluster.laws.violations()).toEqual([]);
    last.child.kill('SIGKILL');
    await last.ended;
  }, 600_000);

  it('what was attached right before, and is given back meanwhile, is taken off though looks do not show it yet', async () => {
    const before = await cluster.state();
    cluster.ec2.clearCalls();
    const first = cluster.spawn(kubeconfig);
    await cluster.addNamespace('late');
    await expect
      .poll(
        () =>
          cluster.ec2.calls.filter(({ action, outcome }) => action === 'AssignPrivateIpAddresses' && outcome === 'ok')
            .length,
        { ...poll, interval: 5 },
      )
      .toBe(3);
    first.child.kill('SIGKILL');
    await first.ended;
    cluster.ec2.inject({ fault: { kind: 'stale', by: { milliseconds: 15_000 } } });
    await cluster.optOut('late');
    cluster.spawn(kubeconfig);
    await expect
      .poll(async () => [...(await cluster.state()).recorded.keys()].sort(), poll)
      .toEqual([...before.recorded.keys()].sort());
    cluster.ec2.clearFaults();
    await expect
      .poll(async () => [...(await cluster.state()).attached.keys()].sort(), poll)
      .toEqual([...before.attached.keys()].sort());
    expectInStep(await cluster.state(), foreign);
  }, 180_000);
});
