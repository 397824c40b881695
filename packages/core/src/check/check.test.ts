import { describe, expect, it } from 'vitest';
import { settle } from '../simulate/settle.ts';
import type { ClusterSnapshot, NodeSnapshot } from '../snapshot/snapshot.ts';
import { aNamespace, aNode, anEgressIPAM, aSnapshot } from '../testing/builders.ts';
import { check } from './check.ts';

const cloudNode = (name: string, capacity: number, overrides: Partial<NodeSnapshot> = {}): NodeSnapshot =>
  aNode(name, 'a', { egressIPConfig: JSON.stringify([{ interface: name, ifaddr: { ipv4: '10.0.0.0/16' }, capacity: { ipv4: capacity } }]), ...overrides });

function cluster(nodes: readonly NodeSnapshot[], cidrs: readonly string[], namespaces: number): ClusterSnapshot {
  const cloud = nodes.some(({ egressIPConfig }) => egressIPConfig !== undefined);
  return settle(
    aSnapshot({
      provider: { name: cloud ? 'aws' : 'baremetal', attach: false, cloud, observationRequired: false },
      nodes,
      egressIPAMs: [anEgressIPAM(cidrs)],
      namespaces: Array.from({ length: namespaces }, (_, index) => aNamespace(`ns${index}`, index)),
    }),
  );
}

const survives = (snapshot: ClusterSnapshot): readonly boolean[] => check(snapshot).capacity.map(({ survivesNodeLoss }) => survivesNodeLoss);

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
    expect(report.problems.map(({ code }) => code)).toEqual(['NoSpareCapacity']);
  });
});
