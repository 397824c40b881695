import { describe, expect, it } from 'vitest';
import { createPlanner, plan } from '../plan/planner.ts';
import type { Plan } from '../plan/plan-types.ts';
import { applyStep } from '../simulate/apply-step.ts';
import { plain } from '../plain/plain-network.ts';
import type { ClusterSnapshot, NamespaceSnapshot } from '../snapshot/snapshot.ts';
import { aSnapshot, anEgressIPAM, aNamespace, aNode } from '../testing/builders.ts';

const cluster = (namespaces: readonly NamespaceSnapshot[]): ClusterSnapshot =>
  aSnapshot({
    nodes: [aNode('n1', 'a'), aNode('n2', 'b')],
    egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a', '10.0.1.0/24=b'])],
    namespaces,
  });
const names = ({ allocations }: Plan): readonly string[] => allocations.map(({ namespace }) => namespace);
const waiting = ({ waiting: list }: Plan): readonly string[] =>
  list.map(({ namespace, reason }) => `${namespace} ${reason.code}`);

describe('more new addresses than one plan gives out', () => {
  const many = cluster(['d', 'c', 'b', 'a'].map((name, age) => aNamespace(name, age)));

  it('are given to the oldest; the others are told that their turn comes, and nothing is found', () => {
    const first = plan(many, plain, { mostNew: 3 });
    expect(names(first)).toEqual(['c', 'd']);
    expect(waiting(first)).toEqual(['b WaitingForTurn', 'a WaitingForTurn']);
    expect(first.findings).toEqual([]);
  });

  it('are given by the plans that follow, to the same end as at once', () => {
    const planner = createPlanner(plain, { mostNew: 2 });
    let snapshot = many;
    for (let round = 0; round < 4; round += 1)
      for (const step of planner.plan(snapshot).steps) snapshot = applyStep(snapshot, step, plain);
    const { allocations, steps } = planner.plan(snapshot);
    expect(steps).toEqual([]);
    const atOnce = plan(many).allocations;
    expect(allocations.map(({ addresses }) => addresses)).toEqual(atOnce.map(({ addresses }) => addresses));
  });

  it('are not counted for who waits for something else: nobody waits behind those', () => {
    const stuck = ['x', 'y'].map((name, age) => ({ ...aNamespace(name, age), egressIPs: '10.0.0.7,10.0.0.8' }));
    const result = plan(cluster([...stuck, aNamespace('z', 9)]), plain, { mostNew: 2 });
    expect(names(result)).toEqual(['z']);
    expect(waiting(result)).toEqual(['x WrongAddressCount', 'y WrongAddressCount']);
  });

  it('are not counted for those that are held up, which keep their place: nobody waits behind those', () => {
    const isHeldUp = (namespace: string): boolean => namespace === 'c' || namespace === 'd';
    const result = plan(many, plain, { mostNew: 4, isHeldUp });
    expect(names(result)).toEqual(['a', 'b', 'c', 'd']);
    const atOnce = plan(many).allocations;
    expect(result.allocations.map(({ addresses }) => addresses)).toEqual(atOnce.map(({ addresses }) => addresses));
  });

  it('are as many again for those that are held up, and no more: a plan has an end', () => {
    const isHeldUp = (): boolean => true;
    const held = Array.from({ length: 5 }, (_, age) => aNamespace(`n${age}`, age));
    const result = plan(cluster(held), plain, { mostNew: 4, isHeldUp });
    expect(names(result)).toEqual(held.slice(0, 4).map(({ name }) => name));
    expect(waiting(result)).toEqual(['n4 WaitingForTurn']);
  });

  it('are none that somebody asks for whose turn has not come, and are counted as free until then', () => {
    const asking = { ...aNamespace('young', 5), egressIPs: '10.0.0.1,10.0.1.1' };
    const result = plan(cluster([aNamespace('old', 1), asking]), plain, { mostNew: 2 });
    expect(result.allocations).toMatchObject([{ namespace: 'old', addresses: ['10.0.0.2', '10.0.1.2'] }]);
    expect(waiting(result)).toEqual(['young WaitingForTurn']);
    expect(result.egressIPAMs[0]?.cidrs[0]).toMatchObject({ allocated: 1, free: '253' });
  });
});
