import {
  plan,
  type ClusterSnapshot,
  type NetworkEntry,
  type NodeSnapshot,
  type ProviderSnapshot,
} from '@egressip-ipam/core';
import {
  anEgressIPAM,
  aNamespace,
  aNode as aBareNode,
  applyStep,
  aSnapshot,
  readySteps,
} from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
import { egressKind, type EgressEntry } from '../kinds/egress.ts';
import { externalIPPoolKind, type ExternalIPPoolEntry } from '../kinds/external-ip-pool.ts';
import { network } from '../network.ts';
import { antreaAtWork, dressed } from '../testing/antrea-at-work.ts';

const aNode: typeof aBareNode = (...parts) => dressed(aBareNode(...parts));

const cluster = (
  parts: Parameters<typeof aSnapshot>[0] = {},
  objects: Readonly<Record<string, readonly NetworkEntry[]>> = {},
): ClusterSnapshot =>
  antreaAtWork(
    aSnapshot(
      {
        egressIPAMs: [anEgressIPAM(['10.0.0.0/29=a'])],
        nodes: [aNode('n1'), aNode('n2')],
        namespaces: [aNamespace('team')],
        network: { name: 'antrea', objects },
        ...parts,
      },
      network,
    ),
  );

function settled(initial: ClusterSnapshot): ClusterSnapshot {
  let snapshot = initial;
  for (let round = 0; round < 20; round++) {
    const ready = readySteps(plan(snapshot, network));
    if (ready.length === 0) return snapshot;
    for (const step of ready) snapshot = antreaAtWork(applyStep(snapshot, step, network));
  }
  throw new Error('does not settle');
}

/** Agents that put addresses on nodes, and have put none there yet. */
function agents(nodes: readonly string[]): ProviderSnapshot {
  const cidrs = ['10.0.0.0/29', 'fd00::/125'].map((cidr) => ({ cidr, inUse: [], reserved: [] }));
  const bare = nodes.map((node) => ({
    node,
    limits: {},
    interfaces: [{ id: `nic-${node}`, main: true, subnets: ['10.0.0.0/8', 'fd00::/16'], addresses: [] }],
  }));
  return { name: 'agent', attach: true, cloud: false, observationRequired: true, observation: { nodes: bare, cidrs } };
}

const objectsOf = ({ network: { objects } }: ClusterSnapshot, kind: string): readonly NetworkEntry[] =>
  objects[kind] ?? [];
const withNodes = (snapshot: ClusterSnapshot, change: object): ClusterSnapshot =>
  antreaAtWork({ ...snapshot, nodes: snapshot.nodes.map((node) => ({ ...node, ...change })) });

describe('where Antrea places', () => {
  it('an EgressIPAM that is gone takes nothing off nodes, and no pool away', () => {
    const placed = settled(cluster());
    expect(plan({ ...placed, egressIPAMs: [] }, network).steps).toEqual([]);
  });

  it('pools are put back as soon as what binds, whoever undoes them', () => {
    const pool = plan(cluster(), network).steps.find(({ object }) => object.kind === 'ExternalIPPool');
    expect(pool).toMatchObject({ kind: 'network', carries: true });
  });

  it('a pool per CIDR, and an Egress that comes into use once a node has its address', () => {
    const [first, second] = [plan(cluster(), network).steps, plan(settled(cluster()), network).steps];
    expect(first.filter(({ kind }) => kind === 'network')).toMatchObject([
      { object: { kind: 'ExternalIPPool' }, after: [] },
      {
        action: 'host',
        effects: { hosted: ['10.0.0.1'] },
        after: [{ id: 'annotate team' }, { id: 'ExternalIPPool/egressip-ipam.pool.10-0-0-0-29' }],
      },
    ]);
    expect(second).toEqual([]);
    const after = settled(cluster());
    expect(objectsOf(after, 'ExternalIPPool')).toMatchObject([
      {
        ipRanges: [{ start: '10.0.0.0', end: '10.0.0.7' }],
        nodeSelector: { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['n1', 'n2'] }] },
      },
    ]);
    expect(objectsOf(after, 'Egress')).toMatchObject([
      { name: 'egressip-ipam.team.10-0-0-1', egressIP: '10.0.0.1', egressNode: 'n1' },
    ]);
    expect(objectsOf(after, 'Egress')[0]).not.toHaveProperty('podSelector');
    expect(plan(after, network).allocations).toMatchObject([{ carried: true, nodes: ['n1'] }]);
  });

  it('what is written is read as what is simulated', () => {
    const after = settled(cluster());
    const steps = plan(cluster(), network).steps.filter((step) => step.kind === 'network');
    for (const [index, kind] of [externalIPPoolKind, egressKind].entries()) {
      const write = network.write(steps[index]!);
      const read = kind.read({ ...(write as { object: object }).object });
      const [simulated] = objectsOf(after, kind.resource.kind);
      expect(Object.keys(read.ok ? read.value : {}).every((key) => key in simulated! || key === 'podSelector')).toBe(
        true,
      );
    }
  });

  it('a CIDR that grows appends to its pool; a pool goes when no Egress names it any more', () => {
    const grown = settled({ ...settled(cluster()), egressIPAMs: [anEgressIPAM(['10.0.0.0/28=a'])] });
    expect(objectsOf(grown, 'ExternalIPPool')).toMatchObject([
      {
        name: 'egressip-ipam.pool.10-0-0-0-29',
        ipRanges: [{ end: '10.0.0.7' }, { start: '10.0.0.8', end: '10.0.0.15' }],
      },
    ]);
    const deleting = {
      ...grown,
      egressIPAMs: [anEgressIPAM(['10.0.0.0/28=a'], { deletedAt: '2026-02-01T00:00:00Z' })],
    };
    expect(objectsOf(settled(deleting), 'ExternalIPPool')).toEqual([]);
    expect(objectsOf(settled(deleting), 'Egress')).toEqual([]);
  });

  it('one of several addresses is in use; the next takes over when Antrea has no node for it', () => {
    const egressIPAMs = [anEgressIPAM(['10.0.0.0/29=a', '10.0.1.0/29=b'])];
    const two = settled(cluster({ egressIPAMs, nodes: [aNode('n1'), aNode('n2', 'b')] }));
    expect(objectsOf(two, 'Egress')).toMatchObject([
      { externalIPPool: 'egressip-ipam.pool.10-0-0-0-29', egressNode: 'n1' },
      { externalIPPool: '', egressNode: '' },
    ]);
    expect(plan(two, network).findings).toMatchObject([
      { code: 'AddressInReserve', severity: 'info', addresses: ['10.0.1.1'] },
      { code: 'AddressInReserve', severity: 'warning', object: { kind: 'EgressIPAM', name: 'pool' } },
    ]);
    const lost = antreaAtWork({
      ...two,
      nodes: two.nodes.map((node) => (node.name === 'n1' ? { ...node, ready: false } : node)),
    });
    const failed = {
      ...lost,
      network: {
        ...lost.network,
        objects: {
          ...lost.network.objects,
          Egress: objectsOf(lost, 'Egress').map((entry, index) =>
            index === 0 ? { ...entry, failure: 'no Node available' } : entry,
          ),
        },
      },
    };
    expect(objectsOf(settled(failed), 'Egress')).toMatchObject([
      { externalIPPool: '' },
      { externalIPPool: 'egressip-ipam.pool.10-0-1-0-29', egressNode: 'n2' },
    ]);
    expect(objectsOf(settled(failed), 'Egress')[1]).not.toHaveProperty('podSelector');
  });

  it('of two families the first one’s address is in use, whichever a node had first; that the other leaves by nodes is said', () => {
    const egressIPAMs = [anEgressIPAM(['10.0.0.0/29=a', 'fd00::/125=b'])];
    const early = settled(
      cluster({ egressIPAMs, nodes: [aNode('n1'), aNode('n2', 'b')], provider: agents(['n1', 'n2']) }),
    );
    const [four, six] = objectsOf(early, 'Egress');
    expect(four).not.toHaveProperty('podSelector');
    expect(six).toHaveProperty('podSelector');
    // As it is when Antrea's agent of the other node was the first to say so.
    const { podSelector, ...active } = six as EgressEntry;
    const turned: readonly EgressEntry[] = [{ ...(four as EgressEntry), ...(podSelector && { podSelector }) }, active];
    const objects = { ...early.network.objects, Egress: turned };
    const after = settled({ ...early, network: { ...early.network, objects } });
    expect(objectsOf(after, 'Egress')).toEqual([four, six]);
    expect(plan(after, network).findings).toMatchObject([
      {
        severity: 'warning',
        addresses: ['fd00::1'],
        message: expect.stringMatching(/Its IPv6 traffic leaves by its nodes/),
      },
      { object: { kind: 'EgressIPAM' } },
    ]);
  });

  it('puts right what Antrea wiped when somebody deleted the pool', () => {
    const after = settled(cluster());
    const wiped = {
      ...after,
      network: {
        ...after.network,
        objects: { Egress: objectsOf(after, 'Egress').map((entry) => ({ ...entry, egressIP: '' })) },
      },
    };
    // While an Egress names the pool without an address Antrea would give it any.
    expect(plan(wiped, network).steps).toMatchObject([
      { after: [], payload: { egress: { egressIP: '10.0.0.1', pool: '' } } },
      { object: { kind: 'ExternalIPPool' }, after: [{ id: 'Egress/egressip-ipam.team.10-0-0-1' }] },
    ]);
    expect(objectsOf(settled(wiped), 'Egress')).toEqual(objectsOf(after, 'Egress'));
    expect(objectsOf(settled(wiped), 'ExternalIPPool')).toEqual(objectsOf(after, 'ExternalIPPool'));
  });

  it.each([
    ['narrowed to some pods', { podSelector: { matchLabels: { app: 'web' } } }],
    ['turned to others', { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'other' } } }],
    ['given another address', { egressIP: '10.0.0.6' }],
  ])('an Egress of ours that people have %s carries its namespace no more, and is put back', (_, change) => {
    const after = settled(cluster());
    const [egress] = objectsOf(after, 'Egress');
    const objects = { ...after.network.objects, Egress: [{ ...egress!, ...change }] };
    const undone = { ...after, network: { ...after.network, objects } };
    const { allocations, steps } = plan(undone, network);
    expect(allocations).toMatchObject([{ addresses: ['10.0.0.1'], carried: false }]);
    expect(steps).toMatchObject([{ object: { name: egress!.name }, effects: { bound: ['10.0.0.1'] } }]);
    expect(objectsOf(settled(antreaAtWork(undone)), 'Egress')).toEqual([egress]);
  });

  it('who changes its address keeps the old one in use until the new one carries', () => {
    let snapshot: ClusterSnapshot = {
      ...settled(cluster()),
      namespaces: [{ ...settled(cluster()).namespaces[0]!, egressIPs: '10.0.0.5' }],
    };
    const inUse = (): readonly unknown[] =>
      objectsOf(snapshot, 'Egress').flatMap((entry) => ('podSelector' in entry ? [] : [entry['egressIP' as never]]));
    const seen: string[] = [];
    for (
      let steps = readySteps(plan(snapshot, network));
      steps.length > 0;
      steps = readySteps(plan(snapshot, network))
    ) {
      for (const step of steps) {
        snapshot = antreaAtWork(applyStep(snapshot, step, network));
        seen.push(inUse().join());
      }
    }
    expect([...new Set(seen)]).toEqual(['10.0.0.1', '10.0.0.1,10.0.0.5', '10.0.0.5']);
  });

  it('no Ready node: nothing is carried, and the Egress stays', () => {
    const down = settled(withNodes(settled(cluster()), { ready: false }));
    expect(plan(down, network).allocations).toMatchObject([{ carried: false }]);
    expect(objectsOf(down, 'Egress')).toHaveLength(1);
  });
});

describe('where this project places', () => {
  it("law 2: what a machine still has whose node is gone is no stranger's, and nobody gets another address", () => {
    const start = settled(cluster({ provider: agents(['n1', 'n2']) }));
    const [allocation] = plan(start, network).allocations;
    expect(allocation).toMatchObject({ nodes: ['n1'], carried: true });
    const address = allocation?.addresses[0] ?? '';
    const { observation, ...provider } = start.provider;
    const gone: ClusterSnapshot = {
      ...start,
      nodes: start.nodes.filter(({ name }) => name !== 'n1'),
      provider: {
        ...provider,
        observation: {
          nodes: observation!.nodes.filter(({ node }) => node !== 'n1'),
          cidrs: observation!.cidrs.map((cidr) => ({ ...cidr, inUse: [{ address, usedBy: 'node n1' }] })),
        },
      },
    };
    expect(plan(gone, network)).toMatchObject({ allocations: [{ addresses: [address], carried: false }], waiting: [] });
  });
  const inReserve = { podSelector: { matchLabels: { 'egressip-ipam-operator.redhat-cop.io/reserve': 'true' } } };
  const narrowed = { podSelector: { matchLabels: { app: 'web' } } };
  const strange: Partial<NodeSnapshot> = { labels: {} };
  it.each([
    ['comes back into use', 'is not of its EgressIPAM any more', inReserve, strange],
    ['comes back into use', 'is down', inReserve, { ready: false }],
    ['was narrowed', 'is not of its EgressIPAM any more', narrowed, strange],
    ['was narrowed', 'is down', narrowed, { ready: false }],
  ] as const)('an Egress that %s while its node %s is carried by another one', (_what, _why, change, node) => {
    const start = settled(cluster({ provider: agents(['n1', 'n2']) }));
    const [egress] = objectsOf(start, 'Egress') as readonly EgressEntry[];
    const own = egress?.placedOn ?? '';
    const after = settled({
      ...start,
      nodes: start.nodes.map((entry) => (entry.name === own ? dressed({ ...entry, ...node }) : entry)),
      network: { ...start.network, objects: { ...start.network.objects, Egress: [{ ...egress!, ...change }] } },
    });
    expect(plan(after, network)).toMatchObject({ steps: [], allocations: [{ carried: true }] });
    expect(objectsOf(after, 'Egress')).not.toMatchObject([{ placedOn: own }]);
  });
});

describe('objects of others', () => {
  const byHand = (more: object): NetworkEntry =>
    ({
      name: 'by-hand',
      egressIP: '10.0.0.1',
      externalIPPool: '',
      egressNode: '',
      statusIP: '',
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'other' } },
      ...more,
    }) as NetworkEntry;

  it('their addresses and their pools are theirs, and they stay', () => {
    const pool = {
      name: 'theirs',
      ipRanges: [{ start: '10.0.0.2', end: '10.0.0.3' }],
      nodeSelector: {},
    } as NetworkEntry;
    const after = settled(cluster({}, { Egress: [byHand({})], ExternalIPPool: [pool] }));
    expect(plan(after, network).allocations).toMatchObject([{ addresses: ['10.0.0.4'] }]);
    expect(objectsOf(after, 'Egress')).toHaveLength(2);
    expect(objectsOf(after, 'ExternalIPPool')).toHaveLength(2);
  });

  it('a pool has no address that another has, and takes it in once that is gone', () => {
    const theirs = {
      name: 'theirs',
      ipRanges: [{ start: '10.0.0.2', end: '10.0.0.3' }],
      nodeSelector: {},
    } as NetworkEntry;
    const beside = settled(cluster({}, { ExternalIPPool: [theirs] }));
    const ours = objectsOf(beside, 'ExternalIPPool')[0]!;
    const ranges = [
      { start: '10.0.0.0', end: '10.0.0.1' },
      { start: '10.0.0.4', end: '10.0.0.7' },
    ];
    expect(ours).toMatchObject({ ipRanges: ranges });
    const alone = { ...beside.network.objects, ExternalIPPool: [ours] };
    const after = settled({ ...beside, network: { ...beside.network, objects: alone } });
    expect(objectsOf(after, 'ExternalIPPool')).toMatchObject([
      { ipRanges: [...ranges, theirs['ipRanges' as never]].flat() },
    ]);
  });

  it('an Egress for pods of a served namespace takes nothing from it; it is told of, and nothing is called carried', () => {
    const after = settled(cluster());
    const rival = byHand({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'team' } } });
    const objects = {
      ...after.network.objects,
      Egress: [...objectsOf(after, 'Egress'), { ...rival, egressIP: '10.9.9.9' }],
    };
    expect(plan({ ...after, network: { ...after.network, objects } }, network)).toMatchObject({
      allocations: [{ addresses: ['10.0.0.1'], carried: false }],
      findings: [{ code: 'ForeignEgress', severity: 'warning', object: { kind: 'Namespace', name: 'team' } }],
      steps: [],
    });
  });

  it('an Egress for pods of a claiming namespace keeps it waiting', () => {
    const rival = byHand({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'team' } } });
    expect(plan(cluster({}, { Egress: [rival] }), network).waiting).toMatchObject([
      { reason: { message: expect.stringContaining('Egress by-hand') } },
    ]);
  });

  it('a capacity that is no number counts as 255, and it is said', () => {
    const nodes = [aNode('n1', 'a', { annotations: { 'node.antrea.io/max-egress-ips': '0' } })];
    expect(plan(cluster({ nodes }), network).allocations).toEqual([]);
    const strange = [aNode('n1', 'a', { annotations: { 'node.antrea.io/max-egress-ips': 'many' } })];
    expect(plan(cluster({ nodes: strange }), network)).toMatchObject({
      allocations: [{}],
      findings: [{ code: 'InvalidNodeAnnotation' }],
    });
  });
});

describe('what Antrea is told of the network', () => {
  it('what a node has on its interface for traffic between nodes is never given out', () => {
    const transport = { 'node.antrea.io/transport-addresses': '10.0.0.1,10.0.0.2' };
    const nodes = [aNode('n1', 'a', { annotations: transport })];
    expect(plan(cluster({ nodes }), network).allocations).toMatchObject([{ addresses: ['10.0.0.3'] }]);
  });

  it('the gateway of a pool is never given out', () => {
    const pool = { name: 'by-hand', ipRanges: [], nodeSelector: {}, gateway: '10.0.0.1' };
    const snapshot = cluster({}, { ExternalIPPool: [pool] });
    expect(plan(snapshot, network).allocations).toMatchObject([{ addresses: ['10.0.0.2'] }]);
  });

  it('a CIDR that meets pods or Services is refused', () => {
    const snapshot = cluster({
      network: { name: 'antrea', settings: { clusterNetworks: '10.9.0.0/16 10.0.0.0/16' }, objects: {} },
    });
    const { allocations, findings } = plan(snapshot, network);
    expect(allocations).toEqual([]);
    expect(findings.find(({ code }) => code === 'MeetsClusterNetwork')?.message).toContain('meets 10.0.0.0/16');
  });
});

describe('law 5: what has our label and a name that we give', () => {
  const served = settled(cluster());
  const edited = (
    kind: string,
    change: (entries: readonly NetworkEntry[]) => readonly NetworkEntry[],
  ): ClusterSnapshot => ({
    ...served,
    network: { ...served.network, objects: { ...served.network.objects, [kind]: change(objectsOf(served, kind)) } },
  });
  const { applied: _applied, ...own } = objectsOf(served, 'Egress')[0] as EgressEntry;
  const { applied: _made, ...pool } = objectsOf(served, 'ExternalIPPool')[0] as ExternalIPPoolEntry;
  const writesOf = (snapshot: ClusterSnapshot): readonly string[] =>
    plan(snapshot, network).steps.flatMap((step) =>
      step.kind === 'network' ? [`${step.action} ${step.object.name}`] : [],
    );
  const unproven = (snapshot: ClusterSnapshot): readonly string[] =>
    plan(snapshot, network).findings.flatMap(({ code, object }) => (code === 'OwnershipUnproven' ? [object.name] : []));
  const foreign = [
    ['managed fields name others', { applied: false }],
    ['a file has no managed fields', {}],
  ] as const;

  it.each(foreign)('is left alone, and told, where %s and no record confirms it', (_what, whose) => {
    const name = 'egressip-ipam.gone.10-0-0-5';
    const egress = { ...own, ...whose, name, namespace: 'gone', egressIP: '10.0.0.5', statusIP: '10.0.0.5' };
    const copied = edited('Egress', (entries) => [egress, ...entries]);
    expect(writesOf(copied)).toEqual([]);
    expect(unproven(copied)).toEqual([name]);
    const left = 'egressip-ipam.gone.10-9-0-0-29';
    const range = { ...pool, ...whose, name: left, egressIPAM: 'gone', ipRanges: [{ cidr: '10.9.0.0/29' }] };
    const both = edited('ExternalIPPool', (entries) => [range, ...entries]);
    expect(writesOf(both)).toEqual([]);
    expect(unproven(both)).toEqual([left]);
  });

  it.each(foreign)('is ours where the record confirms it, though %s', (_what, whose) => {
    const restored = edited('Egress', () => [{ ...own, ...whose }]);
    expect(writesOf(restored)).toEqual([]);
    expect(unproven(restored)).toEqual([]);
    const optedOut = { ...restored, namespaces: served.namespaces.map(({ egressIPAM: _egressIPAM, ...rest }) => rest) };
    expect(writesOf(optedOut)).toContain(`unhost ${own.name}`);
    expect(writesOf(edited('ExternalIPPool', () => [{ ...pool, ...whose }]))).toEqual([]);
  });

  it('is not written over where somebody else has the name of ours', () => {
    const { egressIPAM: _egressIPAM, namespace: _namespace, ...byHand } = own;
    const podSelector = { matchLabels: { app: 'x' } };
    const taken = edited('Egress', () => [{ ...byHand, egressIP: '192.0.2.9', namespaceSelector: {}, podSelector }]);
    expect(writesOf(taken)).toEqual([]);
    expect(plan(taken, network).allocations.filter(({ carried }) => carried)).toEqual([]);
  });

  it('goes with its namespace where managed fields say that we made it', () => {
    const name = 'egressip-ipam.gone.10-0-0-5';
    const egress = { ...own, applied: true, name, namespace: 'gone', egressIP: '10.0.0.5', statusIP: '10.0.0.5' };
    expect(writesOf(edited('Egress', (entries) => [egress, ...entries]))).toContain(`unhost ${name}`);
  });
});
