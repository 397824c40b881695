import { describe, expect, it } from 'vitest';
import { unlimited, type NetworkFacts } from '../network-contract/facts.ts';
import type { NetworkBackend } from '../network-contract/backend.ts';
import { plain } from '../plain/plain-network.ts';
import { plan } from '../plan/planner.ts';
import type { ClusterSnapshot, NamespaceSnapshot, NodeSnapshot } from '../snapshot/snapshot.ts';
import { aNamespace, aNode, anEgressIPAM, aSnapshot } from '../testing/builders.ts';
import { check, isSound, type CheckReport } from './check.ts';

/** A network in which each node has room for so many addresses. */
function withRoom(total: number): NetworkBackend {
  const nodeOf: NetworkFacts['nodeOf'] = () => ({ usable: true, addresses: [], capacity: { ...unlimited, total } });
  return {
    ...plain,
    createFactsReader: (...parts) => {
      const reader = plain.createFactsReader(...parts);
      return { read: (...input) => ({ ...reader.read(...input), nodeOf }) };
    },
  };
}

const has = (name: string, list: string): NamespaceSnapshot =>
  aNamespace(name, 0, { egressIPs: list, allocated: `pool/${list}` });

function cluster(
  nodes: readonly NodeSnapshot[],
  namespaces: readonly NamespaceSnapshot[] = [has('shop', '10.0.0.5')],
  cidrs: readonly string[] = ['10.0.0.0/28=a'],
): ClusterSnapshot {
  return aSnapshot({ nodes, namespaces, egressIPAMs: [anEgressIPAM(cidrs)] });
}

const codes = ({ problems }: CheckReport): readonly string[] => problems.map(({ code }) => code);

describe('an audit', () => {
  it('finds nothing in a cluster that is well, and says what its nodes can carry', () => {
    const report = check(cluster([aNode('n1'), aNode('n2')]), withRoom(3));
    expect(isSound(report)).toBe(true);
    expect(report.capacity).toEqual([
      {
        ...{ egressIPAM: 'pool', cidr: '10.0.0.0/28', nodes: 2, allocated: 1 },
        ...{ capacity: 6, capacityWithoutOne: 3, survivesNodeLoss: true },
      },
    ]);
    expect(check(cluster([aNode('n1'), aNode('n2')])).capacity[0]).not.toHaveProperty('capacity');
  });

  it('tells warnings and errors, who waits and what carries no traffic, and no explanations', () => {
    const down = [aNode('n1', 'a', { ready: false })];
    expect(codes(check(cluster(down)))).toEqual(['AddressNotPlaced', 'NoSpareCapacity']);
    const { egressIPAM: _, ...ignored } = aNamespace('ignored', 0, { egressIPs: '10.0.0.9' });
    const nodes = [aNode('n1'), aNode('n2')];
    const well = cluster(nodes);
    const planned = plan(well);
    const allocations = planned.allocations.map((allocation) => ({ ...allocation, carried: false }));
    expect(codes(check(well, plain, { ...planned, allocations }))).toEqual(['NotCarried']);
    const informed = cluster(nodes, [ignored]);
    expect(plan(informed).findings.map(({ code }) => code)).toEqual(['IgnoredEgressIPs']);
    expect(isSound(check(informed))).toBe(true);
    expect(codes(check(cluster(nodes, [aNamespace('wrong', 0, { egressIPs: '10.9.0.1' })])))).toContain(
      'AddressOutsideCIDR',
    );
  });
});

describe('the loss of a node', () => {
  const messageOf = (report: CheckReport): string | undefined =>
    report.problems.find(({ code }) => code === 'NoSpareCapacity')?.message;

  it('is survived where another one takes what it carries', () => {
    const three = [has('a', '10.0.0.5'), has('b', '10.0.0.6'), has('c', '10.0.0.7')];
    const nodes = [aNode('n1'), aNode('n2')];
    expect(messageOf(check(cluster(nodes, three), withRoom(3)))).toBeUndefined();
    expect(messageOf(check(cluster(nodes, three), withRoom(2)))).toMatch(
      /^the loss of one of the 2 nodes of 10\.0\.0\.0\/28 would leave addresses without a node; add a node$/,
    );
    expect(messageOf(check(cluster(nodes, three)))).toBeUndefined();
  });

  it('is not where there is no other, or none that takes what it does not carry yet', () => {
    expect(messageOf(check(cluster([aNode('n1')])))).toMatch(
      /^the loss of the only node of 10\.0\.0\.0\/28 that takes/,
    );
    const cordoned = [aNode('n1', 'a', { unschedulable: true })];
    const onNode = check(cluster(cordoned));
    expect(onNode.capacity).toMatchObject([{ nodes: 0, survivesNodeLoss: false }]);
    expect(messageOf(onNode)).toMatch(/^no node of 10\.0\.0\.0\/28 takes what it does not carry yet/);
  });

  it('leaves each address of a namespace a node of its own (law 3), and concerns nobody who has none', () => {
    const cidrs = ['10.0.0.0/28=a', '10.0.1.0/28=a'];
    const both = [has('shop', '10.0.0.5,10.0.1.5')];
    const [two, three] = [2, 3].map((count) => Array.from({ length: count }, (_, index) => aNode(`n${index + 1}`)));
    expect(messageOf(check(cluster(two ?? [], both, cidrs)))).toMatch(/one of the 2 nodes/);
    expect(messageOf(check(cluster(three ?? [], both, cidrs)))).toBeUndefined();
    const nobody = check(cluster([aNode('n1')], []));
    expect(nobody.capacity).toMatchObject([{ allocated: 0, survivesNodeLoss: false }]);
    expect(isSound(nobody)).toBe(true);
  });
});
