import { aNamespace, aNode } from '@egressip-ipam/core/testing';
import { expect, it } from 'vitest';
import { egressIPsOf, onOvn, planOf, settled, withEgressIPs, writesOf } from '../testing/builders.ts';

it('law 11: an EgressIP that was restored with its record gets nothing that a node has, and goes', () => {
  const served = settled(onOvn({ namespaces: [aNamespace('shop')] }));
  const restored = egressIPsOf(served).map((entry) => ({ ...entry, applied: false, assigned: [] }));
  const [address = ''] = restored[0]?.egressIPs ?? [];
  const late = { ...aNode('late', 'b'), addresses: [address] };
  const there = withEgressIPs({ ...served, nodes: [...served.nodes, late] }, restored);
  const { allocations, waiting } = planOf(there);
  expect(allocations).toEqual([]);
  expect(waiting).toMatchObject([{ namespace: 'shop', reason: { code: 'AddressInUse' } }]);
  expect(writesOf(there)).toEqual(['delete EgressIP/egressip-shop']);
});
