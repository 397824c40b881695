import type { Ec2FaultRule } from '@egressip-ipam/sandbox';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cidrs, expectInStep, withMoto, startAwsCluster, zones, type AwsCluster } from './aws-cluster.ts';

const poll = { timeout: 60_000, interval: 200 };
const mutating = ['AssignPrivateIpAddresses', 'UnassignPrivateIpAddresses'];
const foreign = ['10.0.0.200', '10.0.1.200', '10.0.2.200'];

describe('faults between the operator and EC2', withMoto, () => {
  let cluster: AwsCluster;
  let names: string[] = [];

  beforeAll(async () => {
    cluster = await startAwsCluster({ workersPerZone: 2, instanceType: 'm5.24xlarge' });
    for (const [index, address] of foreign.entries())
      await cluster.ec2.assignForeign({
        networkInterfaceId: cluster.workers.find(({ zone }) => zone === zones[index])?.networkInterfaceId ?? '',
        address,
      });
    cluster.run();
  }, 120_000);
  afterAll(() => cluster.stop(), 60_000);
  beforeEach(async () => {
    await cluster.addPool(
      'pool',
      cidrs.map((CIDR, index) => ({ CIDR, labelValue: zones[index] })),
    );
    for (let number = 0; number < 3; number += 1) await addNamespace(`first-${number}`);
    await expectServed();
  }, 120_000);
  afterEach(async () => {
    cluster.ec2.clearFaults();
    await cluster.clear('pool', names);
    names = [];
    expect([...(await cluster.state()).attached.keys()].sort()).toEqual(foreign);
    await expect.poll(() => cluster.laws.violations()).toEqual([]);
  }, 120_000);

  const addNamespace = async (name: string, annotations?: Readonly<Record<string, string>>): Promise<void> => {
    names.push(name);
    await cluster.addNamespace(name, annotations);
  };
  const expectServed = async (): Promise<void> => {
    await expect.poll(async () => (await cluster.state()).bound.size, poll).toBe(3 * names.length);
    await expect
      .poll(async () => {
        expectInStep(await cluster.state(), foreign);
        return true;
      }, poll)
      .toBe(true);
  };
  /** Namespaces come, one leaves and a node goes while calls may meet faults. */
  const liveThrough = async (...rules: readonly Ec2FaultRule[]): Promise<void> => {
    for (const rule of rules) cluster.ec2.inject(rule);
    for (let number = 0; number < 3; number += 1) await addNamespace(`second-${number}`);
    const node = cluster.workers[0]?.name ?? '';
    await cluster.setReady(node, false);
    await cluster.removeNamespace('first-0');
    names = names.filter((name) => name !== 'first-0');
    await expectServed();
    await expect.poll(async () => [...(await cluster.state()).hosted.values()].flat().includes(node), poll).toBe(false);
    await cluster.setReady(node, true);
  };

  it.each<[string, Ec2FaultRule]>([
    ['throttling', { fault: { kind: 'error', code: 'RequestLimitExceeded', status: 503 }, times: 8 }],
    ['internal errors', { fault: { kind: 'error', code: 'InternalError', status: 500 }, times: 6 }],
    ['refused changes', { fault: { kind: 'error', code: 'Unavailable', status: 503 }, action: mutating, times: 6 }],
    [
      'connections reset before EC2 has seen the call',
      { fault: { kind: 'reset', when: 'before' }, action: mutating, times: 3 },
    ],
    [
      'connections reset after EC2 has applied the call',
      { fault: { kind: 'reset', when: 'after' }, action: mutating, times: 3 },
    ],
    ['looks of a moment ago', { fault: { kind: 'stale', by: { milliseconds: 2_000 } }, times: 6 }],
    ['changes that are done in part only', { fault: { kind: 'partial', addresses: 1 }, action: mutating, times: 4 }],
    ['slow changes', { fault: { kind: 'delay', milliseconds: 1_500 }, action: mutating, times: 6 }],
  ])('%s', async (_name, rule) => liveThrough(rule), 180_000);

  it('gives another address when somebody took the first between look and attach', async () => {
    // Held back until the thief has been.
    cluster.ec2.inject({ fault: { kind: 'delay', milliseconds: 2_500 }, action: 'AssignPrivateIpAddresses', times: 3 });
    const [, second] = cluster.workers;
    await addNamespace('robbed');
    await expect.poll(() => cluster.annotation('robbed'), poll).toBeDefined();
    const stolen = (await cluster.annotation('robbed'))?.split(',')[0] ?? '';
    await cluster.ec2.createLoadBalancerInterface({
      subnetId: second?.subnetId ?? '',
      address: stolen,
      description: 'ELB app/thief',
    });
    await expect.poll(async () => (await cluster.boundTo('robbed')).length, poll).toBe(3);
    expect(await cluster.boundTo('robbed')).not.toContain(stolen);
    expect((await cluster.annotation('robbed'))?.split(',').sort()).toEqual(
      [...(await cluster.boundTo('robbed'))].sort(),
    );
    await expectServed();
  }, 180_000);

  it('keeps an address that was promised, and says who has it, when somebody takes it', async () => {
    const [kept = ''] = await cluster.boundTo('first-1');
    const [node = ''] = (await cluster.state()).attached.get(kept) ?? [];
    await cluster.moto({
      Action: 'UnassignPrivateIpAddresses',
      NetworkInterfaceId: cluster.interfaceOf(node),
      'PrivateIpAddress.1': kept,
    });
    const thief = await cluster.ec2.createLoadBalancerInterface({
      subnetId: cluster.workers[0]?.subnetId ?? '',
      address: kept,
      description: 'ELB app/thief',
    });
    await expect
      .poll(() => cluster.events('AddressConflict'), poll)
      .toEqual(expect.arrayContaining([expect.stringContaining(kept)]));
    expect((await cluster.annotation('first-1'))?.split(',')).toContain(kept);
    await cluster.moto({ Action: 'DeleteNetworkInterface', NetworkInterfaceId: thief });
    await expectServed();
  }, 180_000);

  it('waits while EC2 cannot be reached, loses nothing, and goes on when it is back', async () => {
    const before = await cluster.state();
    cluster.ec2.inject({ fault: { kind: 'reset', when: 'before' } });
    await new Promise((resolve) => setTimeout(resolve, 7_000));
    await addNamespace('meanwhile');
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect([...(await cluster.state()).bound]).toEqual([...before.bound]);
    expect(await cluster.annotation('meanwhile')).toBeUndefined();
    cluster.ec2.clearFaults();
    await expectServed();
  }, 180_000);
});
