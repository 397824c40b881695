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

it.each([
  ['before Antrea has placed it', (snapshot: ClusterSnapshot) => snapshot],
  ['once Antrea has placed it, as it places whatever names a pool', antreaAtWork],
])('gives nothing that an Egress of somebody else has to one restored with its record, %s', (_when, react) => {
  let cluster: ClusterSnapshot = aSnapshot(
    {
      egressIPAMs: [anEgressIPAM(['10.0.0.0/29=a'])],
      nodes: [dressed(aNode('n1'))],
      namespaces: [aNamespace('old')],
      network: { name: 'antrea', objects: {} },
    },
    network,
  );
  for (let round = 0; round < 20; round += 1)
    for (const step of readySteps(plan(cluster, network))) cluster = antreaAtWork(applyStep(cluster, step, network));
  const [own] = (cluster.network.objects['Egress'] ?? []) as readonly EgressEntry[];
  const { applied: _applied, egressIP, ...rest } = own!;
  const restored: EgressEntry = { ...rest, applied: false, egressIP, egressNode: '', statusIP: '' };
  const stranger: EgressEntry = {
    name: 'stranger',
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'elsewhere' } },
    egressIP,
    externalIPPool: '',
    egressNode: '',
    statusIP: '',
  };
  const { allocations, waiting, steps } = plan(
    react({
      ...cluster,
      network: { ...cluster.network, objects: { ...cluster.network.objects, Egress: [restored, stranger] } },
    }),
    network,
  );
  expect(allocations).toEqual([]);
  expect(waiting).toMatchObject([{ namespace: 'old', reason: { code: 'AddressInUse' } }]);
  expect(steps.map(({ object }) => object)).toContainEqual({ kind: 'Egress', name: own?.name });
});
