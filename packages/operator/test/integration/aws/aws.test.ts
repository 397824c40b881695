import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodes } from '../support/resources.ts';
import {
  cidrs,
  expectInStep,
  withMoto,
  startAwsCluster,
  zones,
  type AwsCluster,
  type AwsState,
} from './aws-cluster.ts';

const poll = { timeout: 60_000, interval: 200 };
const assignments = cidrs.map((CIDR, index) => ({ CIDR, labelValue: zones[index] }));
const foreign = ['10.0.0.200', '10.0.1.200', '10.0.2.200'];

describe('the operator on AWS, against a strict EC2', withMoto, () => {
  let cluster: AwsCluster;
  const names = Array.from({ length: 60 }, (_, index) => `ns-${String(index).padStart(2, '0')}`);
  const zoneOf = (node: string): string => cluster.workers.find(({ name }) => name === node)?.zone ?? '';

  beforeAll(async () => {
    cluster = await startAwsCluster({ workersPerZone: 3, instanceType: 'm5.24xlarge' });
    for (const [index, address] of foreign.entries()) {
      const worker = cluster.workers.find(({ zone }) => zone === zones[index]);
      await cluster.ec2.assignForeign({ networkInterfaceId: worker?.networkInterfaceId ?? '', address });
    }
    await cluster.ec2.createLoadBalancerInterface({
      subnetId: cluster.workers[0]?.subnetId ?? '',
      address: '10.0.0.9',
      description: 'ELB app/shop',
    });
    await cluster.addPool('pool', assignments);
    cluster.run();
  }, 120_000);
  afterAll(() => cluster.stop(), 60_000);

  const expectForeignUntouched = ({ attached }: AwsState): void => {
    for (const address of foreign) expect(attached.get(address)).toHaveLength(1);
  };

  it('places sixty namespaces in three zones, each address on an interface of its zone', async () => {
    await Promise.all(names.map((name) => cluster.addNamespace(name)));
    await expect.poll(async () => (await cluster.state()).bound.size, poll).toBe(180);
    const state = await cluster.state();
    expectInStep(state, foreign);
    expectForeignUntouched(state);
    for (const [address, [node = '']] of state.hosted) expect(zoneOf(node)).toBe(zones[Number(address.split('.')[2])]);
    for (const reserved of ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.9'])
      expect(state.bound.has(reserved)).toBe(false);
  }, 120_000);

  it('moves the addresses of a dead node by one call each way, and leaves the others where they are', async () => {
    const before = await cluster.state();
    const dead = cluster.workers[0]?.name ?? '';
    const moving = [...before.hosted].filter(([, [node]]) => node === dead).map(([address]) => address);
    cluster.ec2.clearCalls();
    await cluster.setReady(dead, false);
    let after = before;
    await expect
      .poll(async () => {
        after = await cluster.state();
        return moving.filter(
          (address) => after.attached.get(address)?.[0] === dead || after.hosted.get(address) === undefined,
        );
      }, poll)
      .toEqual([]);
    await expect
      .poll(async () => {
        expectInStep(await cluster.state(), foreign);
        return true;
      }, poll)
      .toBe(true);
    after = await cluster.state();
    expectForeignUntouched(after);
    expect([...after.bound.keys()].sort()).toEqual([...before.bound.keys()].sort());
    for (const [address, [node]] of before.hosted)
      if (!moving.includes(address)) expect(after.hosted.get(address)).toEqual([node]);
    const moves = cluster.ec2.calls.filter(({ kind }) => kind === 'mutating');
    expect(
      moves.every(
        ({ action, parameters }) => action === 'AssignPrivateIpAddresses' && parameters['AllowReassignment'] === 'true',
      ),
    ).toBe(true);
    expect(moves.length).toBeLessThanOrEqual(4);
    await cluster.setReady(dead, true);
  }, 120_000);

  it('takes the addresses of a deleted node from its machine, which runs on', async () => {
    const before = await cluster.state();
    const gone = cluster.workers[1]?.name ?? '';
    const moving = [...before.hosted].filter(([, [node]]) => node === gone).map(([address]) => address);
    expect(moving.length).toBeGreaterThan(0);
    cluster.ec2.clearCalls();
    await cluster.client(nodes).delete({ name: gone });
    await expect
      .poll(async () => [...(await cluster.state()).attached.values()].flat().includes(gone), poll)
      .toBe(false);
    await expect
      .poll(async () => {
        expectInStep(await cluster.state(), foreign);
        return true;
      }, poll)
      .toBe(true);
    expect([...(await cluster.state()).bound.keys()].sort()).toEqual([...before.bound.keys()].sort());
    expect(cluster.ec2.calls.filter(({ kind, outcome }) => kind === 'mutating' && outcome !== 'ok')).toEqual([]);
  }, 120_000);

  it('adds one namespace by one call per zone and at most one look', async () => {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await cluster.stopOperator();
    cluster.run({ cloudPollInterval: 600 });
    await expect.poll(() => cluster.isPlanning(), poll).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    cluster.ec2.clearCalls();
    await cluster.addNamespace('one-more');
    await expect.poll(() => cluster.boundTo('one-more'), poll).toHaveLength(3);
    expect(cluster.ec2.callCounts()).toEqual({ mutating: 3, describing: expect.any(Number) });
    expect(cluster.ec2.callCounts().describing).toBeLessThanOrEqual(1);
  }, 120_000);

  it('gives back what a namespace leaves, and with the EgressIPAM everything, but nothing foreign', async () => {
    await cluster.optOut('ns-00');
    await expect.poll(() => cluster.boundTo('ns-00'), poll).toEqual([]);
    await expect.poll(async () => (await cluster.state()).attached.size, poll).toBe(180 + foreign.length);
    // An address leaves its interface before it leaves the record (law 9).
    await expect
      .poll(async () => {
        expectInStep(await cluster.state(), foreign);
        return true;
      }, poll)
      .toBe(true);
    await cluster.clear('pool', []);
    const state = await cluster.state();
    expect([...state.attached.keys()].sort()).toEqual(foreign);
    expect(state.hosted.size).toBe(0);
    expect(state.bound.size).toBe(0);
  }, 120_000);
});
