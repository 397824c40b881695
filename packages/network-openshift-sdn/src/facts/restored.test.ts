import { aNamespace, aNode, anEgressIPAM } from '@egressip-ipam/core/testing';
import { expect, it } from 'vitest';
import { netNamespacesOf, onSdn, planOf, settled, withNets } from '../testing/builders.ts';

it('takes nothing from the one that carries traffic: a NetNamespace restored for the older namespace', () => {
  const served = settled(
    onSdn({
      egressIPAMs: [anEgressIPAM(['10.0.0.0/29=a', '10.0.1.0/29=a'])],
      nodes: [aNode('n1'), aNode('n2')],
      namespaces: [aNamespace('old'), aNamespace('young', 1)],
    }),
  );
  const nets = netNamespacesOf(served);
  const egressIPs = nets.find(({ name }) => name === 'young')?.egressIPs ?? [];
  const record = { egressIPs: egressIPs.join(), allocated: `pool/${egressIPs.join()}` };
  const restored = withNets(
    {
      ...served,
      namespaces: served.namespaces.map((entry) => (entry.name === 'old' ? { ...entry, ...record } : entry)),
    },
    nets.map((entry) => (entry.name === 'old' ? { ...entry, egressIPs } : entry)),
  );
  const { allocations, waiting } = planOf(restored);
  expect(allocations).toMatchObject([{ namespace: 'young', addresses: egressIPs, source: 'kept' }]);
  expect(waiting).toMatchObject([{ namespace: 'old', reason: { code: 'DuplicateAddress' } }]);
});
