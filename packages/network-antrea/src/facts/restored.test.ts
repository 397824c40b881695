import { plan, type ClusterSnapshot } from '@egressip-ipam/core';
import { aNamespace, aNode, anEgressIPAM, applyStep, aSnapshot, readySteps } from '@egressip-ipam/core/testing';
import { expect, it } from 'vitest';
import type { EgressEntry } from '../kinds/egress.ts';
import { network } from '../network.ts';
import { antreaAtWork, dressed } from '../testing/antrea-at-work.ts';

it('takes nothing from the one that carries traffic: an Egress restored for the older namespace', () => {
  let cluster: ClusterSnapshot = aSnapshot(
    {
      egressIPAMs: [anEgressIPAM(['10.0.0.0/29=a'])],
      nodes: [dressed(aNode('n1')), dressed(aNode('n2'))],
      namespaces: [aNamespace('old'), aNamespace('young', 1)],
      network: { name: 'antrea', objects: {} },
    },
    network,
  );
  for (let round = 0; round < 20; round += 1)
    for (const step of readySteps(plan(cluster, network))) cluster = antreaAtWork(applyStep(cluster, step, network));
  const egresses = (cluster.network.objects['Egress'] ?? []) as readonly EgressEntry[];
  const theirs = egresses.filter(({ namespace }) => namespace === 'young');
  const { applied: _applied, ...copied } = theirs[0] ?? ({} as EgressEntry);
  const restored: EgressEntry = {
    ...copied,
    name: copied.name.replace('young', 'old'),
    namespace: 'old',
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'old' } },
  };
  const record = { egressIPs: copied.egressIP, allocated: `pool/${copied.egressIP}` };
  const { allocations, waiting } = plan(
    {
      ...cluster,
      namespaces: cluster.namespaces.map((entry) => (entry.name === 'old' ? { ...entry, ...record } : entry)),
      network: { ...cluster.network, objects: { ...cluster.network.objects, Egress: [restored, ...theirs] } },
    },
    network,
  );
  expect(allocations).toMatchObject([{ namespace: 'young', addresses: [copied.egressIP], source: 'kept' }]);
  expect(waiting).toMatchObject([{ namespace: 'old', reason: { code: 'DuplicateAddress' } }]);
});
