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

  it('leaves with the EgressIPAM, after its EgressIPs', () => {
    const pool = anEgressIPAM(['10.0.0.0/27=a'], { deletedAt: '2026-02-01T00:00:00Z' });
    const namespaces = [aNamespace('shop', 0, { egressIPs: '10.0.0.1', allocated: 'pool/10.0.0.1' })];
    const snapshot = onOvn({ egressIPAMs: [pool], namespaces, nodes: [node('n1', 'a', true)] }, [
      anEgressIP('shop', ['10.0.0.1']),
    ]);
    expect(after(snapshot, 'unlabel', 'n1')).toEqual([{ kind: 'step', id: idOf(snapshot, 'delete', 'egressip-shop') }]);
  });
});
