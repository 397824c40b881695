import { describe, expect, it } from 'vitest';
import { settle } from '../simulate/settle.ts';
import type { ClusterSnapshot } from '../snapshot/snapshot.ts';
import { aNamespace, aNode, anEgressIPAM, aSnapshot } from '../testing/builders.ts';
import { LastAllocations } from './last-allocations.ts';
import type { Allocation } from './plan-types.ts';
import { createPlanner } from './planner.ts';

const addresses = ['192.0.2.1', '198.51.100.1'];

function allocation(namespace: string): Allocation {
  return { namespace, egressIPAM: 'pool', source: 'kept', addresses, nodes: ['node-a', null], carried: true };
}

it('a namespace is found among others that came and went, and it is known whether the very same was decided', () => {
  const allotments = ['a', 'b', 'c', 'e', 'g'].map((namespace) => ({ namespace }));
  const allocations = ['a', 'b', 'c', 'e', 'g'].map((name) => (name === 'c' ? undefined : allocation(name)));
  const last = new LastAllocations({ allotments, allocations });
  const asked = [
    allotments[1],
    allotments[2],
    { namespace: 'd' },
    { namespace: 'e' },
    allotments[4],
    { namespace: 'h' },
  ];
  expect(asked.flatMap((of) => (of === undefined ? [] : [[last.of(of), last.isSame(of)]]))).toEqual([
    [allocations[1], true],
    [undefined, true],
    [undefined, false],
    [allocations[3], false],
    [allocations[4], true],
    [undefined, false],
  ]);
});

describe('what is said of a namespace', () => {
  const start = settle(
    aSnapshot({
      nodes: [aNode('n1'), aNode('n2')],
      egressIPAMs: [anEgressIPAM(['10.0.0.0/28=a'])],
      namespaces: [aNamespace('one', 1), aNamespace('two', 2)],
    }),
  );
  const withNamespace = (name: string, change: Partial<ClusterSnapshot['namespaces'][number]>): ClusterSnapshot => ({
    ...start,
    namespaces: start.namespaces.map((entry) => (entry.name === name ? { ...entry, ...change } : entry)),
  });
  const withUnready = (node: string): ClusterSnapshot => ({
    ...start,
    nodes: start.nodes.map((entry) => (entry.name === node ? { ...entry, ready: false } : entry)),
  });
  const [one, two] = createPlanner().plan(start).allocations;

  it.each<[string, ClusterSnapshot]>([
    ['addresses', withNamespace('one', { egressIPs: '10.0.0.9' })],
    ['nodes', withUnready(one?.nodes[0] ?? '')],
  ])('is the same object where it is the same, and anew where it changed: %s', (_what, changed) => {
    const planner = createPlanner();
    const [first, second] = planner.plan(start).allocations;
    expect([first, second]).toEqual([one, two]);
    const after = planner.plan(changed).allocations;
    expect(after).toEqual(createPlanner().plan(changed).allocations);
    expect(after[0]).not.toEqual(first);
    expect(after[1]).toBe(second);
    const again = planner.plan(start).allocations;
    expect(again).toEqual([first, second]);
    expect(planner.plan(start).allocations[0]).toBe(again[0]);
  });
});
