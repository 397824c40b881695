import type { ClusterSnapshot, NodeSnapshot, Precondition } from '@egressip-ipam/core';
import { aNamespace, anEgressIPAM, zoneLabel } from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
import { anEgressIP, anOvnNode, findingsOf, onOvn, planOf, primary, writesOf } from '../testing/builders.ts';

const label = 'k8s.ovn.org/egress-assignable';
const ours = 'egressip-ipam-operator.redhat-cop.io/egress-assignable';

const node = (name: string, zone: string, labelled: boolean, overrides: Partial<NodeSnapshot> = {}): NodeSnapshot => {
  const annotations = primary({ ipv4: '10.0.0.30/26' });
  if (!labelled) return anOvnNode(name, zone, annotations, overrides);
  return anOvnNode(
    name,
    zone,
    { ...annotations, [ours]: '' },
    { labels: { [zoneLabel]: zone, [label]: '' }, ...overrides },
  );
};
const after = (snapshot: ClusterSnapshot, action: string, name: string): readonly Precondition[] | undefined =>
  planOf(snapshot).steps.find((step) => step.kind === 'network' && step.action === action && step.object.name === name)
    ?.after;
const idOf = (snapshot: ClusterSnapshot, action: string, name: string): string | undefined =>
  planOf(snapshot).steps.find((step) => step.kind === 'network' && step.action === action && step.object.name === name)
    ?.id;

describe('the label of nodes', () => {
  it('leaves nodes that are selected no more after it came to those that are', () => {
    const snapshot = onOvn({ nodes: [node('n1', 'gone', true), node('n2', 'a', false)] });
    expect(after(snapshot, 'label', 'n2')).toEqual([]);
    expect(after(snapshot, 'unlabel', 'n1')).toEqual([{ kind: 'step', id: idOf(snapshot, 'label', 'n2') }]);
  });

  it('is what addresses carry traffic with, and back as soon as what binds them; its going is not', () => {
    const { steps } = planOf(onOvn({ nodes: [node('n1', 'gone', true), node('n2', 'a', false)] }));
    const carries = steps.flatMap((step) =>
      step.kind === 'network' && step.object.kind === 'Node' ? [[step.action, step.carries]] : [],
    );
    expect(new Map(carries as [string, unknown][])).toEqual(
      new Map([
        ['label', true],
        ['unlabel', undefined],
      ]),
    );
  });

  it('law 5: stays where a person set it', () => {
    const byHand = anOvnNode('n1', 'gone', primary({ ipv4: '10.0.0.30/26' }), { labels: { [label]: '' } });
    expect(writesOf(onOvn({ nodes: [byHand, node('n2', 'a', true)] }))).toEqual([]);
  });

  it('law 8: is waited for by the EgressIPs of its own EgressIPAM alone, and only for so long', () => {
    const other = anEgressIPAM(['10.0.0.32/27=b'], { name: 'other' });
    const namespaces = [
      aNamespace('crm', 0, { egressIPAM: 'other', egressIPs: '10.0.0.33' }),
      aNamespace('shop', 0, { egressIPs: '10.0.0.1' }),
    ];
    const egressIPs = [
      anEgressIP('crm', ['10.0.0.33'], { egressIPAM: 'other', podSelector: { matchLabels: { a: 'b' } } }),
      anEgressIP('shop', ['10.0.0.1'], { podSelector: { matchLabels: { a: 'b' } } }),
    ];
    const egressIPAMs = [anEgressIPAM(['10.0.0.0/27=a']), other];
    const snapshot = onOvn(
      { egressIPAMs, nodes: [node('n1', 'a', true), node('n2', 'b', false)], namespaces },
      egressIPs,
    );
    expect(after(snapshot, 'apply', 'egressip-shop')).toEqual([]);
    expect(after(snapshot, 'apply', 'egressip-crm')).toEqual([
      { kind: 'step', id: idOf(snapshot, 'label', 'n2'), optional: true },
    ]);
  });

  it('stays on a node that still carries what no other node can take, and that is said', () => {
    const namespaces = [aNamespace('shop', 0, { egressIPs: '10.0.0.1' })];
    const egressIPs = [anEgressIP('shop', ['10.0.0.1'], { assigned: [{ node: 'n1', egressIP: '10.0.0.1' }] })];
    const nodes = [node('n1', 'gone', true), node('n2', 'a', true, { ready: false })];
    const stuck = onOvn({ namespaces, nodes }, egressIPs);
    expect(writesOf(stuck)).toEqual([]);
    expect(findingsOf(stuck, 'NodeStillNeeded')).toMatchObject([
      { object: { kind: 'Node', name: 'n1' }, addresses: ['10.0.0.1'] },
    ]);
    const free = { ...stuck, nodes: [node('n1', 'gone', true), node('n2', 'a', true)] };
    expect(writesOf(free)).toEqual(['unlabel Node/n1']);
    expect(findingsOf(free, 'NodeStillNeeded')).toEqual([]);
  });

  it('stays on nodes of an EgressIPAM that goes, where they carry what another one has taken over', () => {
    const nodes = [node('n1', 'a', true), node('n2', 'a', true)];
    const egressIPAMs = [
      anEgressIPAM(['10.0.0.0/27=a'], { deletedAt: '2026-01-05T00:00:00Z', finalizers: ['egressip-ipam'] }),
      anEgressIPAM(['10.0.0.0/27=a'], { name: 'renamed', createdAt: '2026-01-04T00:00:00Z' }),
    ];
    const record = { egressIPAM: 'renamed', egressIPs: '10.0.0.1', allocated: 'renamed/10.0.0.1' };
    const taken = [
      anEgressIP('shop', ['10.0.0.1'], { egressIPAM: 'renamed', assigned: [{ node: 'n1', egressIP: '10.0.0.1' }] }),
    ];
    const renamed = onOvn({ egressIPAMs, nodes, namespaces: [aNamespace('shop', 0, record)] }, taken);
    expect(writesOf(renamed)).toContain('unlabel Node/n2');
    expect(writesOf(renamed)).not.toContain('unlabel Node/n1');
    expect(writesOf(onOvn({ egressIPAMs, nodes }))).toContain('unlabel Node/n1');
  });

  describe('of a node that is about to go', () => {
    const leaving = { taints: ['ToBeDeletedByClusterAutoscaler'] };
    const carrying = (nodes: readonly NodeSnapshot[], ...assigned: readonly (readonly [string, string])[]) =>
      onOvn(
        { namespaces: assigned.map(([, address], age) => aNamespace(`ns${age}`, age, { egressIPs: address })), nodes },
        assigned.map(([name, address], age) =>
          anEgressIP(`ns${age}`, [address], { assigned: [{ node: name, egressIP: address }] }),
        ),
      );

    it.each([
      ['a taint of the autoscaler', leaving],
      ['a taint of what is out of service', { taints: ['node.kubernetes.io/out-of-service'] }],
      ['its deletion', { deletedAt: '2026-02-01T00:00:00Z' }],
    ])('goes while the node still works: %s', (_what, sign) => {
      const snapshot = carrying([node('n1', 'a', true, sign), node('n2', 'a', true)], ['n1', '10.0.0.1']);
      expect(writesOf(snapshot)).toEqual(['unlabel Node/n1']);
      expect(writesOf(carrying([node('n3', 'a', false, sign), node('n2', 'a', true)], ['n2', '10.0.0.1']))).toEqual([]);
    });

    it('stays while no other node can take what it carries, and that is said', () => {
      const alone = carrying([node('n1', 'a', true, leaving)], ['n1', '10.0.0.1']);
      expect(writesOf(alone)).toEqual([]);
      expect(findingsOf(alone, 'NodeStillNeeded')).toMatchObject([{ object: { name: 'n1' }, addresses: ['10.0.0.1'] }]);
    });

    it('goes from one node alone where another has room for what that one carries, and no more', () => {
      const config = (ip: number): NodeSnapshot['annotations'] => ({
        'cloud.network.openshift.io/egress-ipconfig': `[{"interface":"eni","ifaddr":{"ipv4":"10.0.0.0/26"},"capacity":{"ipv4":${ip}}}]`,
      });
      const inCloud = (snapshot: ClusterSnapshot): ClusterSnapshot => ({
        ...snapshot,
        provider: { ...snapshot.provider, cloud: true },
        nodes: snapshot.nodes.map((entry) => ({ ...entry, annotations: { ...entry.annotations, ...config(2) } })),
      });
      const three = ['n1', 'n2'].map((name) => node(name, 'a', true, leaving));
      const snapshot = inCloud(
        carrying([...three, node('n3', 'a', true)], ['n1', '10.0.0.1'], ['n2', '10.0.0.2'], ['n3', '10.0.0.3']),
      );
      expect(writesOf(snapshot)).toEqual(['unlabel Node/n1']);
      expect(findingsOf(snapshot, 'NodeStillNeeded')).toMatchObject([{ object: { name: 'n2' } }]);
    });

    it('stays where a person set it, who is told to take it off while the node carries something', () => {
      const byHand = anOvnNode('n1', 'a', primary({ ipv4: '10.0.0.30/26' }), {
        labels: { [zoneLabel]: 'a', [label]: '' },
        ...leaving,
      });
      const snapshot = carrying([byHand, node('n2', 'a', true)], ['n1', '10.0.0.1']);
      expect(writesOf(snapshot)).toEqual([]);
      expect(findingsOf(snapshot, 'NodeStillNeeded')).toMatchObject([
        { severity: 'warning', object: { name: 'n1' }, addresses: ['10.0.0.1'] },
      ]);
      const idle = carrying([byHand, node('n2', 'a', true)], ['n2', '10.0.0.1']);
      expect(findingsOf(idle, 'NodeStillNeeded')).toEqual([]);
    });
  });

  it('stays on a cordoned node for what it carries, with a word that more may come, and goes when it carries nothing', () => {
    const cordoned = { unschedulable: true };
    const namespaces = [aNamespace('shop', 0, { egressIPs: '10.0.0.1' })];
    const on = (name: string): ClusterSnapshot =>
      onOvn({ namespaces, nodes: [node('n1', 'a', true, cordoned), node('n2', 'a', true)] }, [
        anEgressIP('shop', ['10.0.0.1'], { assigned: [{ node: name, egressIP: '10.0.0.1' }] }),
      ]);
    expect(writesOf(on('n1'))).toEqual([]);
    expect(findingsOf(on('n1'), 'CordonedNodeTakesMore')).toMatchObject([{ addresses: ['10.0.0.1'] }]);
    expect(writesOf(on('n2'))).toEqual(['unlabel Node/n1']);
    expect(findingsOf(on('n2'), 'CordonedNodeTakesMore')).toEqual([]);
    const alone = onOvn({ nodes: [node('n1', 'a', true, cordoned)] });
    expect(writesOf(alone)).toEqual([]);
    expect(writesOf(onOvn({ nodes: [node('n1', 'a', false, cordoned), node('n2', 'a', true)] }))).toEqual([]);
  });

  it('leaves with the EgressIPAM, after its EgressIPs', () => {
    const pool = anEgressIPAM(['10.0.0.0/27=a'], { deletedAt: '2026-02-01T00:00:00Z' });
    const namespaces = [aNamespace('shop', 0, { egressIPs: '10.0.0.1', allocated: 'pool/10.0.0.1' })];
    const snapshot = onOvn({ egressIPAMs: [pool], namespaces, nodes: [node('n1', 'a', true)] }, [
      anEgressIP('shop', ['10.0.0.1']),
    ]);
    expect(after(snapshot, 'unlabel', 'n1')).toEqual([{ kind: 'step', id: idOf(snapshot, 'delete', 'egressip-shop') }]);
  });

  describe('by which EgressIPs select nodes, where they can', () => {
    const owner = 'egressip-ipam-operator.redhat-cop.io/egressipam';
    const pinning = (nodes: readonly NodeSnapshot[], ...assigned: readonly string[]): ClusterSnapshot =>
      onOvn(
        {
          egressIPAMs: [
            anEgressIPAM(['10.0.0.0/27=a']),
            anEgressIPAM(['10.0.0.32/27=b'], { name: 'other', createdAt: '2026-01-01T01:00:00Z' }),
          ],
          namespaces: [aNamespace('shop', 0, { egressIPs: '10.0.0.1' })],
          nodes,
        },
        [
          anEgressIP('shop', ['10.0.0.1'], {
            assigned: assigned.map((name) => ({ node: name, egressIP: '10.0.0.1' })),
          }),
        ],
        [],
        { egressNodeSelector: true },
      );
    const owned = (name: string, zone: string, value: string, more: Partial<NodeSnapshot> = {}): NodeSnapshot => {
      const plain = node(name, zone, true, more);
      return { ...plain, labels: { ...plain.labels, [owner]: value } };
    };
    const labelsSet = (snapshot: ClusterSnapshot): readonly unknown[] =>
      planOf(snapshot).steps.flatMap((step) =>
        step.kind === 'network' && step.object.kind === 'Node' ? [[step.object.name, step.payload]] : [],
      );

    it('comes with the other, and on nodes that have that already, before EgressIPs select by it', () => {
      const snapshot = pinning([node('n1', 'a', true), node('n2', 'a', false)], 'n1');
      expect(labelsSet(snapshot)).toEqual([
        ['n1', { write: 'label', egressIPAM: 'pool' }],
        ['n2', { write: 'label', assignable: true, egressIPAM: 'pool' }],
      ]);
      expect(after(snapshot, 'apply', 'egressip-shop')).toEqual(
        ['n1', 'n2'].map((name) => ({ kind: 'step', id: `Node/${name}`, optional: true })),
      );
    });

    it('stays on a node that no EgressIPAM selects, or another one, until others can take what it carries', () => {
      for (const zone of ['gone', 'b']) {
        const alone = pinning([owned('n1', zone, 'pool')], 'n1');
        expect(labelsSet(alone)).toEqual([]);
        expect(findingsOf(alone, 'NodeStillNeeded')).toMatchObject([
          { object: { name: 'n1' }, addresses: ['10.0.0.1'] },
        ]);
      }
      const free = [owned('n2', 'a', 'pool')];
      expect(labelsSet(pinning([owned('n1', 'gone', 'pool'), ...free], 'n1'))).toEqual([
        ['n1', { write: 'label', assignable: false, egressIPAM: null }],
      ]);
      expect(labelsSet(pinning([owned('n1', 'b', 'pool'), ...free], 'n1'))).toEqual([
        ['n1', { write: 'label', egressIPAM: 'other' }],
      ]);
    });

    it('is taken off a node that a person labelled, and does not come and go there', () => {
      const byHand = anOvnNode('n1', 'a', primary({ ipv4: '10.0.0.30/26' }), {
        labels: { [zoneLabel]: 'a', [label]: '', [owner]: 'pool' },
        unschedulable: true,
      });
      const others = owned('n2', 'a', 'pool');
      expect(labelsSet(pinning([byHand, others], 'n2'))).toEqual([['n1', { write: 'label', egressIPAM: null }]]);
      const { [owner]: _owner, ...labels } = byHand.labels;
      expect(labelsSet(pinning([{ ...byHand, labels }, others], 'n2'))).toEqual([]);
    });

    it('stays where a person labelled a node that is about to go, or is selected no more, and no other can take over, and that is said', () => {
      const labels = { [zoneLabel]: 'a', [label]: '', [owner]: 'pool' };
      for (const more of [
        { labels, taints: ['ToBeDeletedByClusterAutoscaler'] },
        { labels: { ...labels, [zoneLabel]: 'gone' } },
      ]) {
        const byHand = anOvnNode('n1', 'a', primary({ ipv4: '10.0.0.30/26' }), more);
        const alone = pinning([byHand], 'n1');
        expect(labelsSet(alone)).toEqual([]);
        expect(findingsOf(alone, 'NodeStillNeeded')).toMatchObject([
          { object: { name: 'n1' }, addresses: ['10.0.0.1'] },
        ]);
        const free = pinning([byHand, owned('n2', 'a', 'pool')], 'n1');
        expect(labelsSet(free)).toEqual([['n1', { write: 'label', egressIPAM: null }]]);
        expect(findingsOf(free, 'NodeStillNeeded')).toEqual([]);
      }
    });
  });
});
