import { expect, test } from 'vitest';
import { LastAllocations } from './last-allocations.ts';
import type { Allocation } from './plan-types.ts';

const addresses = ['192.0.2.1', '198.51.100.1'];

function allocation(namespace: string, change: Partial<Allocation> = {}): Allocation {
  return {
    ...{ namespace, egressIPAM: 'pool', source: 'kept', addresses, nodes: ['node-a', null], carried: true },
    ...change,
  };
}

test('a namespace of which the same is said is found among others that came and went', () => {
  const before = ['a', 'b', 'd', 'e'].map((name) => allocation(name));
  const last = new LastAllocations(before);
  expect(last.same(allocation('b'))).toBe(before[1]);
  expect(last.same(allocation('c'))).toBeUndefined();
  expect(last.same(allocation('e'))).toBe(before[3]);
  expect(last.same(allocation('f'))).toBeUndefined();
});

test.each<Partial<Allocation>>([
  { egressIPAM: 'other' },
  { source: 'returned' },
  { addresses: ['192.0.2.2', '198.51.100.1'] },
  { nodes: ['node-b', null] },
  { nodes: ['node-a', 'node-b'] },
  { nodes: ['node-a'] },
  { carried: false },
  { carried: false, carrying: ['192.0.2.1'] },
  { state: 'Assigned' },
])('a namespace of which something else is said is said anew: %j', (change) => {
  expect(new LastAllocations([allocation('a')]).same(allocation('a', change))).toBeUndefined();
  expect(new LastAllocations([allocation('a', change)]).same(allocation('a'))).toBeUndefined();
});
