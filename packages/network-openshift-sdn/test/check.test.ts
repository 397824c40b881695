import { describe, expect, it } from 'vitest';
import type { NodeSnapshot } from '@egressip-ipam/core';
import {
  aNamespace,
  aNode,
  anEgressIPAM,
  aSnapshot,
  check,
  cloudNode as describedNode,
  settle,
  type FlatSnapshot,
} from './support/flat.ts';

const cloudNode = (name: string, capacity: number, overrides: Partial<NodeSnapshot> = {}): NodeSnapshot =>
  describedNode(aNode(name, 'a', overrides), '10.0.0.0/16', capacity);

function cluster(nodes: readonly NodeSnapshot[], cidrs: readonly string[], namespaces: number): FlatSnapshot {
  const cloud = nodes.some(({ annotations }) => annotations !== undefined);
  return settle(
    aSnapshot({
      provider: { name: cloud ? 'aws' : 'baremetal', attach: false, cloud, observationRequired: false },
      nodes,
      egressIPAMs: [anEgressIPAM(cidrs)],
      namespaces: Array.from({ length: namespaces }, (_, index) => aNamespace(`ns${index}`, index)),
    }),
  );
}

const survives = (snapshot: FlatSnapshot): readonly boolean[] =>
  check(snapshot).capacity.map(({ survivesNodeLoss }) => survivesNodeLoss);

describe('the capacity with a node lost', () => {
  it('counts what CIDR assignments with one topology value put on the same nodes', () => {
    const nodes = [cloudNode('n1', 2), cloudNode('n2', 2), cloudNode('n3', 2)];
    expect(survives(cluster(nodes, ['10.0.0.0/24=a', '10.0.1.0/24=a'], 2))).toEqual([true, true]);
    expect(survives(cluster(nodes, ['10.0.0.0/24=a', '10.0.1.0/24=a'], 3))).toEqual([false, false]);
    expect(survives(cluster(nodes, ['10.0.0.0/24=a'], 4))).toEqual([true]);
  });

  it('counts a node for each address of a namespace', () => {
    const nodes = [aNode('n1'), aNode('n2')];
    expect(survives(cluster(nodes, ['10.0.0.0/24=a', '10.0.1.0/24=a'], 1))).toEqual([false, false]);
    expect(survives(cluster([...nodes, aNode('n3')], ['10.0.0.0/24=a', '10.0.1.0/24=a'], 1))).toEqual([true, true]);
  });

  it('counts nodes that are ready', () => {
    const nodes = [aNode('n1'), aNode('n2', 'a', { ready: false })];
    const report = check(cluster(nodes, ['10.0.0.0/24=a'], 1));
    expect(report.capacity).toMatchObject([{ nodes: 1, survivesNodeLoss: false }]);
    expect(report.problems.map(({ code }) => code)).toEqual(['NoSpareCapacity', 'NotCarried']);
  });

  it.each([
    ['cordoned', { unschedulable: true }],
    ['on its way out', { deletedAt: '2026-03-01T00:00:00Z' }],
    ['to be removed', { taints: ['ToBeDeletedByClusterAutoscaler'] }],
  ])('counts no node that is %s: nothing moves to it', (_what, state) => {
    const report = check(cluster([aNode('n1'), aNode('n2', 'a', state)], ['10.0.0.0/24=a'], 1));
    expect(report.capacity).toMatchObject([{ nodes: 1, survivesNodeLoss: false }]);
    expect(report.problems).toMatchObject([
      {
        code: 'NoSpareCapacity',
        message: expect.stringContaining('the only node of 10.0.0.0/24 that takes addresses'),
      },
      { code: 'NotCarried' },
    ]);
    const limited = [cloudNode('n1', 5), cloudNode('n2', 5), cloudNode('n3', 9, state)];
    expect(check(cluster(limited, ['10.0.0.0/24=a'], 5)).capacity).toMatchObject([
      { nodes: 2, capacity: 10, capacityWithoutOne: 5, survivesNodeLoss: true },
    ]);
  });

  it('counts for each address the nodes whose subnet has it', () => {
    const inSubnet = (name: string, subnet: string): NodeSnapshot => describedNode(aNode(name), subnet, 9);
    const [first, second] = ['10.0.0.0/24', '10.0.1.0/24'];
    const apart = [inSubnet('n1', first), inSubnet('n2', second)];
    const report = check(cluster(apart, ['10.0.0.0/23=a'], 1));
    expect(report.capacity).toMatchObject([{ nodes: 2, survivesNodeLoss: false }]);
    expect(report.problems.map(({ code }) => code)).toContain('NoSpareCapacity');
    expect(survives(cluster([...apart, inSubnet('n3', first)], ['10.0.0.0/23=a'], 1))).toEqual([true]);
    const each = [...apart, inSubnet('n3', first), inSubnet('n4', second)];
    expect(survives(cluster(each, [`${first}=a`, `${second}=a`], 2))).toEqual([true, true]);
  });

  it('says of nodes none of which takes anything that nothing can move', () => {
    const settled = cluster([aNode('n1'), aNode('n2')], ['10.0.0.0/24=a'], 1);
    const nodes = settled.nodes.map((node) => ({ ...node, unschedulable: true as const }));
    const { capacity, problems } = check({ ...settled, nodes });
    expect(capacity).toMatchObject([{ nodes: 0, capacity: 0, capacityWithoutOne: 0, survivesNodeLoss: false }]);
    expect(problems.find(({ code }) => code === 'NoSpareCapacity')?.message).toContain('no node of 10.0.0.0/24 takes');
  });
});
