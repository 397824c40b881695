import type { ClusterSnapshot } from '@egressip-ipam/core';
import { aNamespace } from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
import {
  aForeignEgressIP,
  anOvnNode,
  egressIPsOf,
  findingsOf,
  onOvn,
  planOf,
  primary,
  settled,
  withEach,
  withEgressIPs,
} from '../testing/builders.ts';

describe('objects restored with what another namespace has by now', () => {
  const nodes = ['n1', 'n2'].map((name, index) => anOvnNode(name, 'a', primary({ ipv4: `10.0.0.${250 + index}/24` })));
  const served = settled(onOvn({ nodes, namespaces: [aNamespace('old'), aNamespace('young', 1)] }));
  const young = planOf(served).allocations.find(({ namespace }) => namespace === 'young')?.addresses[0] ?? '';
  const assigned = withEach(served, (entry) => ({
    ...entry,
    assigned: [{ node: 'n1', egressIP: entry.egressIPs[0] ?? '' }],
  }));
  const record = { egressIPs: young, allocated: `pool/${young}` };
  const withRecord = (snapshot: ClusterSnapshot): ClusterSnapshot => ({
    ...snapshot,
    namespaces: snapshot.namespaces.map((entry) => (entry.name === 'old' ? { ...entry, ...record } : entry)),
  });

  it('take nothing from the one that carries traffic, though theirs is the older namespace', () => {
    const overwritten = withEach(withRecord(assigned), (entry) =>
      entry.name === 'egressip-old' ? { ...entry, egressIPs: [young], assigned: [] } : entry,
    );
    const { allocations, waiting } = planOf(overwritten);
    expect(allocations).toMatchObject([{ namespace: 'young', addresses: [young], source: 'kept' }]);
    expect(waiting).toMatchObject([{ namespace: 'old', reason: { code: 'DuplicateAddress' } }]);
    expect(egressIPsOf(settled(overwritten))).toMatchObject([{ name: 'egressip-young', egressIPs: [young] }]);
  });

  it('are told to the namespace whose address they name, where they are somebody else’s', () => {
    const without = egressIPsOf(assigned).filter(({ name }) => name !== 'egressip-old');
    const restored = withEgressIPs(withRecord(assigned), [aForeignEgressIP('old', [young]), ...without]);
    expect(planOf(restored).allocations).toMatchObject([{ namespace: 'young', addresses: [young] }]);
    expect(findingsOf(restored, 'AddressConflict')).toMatchObject([
      {
        object: { name: 'young' },
        message: `${young} belongs to the namespace, but EgressIP egressip-old uses it too; free it there`,
      },
    ]);
  });
});
