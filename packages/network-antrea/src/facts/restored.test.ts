import { adoptedAnnotation, plan, type ClusterSnapshot, type NetworkStep } from '@egressip-ipam/core';
import { entriesOf } from '@egressip-ipam/core/plugin';
import { aNamespace, aNode, anEgressIPAM, applyStep, aSnapshot, readySteps } from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
import { egressKind, type EgressEntry } from '../kinds/egress.ts';
import { network } from '../network.ts';
import { antreaAtWork, dressed } from '../testing/antrea-at-work.ts';

/** The cluster when Antrea and this project have done all that there is to do. */
function settled(snapshot: ClusterSnapshot): ClusterSnapshot {
  let cluster = snapshot;
  for (let round = 0; round < 20; round += 1)
    for (const step of readySteps(plan(cluster, network))) cluster = antreaAtWork(applyStep(cluster, step, network));
  return cluster;
}

/** An Egress of somebody else. */
const strangers = (egressIP: string): EgressEntry => ({
  name: 'stranger',
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'elsewhere' } },
  egressIP,
  externalIPPool: '',
  egressNode: '',
  statusIP: '',
});

it('takes nothing from the one that carries traffic: an Egress restored for the older namespace', () => {
  const cluster = settled(
    aSnapshot(
      {
        egressIPAMs: [anEgressIPAM(['10.0.0.0/29=a'])],
        nodes: [dressed(aNode('n1')), dressed(aNode('n2'))],
        namespaces: [aNamespace('old'), aNamespace('young', 1)],
        network: { name: 'antrea', objects: {} },
      },
      network,
    ),
  );
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
  const cluster = settled(
    aSnapshot(
      {
        egressIPAMs: [anEgressIPAM(['10.0.0.0/29=a'])],
        nodes: [dressed(aNode('n1'))],
        namespaces: [aNamespace('old')],
        network: { name: 'antrea', objects: {} },
      },
      network,
    ),
  );
  const [own] = (cluster.network.objects['Egress'] ?? []) as readonly EgressEntry[];
  const { applied: _applied, egressIP, ...rest } = own!;
  const restored: EgressEntry = { ...rest, applied: false, egressIP, egressNode: '', statusIP: '' };
  const { allocations, waiting, steps } = plan(
    react({
      ...cluster,
      network: { ...cluster.network, objects: { ...cluster.network.objects, Egress: [restored, strangers(egressIP)] } },
    }),
    network,
  );
  expect(allocations).toEqual([]);
  expect(waiting).toMatchObject([{ namespace: 'old', reason: { code: 'AddressInUse' } }]);
  expect(steps.map(({ object }) => object)).toContainEqual({ kind: 'Egress', name: own?.name });
});

describe('an Egress that was restored with its record', () => {
  const egressesOf = (snapshot: ClusterSnapshot): readonly EgressEntry[] =>
    entriesOf(snapshot.network.objects, egressKind);
  const withEgresses = (snapshot: ClusterSnapshot, egresses: readonly EgressEntry[]): ClusterSnapshot => ({
    ...snapshot,
    network: { ...snapshot.network, objects: { ...snapshot.network.objects, Egress: egresses } },
  });
  const served = settled(
    aSnapshot(
      {
        egressIPAMs: [anEgressIPAM(['10.0.0.0/29=a'])],
        nodes: [dressed(aNode('n1'))],
        namespaces: [aNamespace('old')],
        network: { name: 'antrea', objects: {} },
        time: '2026-01-01T10:00:00Z',
      },
      network,
    ),
  );
  const [own] = egressesOf(served);
  const restored = (uid: string): EgressEntry => {
    const { applied: _applied, ...rest } = own!;
    return { ...rest, applied: false, uid };
  };
  it('is adopted by its own uid, once, and proves its address from then on, whoever else uses that (law 2)', () => {
    const before = withEgresses(served, [restored('of-this-one')]);
    const writes = plan(before, network).steps.flatMap((step) => (step.kind === 'network' ? network.write(step) : []));
    expect(writes).toMatchObject([
      { verb: 'patch', body: { metadata: { annotations: { [adoptedAnnotation]: 'of-this-one' } } } },
    ]);
    const [step] = plan(before, network).steps.filter(({ kind }) => kind === 'network');
    expect(network.describe(before.network.objects, step as NetworkStep)).toBe(
      'is active as it should, and something else of it is put right',
    );
    const after = settled(before);
    expect(plan(after, network).steps).toEqual([]);
    const { allocations, findings } = plan(
      antreaAtWork(withEgresses(after, [...egressesOf(after), strangers(own!.egressIP)])),
      network,
    );
    expect(allocations).toMatchObject([{ namespace: 'old', addresses: [own?.egressIP], source: 'kept' }]);
    expect(findings).toContainEqual(expect.objectContaining({ code: 'AddressConflict' }));
  });

  it('is not adopted while somebody else uses its address (law 11)', () => {
    const { steps } = plan(withEgresses(served, [restored('of-this-one'), strangers(own!.egressIP)]), network);
    expect(JSON.stringify(steps)).not.toContain('of-this-one');
  });

  it('stays on record until it is known as given back, and so can go', () => {
    // Somebody else turned out to have the address, so that the namespace gets another one.
    const elsewhere = { ...dressed(aNode('late', 'b')), addresses: [own!.egressIP] };
    const nic = {
      id: 'nic',
      main: true,
      subnets: ['10.0.0.0/8'],
      addresses: [{ address: '192.168.9.1', primary: true }],
    };
    const provider: ClusterSnapshot['provider'] = {
      name: 'agent',
      attach: true,
      cloud: false,
      observationRequired: true,
      observation: {
        nodes: [
          { node: 'n1', limits: {}, interfaces: [nic] },
          { node: 'late', limits: {}, interfaces: [] },
        ],
        cidrs: [{ cidr: '10.0.0.0/29', inUse: [{ address: own!.egressIP, usedBy: 'a host' }], reserved: [] }],
      },
    };
    const placedByUs: EgressEntry = {
      ...restored('x'),
      externalIPPool: '',
      egressNode: '',
      statusIP: '',
      placedOn: 'n1',
    };
    const there = withEgresses({ ...served, nodes: [...served.nodes, elsewhere], provider }, [placedByUs]);
    const { steps } = plan(there, network);
    expect(steps.find(({ kind }) => kind === 'annotate')).toMatchObject({
      after: [{ kind: 'step', id: 'remember pool' }],
    });
    const end = settled(there);
    expect(egressesOf(end).filter(({ egressIP }) => egressIP === own?.egressIP)).toEqual([]);
  });

  it('goes before the record that it needs is taken back', () => {
    const namespaces = [...served.namespaces, aNamespace('young', 1, { egressIPs: own!.egressIP })];
    const theirs = { ...own!, name: own!.name.replace('old', 'young'), namespace: 'young' };
    const young = { ...theirs, namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'young' } } };
    const there = withEgresses({ ...served, namespaces }, [restored('x'), young]);
    expect(plan(there, network).steps.find(({ kind }) => kind === 'annotate')).toMatchObject({
      refuted: [own?.egressIP],
      after: [{ kind: 'step', id: `Egress/${own?.name}` }],
    });
    expect(egressesOf(settled(there)).map(({ namespace }) => namespace)).toEqual(['young']);
  });
});
