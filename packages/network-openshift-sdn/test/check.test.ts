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
});
