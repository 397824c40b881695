import type { ClusterSnapshot } from '@egressip-ipam/core';
import { aNamespace, anEgressIPAM, applyStep, zoneLabel } from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
import type { EgressIPEntry } from '../kinds/egress-ip.ts';
import { network } from '../network.ts';
import {
  aForeignEgressIP,
  anOvnNode,
  announced,
  appliedNext,
  codesOf,
  egressIPsOf,
  findingsOf,
  onCloud,
  onOvn,
  planOf,
  primary,
  readyOf,
  settled,
  withConfigs,
  withEach,
  withEgressIPs,
  writesOf,
} from '../testing/builders.ts';

const optedOut = (snapshot: ClusterSnapshot): ClusterSnapshot => ({
  ...snapshot,
  namespaces: snapshot.namespaces.map(({ egressIPAM: _egressIPAM, ...rest }) => rest),
});
const on = (node: string, egressIP: string): EgressIPEntry['assigned'][number] => ({ node, egressIP });
const served = settled(onOvn({ namespaces: [aNamespace('shop')] }));
const assigned = withEach(served, (entry) => ({ ...entry, assigned: [on('n1', '10.0.0.1')] }));

describe('a namespace that claims', () => {
  it('gets an EgressIP once its annotation is written and its nodes have the label', () => {
    expect(egressIPsOf(served)).toMatchObject([{ name: 'egressip-shop', egressIPAM: 'pool', egressIPs: ['10.0.0.1'] }]);
    const { steps } = planOf(onOvn({ namespaces: [aNamespace('shop')] }));
    const apply = steps.find((step) => step.kind === 'network' && step.action === 'apply');
    expect(apply).toMatchObject({ effects: { bound: ['10.0.0.1'] }, namespace: 'shop', egressIPAM: 'pool' });
    expect(apply?.after.filter((before) => before.kind === 'step' && before.optional === true)).toHaveLength(2);
    expect(apply?.after).toHaveLength(3);
    expect(planOf(assigned)).toMatchObject({ steps: [], findings: [] });
  });
});

describe('room for one more', () => {
  const oneEach = (...zones: readonly string[]): ClusterSnapshot['nodes'] =>
    zones.map((zone, index) =>
      anOvnNode(`n${index + 1}`, zone, announced({ ipv4: '10.0.0.0/27' }, { ipv4: 1 }), {
        labels: { [zoneLabel]: zone, 'k8s.ovn.org/egress-assignable': '' },
      }),
    );

  it.each([
    ['is held back for an address whose node is selected no more', ['WaitingForCapacity'], oneEach('b', 'a')],
    [
      'is held back for an address whose node is not Ready',
      ['WaitingForCapacity'],
      oneEach('a', 'a').map((node, index) => ({ ...node, ready: index > 0 })),
    ],
    ['is given where every address may stay', [], oneEach('a', 'a')],
  ])('%s', (_what, codes, nodes) => {
    const namespaces = [...assigned.namespaces, aNamespace('newcomer', 9)];
    const { findings } = planOf({ ...assigned, provider: onCloud, nodes, namespaces });
    const said = findings.filter(({ object }) => object.name === 'newcomer');
    expect(said.map(({ code }) => code)).toEqual(codes);
  });
});

describe('the way out', () => {
  const config = { name: '10.0.0.1', specNode: 'n1', statusNode: 'n1' };

  it('clears the annotation only when the CloudPrivateIPConfig is gone', () => {
    const waiting = settled(optedOut(withConfigs(served, [config])));
    expect(egressIPsOf(waiting)).toEqual([]);
    expect(waiting.namespaces[0]?.egressIPs).toBe('10.0.0.1');
    expect(readyOf(waiting)).toEqual([]);
    expect(settled(withConfigs(waiting, [])).namespaces[0]?.egressIPs).toBeUndefined();
  });

  it('waits for an EgressIP that somebody holds while it goes, and writes nothing meanwhile', () => {
    const held = withEach(served, (entry) => ({ ...entry, deletedAt: '2026-02-01T00:00:00Z' }));
    expect(planOf(held).steps).toEqual([]);
    expect(writesOf(withEgressIPs(held, []))).toEqual(['apply EgressIP/egressip-shop']);
    const waiting = settled(optedOut(held));
    expect(planOf(waiting).steps).toMatchObject([
      {
        kind: 'annotate',
        after: [{ kind: 'observed', object: { kind: 'EgressIP', name: 'egressip-shop' }, state: 'gone' }],
      },
    ]);
    expect(settled(withEgressIPs(waiting, [])).namespaces[0]?.egressIPs).toBeUndefined();
  });

  it('hands the address to nobody while the CloudPrivateIPConfig is there, though its namespace is gone', () => {
    const gone = settled({ ...withConfigs(served, [config]), namespaces: [] });
    expect(egressIPsOf(gone)).toEqual([]);
    expect(planOf({ ...gone, namespaces: [aNamespace('web')] }).allocations).toMatchObject([
      { namespace: 'web', addresses: ['10.0.0.2'] },
    ]);
  });
});

describe('an EgressIP that somebody edited', () => {
  it.each([
    ['narrowed to some pods', { podSelector: { matchLabels: { app: 'web' } } }],
    ['diverted to another namespace', { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'web' } } }],
    ['given other addresses', { egressIPs: ['10.0.0.9'] }],
    ['left in doubt', { unconfirmed: ['10.0.0.9'] }],
  ])('is put right when it was %s, and is not said to carry', (_how, change) => {
    const edited = withEach(assigned, (entry) => ({ ...entry, ...change }));
    expect(writesOf(edited)).toEqual(['apply EgressIP/egressip-shop']);
    expect(egressIPsOf(settled(edited))).toEqual(
      egressIPsOf(assigned).map((entry) => ({ ...entry, assigned: settledItems(edited) })),
    );
  });

  /** What of the status is left when it is applied again. */
  function settledItems(edited: ClusterSnapshot): EgressIPEntry['assigned'] {
    return egressIPsOf(edited)[0]?.egressIPs[0] === '10.0.0.9' ? [on('n1', '10.0.0.1')] : [on('n1', '10.0.0.1')];
  }

  it('law 12: carries nothing while it is not there, narrowed, or its node is not ready or gone', () => {
    const states = (snapshot: ClusterSnapshot): unknown =>
      planOf(snapshot).allocations.map(({ state, carried }) => [state, carried]);
    expect(states(assigned)).toEqual([['Assigned', true]]);
    expect(states(withEach(assigned, (entry) => ({ ...entry, podSelector: { matchLabels: { app: 'web' } } })))).toEqual(
      [['Unassigned', false]],
    );
    expect(
      states({ ...assigned, nodes: assigned.nodes.map((node) => ({ ...node, ready: node.name !== 'n1' })) }),
    ).toEqual([['Unassigned', false]]);
    expect(states({ ...assigned, nodes: assigned.nodes.filter(({ name }) => name !== 'n1') })).toEqual([
      ['Unassigned', false],
    ]);
  });
});

describe("an EgressIP of a namespace's name that is someone else's", () => {
  const foreign = aForeignEgressIP('shop', ['10.0.0.20']);
  const waiting = (snapshot: ClusterSnapshot): unknown =>
    planOf(snapshot).waiting.map(({ namespace, reason }) => `${namespace}: ${reason.code}`);

  it('law 4: is in the way, so that nothing is promised', () => {
    const snapshot = onOvn({ namespaces: [aNamespace('shop')] }, [foreign]);
    expect(planOf(snapshot).allocations).toEqual([]);
    expect(writesOf(snapshot)).toEqual(['label Node/n1', 'label Node/n2']);
    expect(waiting(snapshot)).toEqual(['shop: EgressIPConflict']);
    expect(planOf(withEgressIPs(snapshot, [])).allocations).toHaveLength(1);
  });
});

describe('a namespace that switches and comes back before the other addresses are in use', () => {
  const other = anEgressIPAM(['10.0.0.16/28=b'], { name: 'other', createdAt: '2026-01-01T01:00:00Z' });
  const nodes = [
    anOvnNode('n1', 'a', primary({ ipv4: '10.0.0.30/27' })),
    anOvnNode('n2', 'b', primary({ ipv4: '10.0.0.29/27' })),
  ];
  const egressIPAMs = [anEgressIPAM(['10.0.0.0/28=a']), other];
  const first = settled(onOvn({ nodes, egressIPAMs, namespaces: [aNamespace('shop')] }));
  const claiming = (snapshot: ClusterSnapshot, egressIPAM: string): ClusterSnapshot => ({
    ...snapshot,
    namespaces: snapshot.namespaces.map((namespace) => ({ ...namespace, egressIPAM })),
  });
  const switched = readyOf(claiming(first, 'other')).reduce(
    (snapshot, step) => (step.kind === 'annotate' ? applyStep(snapshot, step, network) : snapshot),
    claiming(first, 'other'),
  );

  it.each([
    ['in one process', ['10.0.0.17']],
    ['over a restart', []],
  ])('has what it had, without an unbound moment: %s', (_how, unconfirmed) => {
    expect(switched.namespaces).toMatchObject([{ allocated: 'other/10.0.0.17' }]);
    const back = claiming(switched, 'pool');
    const snapshot = { ...back, namespaces: back.namespaces.map((namespace) => ({ ...namespace, unconfirmed })) };
    expect(planOf(snapshot).allocations).toMatchObject([{ addresses: ['10.0.0.1'] }]);
    expect(writesOf(snapshot)).not.toContain('apply EgressIP/egressip-shop');
    expect(settled(snapshot).namespaces).toMatchObject([{ allocated: 'pool/10.0.0.1', egressIPs: '10.0.0.1' }]);
  });
});

describe('an address that something else has too', () => {
  const withHostCidr = (...names: readonly string[]): ClusterSnapshot => ({
    ...assigned,
    nodes: assigned.nodes.map((node) => {
      const cidrs = names.includes(node.name) ? '["10.0.0.30/27","10.0.0.1/27"]' : '["10.0.0.29/27"]';
      return { ...node, annotations: { ...node.annotations, 'k8s.ovn.org/host-cidrs': cidrs } };
    }),
  });

  it('is told when another node or a foreign EgressIP has it, and not when it is the carrier that shows it', () => {
    expect(codesOf(assigned)).toEqual([]);
    expect(codesOf(withHostCidr('n1'))).toEqual([]);
    expect(codesOf(withHostCidr('n2'))).toEqual(['AddressConflict']);
    const foreign = withEgressIPs(assigned, [...egressIPsOf(assigned), aForeignEgressIP('elsewhere', ['10.0.0.1'])]);
    expect(codesOf(foreign)).toEqual(['AddressConflict']);
    expect(planOf(foreign).allocations).toMatchObject([
      { namespace: 'shop', addresses: ['10.0.0.1'], state: 'Conflict' },
    ]);
  });

  it('is told though the carrier shows it, too', () => {
    const subjectsOf = (snapshot: ClusterSnapshot): unknown =>
      findingsOf(snapshot, 'AddressConflict').map(({ object }) => object.name);
    expect(subjectsOf(withHostCidr('n1', 'n2'))).toEqual(['shop', 'n2']);
    expect(subjectsOf({ ...withHostCidr('n1'), infrastructure: { virtualIPs: ['10.0.0.1'] } })).toEqual(['shop']);
  });

  it('names everybody who uses it, the first few of many: who frees it in one place need not look again for each', () => {
    const said = (snapshot: ClusterSnapshot): unknown =>
      findingsOf(snapshot, 'AddressConflict').find(({ object }) => object.kind === 'Namespace')?.message;
    const withVip = { ...withHostCidr('n2'), infrastructure: { virtualIPs: ['10.0.0.1'] } };
    expect(said(withVip)).toBe(
      "10.0.0.1 belongs to the namespace, but node n2, the cluster's API, ingress or DNS use it too; free it there",
    );
    const foreign = ['a', 'b', 'c'].map((name) => aForeignEgressIP(name, ['10.0.0.1']));
    expect(said(withEgressIPs(withVip, [...egressIPsOf(assigned), ...foreign]))).toBe(
      "10.0.0.1 belongs to the namespace, but node n2, the cluster's API, ingress or DNS, EgressIP egressip-a and 2 more use it " +
        'too; free it there',
    );
  });

  it('law 12: a conflict hides nothing that is not carried', () => {
    const foreign = withEgressIPs(served, [...egressIPsOf(served), aForeignEgressIP('elsewhere', ['10.0.0.1'])]);
    expect(planOf(foreign).allocations).toMatchObject([{ namespace: 'shop', state: 'Unassigned', carried: false }]);
    expect(findingsOf(foreign, 'Unassigned')).toHaveLength(1);
  });
});

describe('the capacity of nodes in a cloud', () => {
  const nodes = ['n1', 'n2'].map((name) => anOvnNode(name, 'a', announced({ ipv4: '10.0.0.0/24' }, { ipv4: 1 })));
  const inCloud = (
    parts: Partial<ClusterSnapshot>,
    ...rest: readonly [EgressIPEntry[]?, { readonly name: string }[]?]
  ): ClusterSnapshot => onOvn({ provider: onCloud, nodes, ...parts }, ...rest);
  const servedOf = (snapshot: ClusterSnapshot): readonly string[] =>
    planOf(snapshot).allocations.map(({ namespace }) => namespace);
  const namespaces = [aNamespace('first'), aNamespace('second', 1)];

  it('law 4: is none where less than none is announced', () => {
    const full = ['n1', 'n2'].map((name) => anOvnNode(name, 'a', announced({ ipv4: '10.0.0.0/24' }, { ip: -1 })));
    expect(servedOf(inCloud({ nodes: full, namespaces: [aNamespace('shop')] }))).toEqual([]);
  });

  it('law 4: is taken by EgressIPs made by hand, too', () => {
    const byHand = aForeignEgressIP('elsewhere', ['10.0.0.200'], { assigned: [on('n1', '10.0.0.200')] });
    expect(servedOf(inCloud({ namespaces }, [byHand]))).toEqual(['first']);
  });

  it('law 4: is taken until the cloud has taken an address back', () => {
    const config = { name: '10.0.0.9', deletedAt: '2026-01-31T00:00:00Z', specNode: 'n1', statusNode: 'n1' };
    expect(servedOf(inCloud({ namespaces }, [], [config]))).toEqual(['first']);
    expect(servedOf(inCloud({ namespaces }))).toEqual(['first', 'second']);
  });

  it('law 4: a node without host-cidrs, such as one of Windows, carries nothing where others have them', () => {
    const [first] = nodes;
    const telling = anOvnNode('n2', 'a', {
      ...announced({ ipv4: '10.0.0.0/24' }, { ipv4: 1 }),
      'k8s.ovn.org/host-cidrs': '["10.0.0.3/24"]',
    });
    const snapshot = inCloud({ nodes: first === undefined ? [telling] : [first, telling], namespaces });
    expect(servedOf(snapshot)).toEqual(['first']);
    expect(writesOf(snapshot).filter((write) => write.startsWith('label'))).toEqual(['label Node/n2']);
  });

  it('law 4: is counted where the network assigned an address, before any is reserved for those that wait', () => {
    const both = settled(inCloud({ namespaces }));
    const second = withEach(both, (entry) =>
      entry.name === 'egressip-second' ? { ...entry, assigned: [on('n1', entry.egressIPs[0] ?? '')] } : entry,
    );
    expect(servedOf({ ...second, namespaces: [...second.namespaces, aNamespace('third', 2)] })).toEqual([
      'first',
      'second',
    ]);
  });
});

describe('dual stack', () => {
  const both = { ipv4: '10.0.0.0/24', ipv6: 'fd00::/64' };
  const egressIPAMs = [anEgressIPAM(['fd00::/64=a', '10.0.0.0/27=a'])];

  it('law 3: an address of one family makes room for one of the other where only that node can take it', () => {
    const nodes = [anOvnNode('n1', 'a', primary(both)), anOvnNode('n2', 'a', primary({ ipv6: 'fd00::/64' }))];
    expect(planOf(onOvn({ nodes, egressIPAMs, namespaces: [aNamespace('shop')] })).allocations).toMatchObject([
      { namespace: 'shop', addresses: ['fd00::1', '10.0.0.1'] },
    ]);
  });

  it('law 3: an interface that is full of one family still takes the other', () => {
    const nodes = ['n1', 'n2'].map((name) => anOvnNode(name, 'a', announced(both, { ipv4: 1, ipv6: 1 })));
    const namespaces = ['first', 'second', 'third'].map((name, index) => aNamespace(name, index));
    const { allocations } = planOf(onOvn({ nodes, egressIPAMs, namespaces, provider: onCloud }));
    expect(allocations.filter(({ addresses }) => addresses.length === 2).map(({ namespace }) => namespace)).toEqual([
      'first',
      'second',
    ]);
  });

  it('law 12: one family without a node is said to leak', () => {
    const nodes = ['n1', 'n2'].map((name) => anOvnNode(name, 'a', primary(both)));
    const cluster = settled(onOvn({ nodes, egressIPAMs, namespaces: [aNamespace('shop')] }));
    const half = withEach(cluster, (entry) => ({ ...entry, assigned: [on('n1', '10.0.0.1')] }));
    expect(findingsOf(half, 'PartiallyAssigned')).toMatchObject([
      { severity: 'error', message: expect.stringContaining('IPv6 traffic leaves') as string },
    ]);
    expect(planOf(half).allocations).toMatchObject([{ state: 'PartiallyAssigned', carried: false }]);
  });
});

describe('the node selector of an EgressIP', () => {
  const pinning = settled(onOvn({ namespaces: [aNamespace('shop')] }, [], [], { egressNodeSelector: true }));

  it('is that of the EgressIPAM, where the network knows one', () => {
    const egressNodeSelector = {
      matchLabels: { 'egressip-ipam-operator.redhat-cop.io/egressipam': 'pool' },
      matchExpressions: [{ key: 'k8s.ovn.org/egress-assignable', operator: 'Exists' }],
    };
    expect(egressIPsOf(pinning)).toMatchObject([{ egressNodeSelector }]);
    expect(planOf(pinning).steps).toEqual([]);
    expect(egressIPsOf(served)[0]).not.toHaveProperty('egressNodeSelector');
  });

  it('is put right when somebody changes it', () => {
    const edited = withEach(pinning, (entry) => ({ ...entry, egressNodeSelector: {} }));
    expect(appliedNext(edited)).toEqual(['10.0.0.1']);
  });
});
