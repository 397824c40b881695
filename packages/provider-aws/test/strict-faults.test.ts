import type { ProviderChange, ProviderNode } from '@egressip-ipam/core';
import { findMoto, startStrictEc2, type Ec2Fault, type Ec2Node, type StrictEc2 } from '@egressip-ipam/sandbox';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { change, inShort, look } from './cluster.ts';
import { attempts, strictProvider, type StrictProviderOptions } from './strict-ec2.ts';
import { noMoto, unless } from '../../../tools/testing/unless.ts';

const cidrs = ['10.0.1.0/24'];
const assign = ['AssignPrivateIpAddresses'];
const attach = (address: string, node: ProviderNode): ProviderChange => ({ type: 'attach', address, node });

describe('over HTTP', unless(findMoto() === undefined, noMoto), () => {
  let ec2: StrictEc2;
  beforeAll(async () => {
    ec2 = await startStrictEc2();
  });
  afterEach(() => ec2.clearFaults());
  afterAll(() => ec2.close());

  async function cluster(workers = 2, options: StrictProviderOptions = {}) {
    const nodes = await ec2.createCluster({
      zones: [{ zone: 'us-east-1a', cidr: '10.0.1.0/24', workers }],
      instanceType: 't3.medium',
    });
    const { provider } = strictProvider(ec2, options);
    await look(provider, nodes, cidrs);
    ec2.clearCalls();
    return {
      nodes: nodes as [Ec2Node, ...Ec2Node[]],
      provider,
      secondary: async (node: Ec2Node) => (await ec2.networkInterface(node.networkInterfaceId)).secondaryAddresses,
    };
  }

  it.each<[string, Ec2Fault, number, string, readonly string[]]>([
    ['throttled once', { kind: 'error', code: 'RequestLimitExceeded', status: 503 }, 1, 'done', ['10.0.1.50']],
    [
      'throttled on every attempt',
      { kind: 'error', code: 'RequestLimitExceeded', status: 503 },
      attempts,
      'throttled',
      [],
    ],
    ['500 on every attempt', { kind: 'error', code: 'InternalError', status: 500 }, attempts, 'transient', []],
    ['reset before, once', { kind: 'reset', when: 'before' }, 1, 'done', ['10.0.1.50']],
    ['reset before, on every attempt', { kind: 'reset', when: 'before' }, attempts, 'unknown', []],
    ['reset after success, on every attempt', { kind: 'reset', when: 'after' }, attempts, 'done', ['10.0.1.50']],
    ['time-out after success, on every attempt', { kind: 'silence', when: 'after' }, attempts, 'done', ['10.0.1.50']],
  ])('an attach that is %s', async (_, fault, times, expected, carried) => {
    const {
      nodes: [node],
      provider,
      secondary,
    } = await cluster(1, { requestTimeout: fault.kind === 'silence' ? 500 : 20_000 });
    ec2.inject({ action: assign, fault, times });
    expect(inShort(await change(provider, attach('10.0.1.50', node)))).toEqual([expected]);
    expect(await secondary(node)).toEqual(carried);
    expect(inShort(await change(provider, attach('10.0.1.50', node)))).toEqual(['done']);
    expect(await secondary(node)).toEqual(['10.0.1.50']);
  });

  it('who may change nothing any more sends nothing any more: no retry, no rest of a call', async () => {
    const {
      nodes: [node, other],
      provider,
    } = await cluster(2, { requestTimeout: 300 });
    ec2.inject({
      action: assign,
      fault: { kind: 'silence', when: 'before' },
      where: { NetworkInterfaceId: node.networkInterfaceId },
    });
    ec2.inject({
      action: assign,
      fault: { kind: 'delay', milliseconds: 200 },
      where: { NetworkInterfaceId: other!.networkInterfaceId },
    });
    const lost = new AbortController();
    const results = provider.apply({
      changes: [
        attach('10.0.1.50', node),
        ...['10.0.1.51', '10.0.1.2', '10.0.1.52'].map((address) => attach(address, other!)),
      ],
      signal: lost.signal,
    });
    await expect.poll(() => ec2.calls.length).toBe(2);
    lost.abort();
    expect(new Set(inShort(await results))).toEqual(new Set(['unknown']));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(ec2.callCounts().mutating).toBe(2);
  });

  it('waits until stale describes agree, and changes nothing twice', async () => {
    const {
      nodes: [node],
      provider,
      secondary,
    } = await cluster(1);
    ec2.inject({ fault: { kind: 'stale', by: { mutations: 1 } }, times: 3 });
    expect(inShort(await change(provider, attach('10.0.1.50', node)))).toEqual(['done']);
    expect(ec2.callCounts()).toEqual({ mutating: 1, describing: 4 });
    expect(await secondary(node)).toEqual(['10.0.1.50']);
  });

  it('of one call, what is taken, foreign, reserved, elsewhere or too much fails alone; a foreign address stays', async () => {
    const {
      nodes: [node, other],
      provider,
      secondary,
    } = await cluster();
    await ec2.assignForeign({ networkInterfaceId: node.networkInterfaceId, address: '10.0.1.40' });
    await ec2.assignForeign({ networkInterfaceId: other!.networkInterfaceId, address: '10.0.1.41' });
    await ec2.createLoadBalancerInterface({ subnetId: node.subnetId, address: '10.0.1.42', description: 'ELB' });
    const wanted = ['10.0.1.41', '10.0.1.42', '10.0.1.2', '10.9.0.1', other!.primaryAddress, '10.0.1.50', '10.0.1.51'];
    expect(inShort(await change(provider, ...wanted.map((address) => attach(address, node))))).toEqual([
      'conflict',
      'conflict',
      'permanent',
      'permanent',
      'conflict',
      'done',
      'done',
    ]);
    expect([...(await secondary(node))].sort()).toEqual(['10.0.1.40', '10.0.1.50', '10.0.1.51']);
    expect(await secondary(other!)).toEqual(['10.0.1.41']);
    const more = inShort(await change(provider, ...[52, 53, 54, 55].map((last) => attach(`10.0.1.${last}`, node))));
    expect([...more].sort()).toEqual(['capacity', 'capacity', 'done', 'done']);
    expect(
      inShort(
        await change(
          provider,
          ...(await secondary(node))
            .filter((address) => address !== '10.0.1.40')
            .map((address) => ({ type: 'detach', address, node }) as const),
        ),
      ),
    ).not.toContain('failed');
    expect(await secondary(node)).toEqual(['10.0.1.40']);
  });

  it('one attach on each of three interfaces, asked for by three callers: three changes, one describe', async () => {
    const { nodes, provider } = await cluster(3, { speed: 1 });
    const results = await Promise.all(
      nodes.map((node, index) => change(provider, attach(`10.0.1.${50 + index}`, node))),
    );
    expect(inShort(results.flat())).toEqual(['done', 'done', 'done']);
    expect(ec2.callCounts()).toEqual({ mutating: 3, describing: 1 });
  });

  it('1,000 addresses on 50 nodes: at most 50 changes and 10 describes; a move of 20 between two describes; one describe per look at rest', async () => {
    const nodes = await ec2.createCluster({
      zones: [{ zone: 'us-east-1a', cidr: '10.0.16.0/20', workers: 50 }],
      instanceType: 'm5.4xlarge',
    });
    const { provider } = strictProvider(ec2, { speed: 1 });
    ec2.clearCalls();
    await look(provider, nodes, ['10.0.16.0/20']);
    const placed = Array.from(
      { length: 1000 },
      (_, index) =>
        ({ type: 'attach', address: `10.0.${20 + (index >> 8)}.${index & 255}`, node: nodes[index % 50]! }) as const,
    );
    expect(new Set(inShort(await change(provider, ...placed)))).toEqual(new Set(['done']));
    const counts = ec2.callCounts();
    expect(counts.mutating).toBe(50);
    expect(counts.describing).toBeLessThanOrEqual(10);

    ec2.clearCalls();
    const moves = placed
      .filter((_, index) => index % 50 === 0)
      .map(
        ({ address, node }, index) => ({ type: 'move', address, from: node, node: nodes[1 + (index % 4)]! }) as const,
      );
    expect(new Set(inShort(await change(provider, ...moves)))).toEqual(new Set(['done']));
    expect(ec2.callCounts()).toEqual({ mutating: 4, describing: 2 });

    ec2.clearCalls();
    for (let times = 0; times < 3; times += 1) await look(provider, nodes, ['10.0.16.0/20']);
    expect(ec2.callCounts()).toEqual({ mutating: 0, describing: 3 });
  }, 120_000);
});
