import { plan, type ClusterSnapshot, type Finding, type NodeSnapshot } from '@egressip-ipam/core';
import { entriesOf } from '@egressip-ipam/core/plugin';
import { aNamespace, anEgressIPAM, aNode, applyStep, aSnapshot, readySteps } from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
import { egressKind } from '../kinds/egress.ts';
import { externalIPPoolKind } from '../kinds/external-ip-pool.ts';
import { network } from '../network.ts';
import { antreaAtWork, dressed } from '../testing/antrea-at-work.ts';

const nodes = (...names: readonly string[]): readonly NodeSnapshot[] => names.map((name) => dressed(aNode(name)));
const start = (...names: readonly string[]): ClusterSnapshot =>
  settled(
    aSnapshot(
      { egressIPAMs: [anEgressIPAM(['10.0.0.0/29=a'])], nodes: nodes(...names), namespaces: [aNamespace('team')] },
      network,
    ),
  );
const edit = (snapshot: ClusterSnapshot, name: string, change: Partial<NodeSnapshot>): ClusterSnapshot =>
  antreaAtWork({
    ...snapshot,
    nodes: snapshot.nodes.map((node) => (node.name === name ? { ...node, ...change } : node)),
  });
const carrier = ({ network: { objects } }: ClusterSnapshot): string | undefined =>
  entriesOf(objects, egressKind)[0]?.egressNode;
const members = ({ network: { objects } }: ClusterSnapshot): unknown =>
  entriesOf(objects, externalIPPoolKind)[0]?.nodeSelector.matchExpressions?.[0]?.values;
const findingsOf = (snapshot: ClusterSnapshot, code: string): readonly Finding[] =>
  plan(snapshot, network).findings.filter((finding) => finding.code === code);

function settled(initial: ClusterSnapshot): ClusterSnapshot {
  let snapshot = antreaAtWork(initial);
  for (let round = 0; round < 20; round++) {
    const ready = readySteps(plan(snapshot, network));
    if (ready.length === 0) return snapshot;
    for (const step of ready) snapshot = antreaAtWork(applyStep(snapshot, step, network));
  }
  throw new Error('does not settle');
}

describe('the nodes of a pool', () => {
  const ways: readonly (readonly [string, Partial<NodeSnapshot>])[] = [
    ['loses the topology label', { labels: { 'kubernetes.io/hostname': 'n1' } }],
    ['is about to go', { taints: ['ToBeDeletedByClusterAutoscaler'] }],
  ];

  it.each(ways)('are without one that %s, once another can take what it carries', (_what, change) => {
    const snapshot = edit(start('n1', 'n2'), 'n1', change);
    expect(carrier(snapshot)).toBe('n1');
    expect([members(settled(snapshot)), carrier(settled(snapshot))]).toEqual([['n2'], 'n2']);
  });

  it.each(ways)('have one still that %s while no other can take what it carries, and that is said', (_what, change) => {
    const snapshot = settled(edit(start('n1'), 'n1', change));
    expect([members(snapshot), carrier(snapshot)]).toEqual([['n1'], 'n1']);
    expect(findingsOf(snapshot, 'NodeStillNeeded')).toMatchObject([
      { object: { kind: 'Node', name: 'n1' }, addresses: ['10.0.0.1'] },
    ]);
  });

  it.each(ways)('have one still that %s, though its namespace claims from elsewhere now', (_what, change) => {
    const other = { ...anEgressIPAM(['10.9.0.0/29=b']), name: 'other' };
    const before = start('n1');
    // It asked for what it cannot have before it had an address from there: what it had stays.
    const asking = { egressIPAM: 'other', allocated: 'other/10.9.0.1', egressIPs: '10.0.0.0' };
    const switched = settled({
      ...before,
      egressIPAMs: [...before.egressIPAMs, other],
      nodes: [...before.nodes, dressed(aNode('n2', 'b'))],
      namespaces: before.namespaces.map((entry) => ({ ...entry, ...asking })),
    });
    expect(carrier(settled(edit(switched, 'n1', change)))).toBe('n1');
  });

  it.each(ways)('have one still that %s, though its CIDR has what it carries no more', (_what, change) => {
    const before = start('n1');
    const [pool] = before.egressIPAMs;
    const kept = { ...aNamespace('team'), egressIPs: '10.0.0.5' };
    const given = settled({ ...before, namespaces: [kept] });
    const resized = { ...anEgressIPAM(['10.0.0.0/30=a']), name: pool?.name ?? '' };
    const snapshot = settled(edit(settled({ ...given, egressIPAMs: [resized] }), 'n1', change));
    expect([members(snapshot), carrier(snapshot)]).toEqual([['n1'], 'n1']);
    expect(findingsOf(snapshot, 'NodeStillNeeded')).toMatchObject([{ addresses: ['10.0.0.5'] }]);
  });

  it('have a cordoned one for what it carries, and are without it when it carries nothing', () => {
    const cordoned = { unschedulable: true };
    const carrying = settled(edit(start('n1', 'n2'), 'n1', cordoned));
    expect([members(carrying), carrier(carrying)]).toEqual([['n1', 'n2'], 'n1']);
    expect(findingsOf(carrying, 'CordonedNodeTakesMore')).toMatchObject([{ object: { name: 'n1' } }]);
    expect(members(settled(edit(start('n1', 'n2'), 'n2', cordoned)))).toEqual(['n1']);
  });

  it('are those that get the labels, where there are none now', () => {
    const snapshot = settled({ ...start(), nodes: [] });
    const { objects } = snapshot.network;
    expect(entriesOf(objects, externalIPPoolKind)[0]?.nodeSelector.matchLabels).toEqual({
      'topology.kubernetes.io/zone': 'a',
    });
  });

  it('are none without a hostname, which is said', () => {
    const snapshot = settled({ ...start('n1'), nodes: [aNode('n1')] });
    expect(findingsOf(snapshot, 'HostnameLabelMissing')).toMatchObject([{ object: { name: 'n1' } }]);
  });
});
