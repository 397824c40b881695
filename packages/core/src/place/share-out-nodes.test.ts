import { describe, expect, it } from 'vitest';
import type { NodeIndex } from '../ledger/indexes.ts';
import { NodeNames } from '../ledger/node-names.ts';
import { Parser } from '../parse/parsed-snapshot.ts';
import { plain } from '../plain/plain-network.ts';
import { networkView } from '../plan/network-view.ts';
import { plan } from '../plan/planner.ts';
import type { EgressIPAMSnapshot, NodeSnapshot } from '../snapshot/snapshot.ts';
import { anEgressIPAM, aNode, aSnapshot, zoneLabel } from '../testing/builders.ts';
import { NodeTable } from './node-table.ts';
import { shareOutNodes, type SharedNodes } from './share-out-nodes.ts';

/** A node that counts how often its labels are looked at. */
function counted(node: NodeSnapshot, look: () => void): NodeSnapshot {
  const { labels } = node;
  return {
    ...node,
    get labels() {
      look();
      return labels;
    },
  };
}

function looksFor(egressIPAMs: number): number {
  let looks = 0;
  const nodes = Array.from({ length: 50 }, (_, index) => counted(aNode(`n${index}`), () => (looks += 1)));
  const list = Array.from({ length: egressIPAMs }, (_, index) =>
    anEgressIPAM([`10.${index}.0.0/24=a`], { name: `pool-${index}`, nodeSelector: { matchLabels: {} } }),
  );
  const { findings } = plan(aSnapshot({ nodes, egressIPAMs: list }));
  expect(findings.filter(({ code }) => code === 'OverlappingNodes')).toHaveLength(egressIPAMs - 1);
  return looks;
}

it('EgressIPAMs that ask for the same nodes cost no look at each node for each of them', () => {
  expect(looksFor(200)).toBe(looksFor(3));
});

describe('a node goes', () => {
  const shareOut = (nodes: readonly NodeSnapshot[], ...egressIPAMs: readonly EgressIPAMSnapshot[]): SharedNodes => {
    const snapshot = new Parser().parse(aSnapshot({ nodes, egressIPAMs }));
    const facts = plain.createFactsReader().read(networkView(snapshot));
    return shareOutNodes(snapshot.egressIPAMs, new NodeTable(snapshot, facts, new NodeNames(snapshot.nodes)));
  };
  const holders = ({ holderOf }: SharedNodes, count: number): readonly (number | undefined)[] =>
    Array.from({ length: count }, (_, node) => holderOf(node as NodeIndex));

  it('to the oldest EgressIPAM that asks for it, the first by name of several, and the younger is told', () => {
    const nodes = ['n1', 'n2', 'n3', 'n4', 'n5'].map((name, index) => aNode(name, index === 4 ? 'b' : 'a'));
    const young = anEgressIPAM(['10.0.0.0/24=a', '10.1.0.0/24=b'], {
      name: 'a-young',
      createdAt: '2026-01-09T00:00:00Z',
    });
    const alike = ['m', 'z'].map((name) => anEgressIPAM(['10.2.0.0/24=a'], { name }));
    const shared = shareOut(nodes, young, ...alike);
    expect(holders(shared, 5)).toEqual([1, 1, 1, 1, 0]);
    expect(['a', 'b'].map((value) => shared.olderWith(0, value))).toEqual([['m'], []]);
    expect([shared.olderWith(1, 'a'), shared.olderWith(2, 'a')]).toEqual([[], ['m']]);
    expect(shared.findings.map(({ object, message }) => [object.name, message.split(',', 3).join()])).toEqual([
      ['z', '4 of its nodes (n1, n2, n3'],
      ['a-young', '4 of its nodes (n1, n2, n3'],
    ]);
  });

  it('to whose nodeSelector selects it, and who has a CIDR assignment for it', () => {
    const labels = { [zoneLabel]: 'a', role: 'egress' };
    const nodes = [aNode('n1'), aNode('n2', 'a', { labels }), aNode('n3', 'c')];
    const selecting = anEgressIPAM(['10.0.0.0/24=a'], {
      name: 'one',
      nodeSelector: { matchLabels: { role: 'egress' } },
    });
    const shared = shareOut(nodes, selecting, anEgressIPAM(['10.1.0.0/24=a'], { createdAt: '2026-01-09T00:00:00Z' }));
    expect(holders(shared, 3)).toEqual([1, 0, undefined]);
    expect(shared.findings).toMatchObject([{ code: 'OverlappingNodes', object: { name: 'pool' } }]);
  });

  it('to nobody without the label, also where an empty value is asked for', () => {
    const nodes = [aNode('n1', 'a', { labels: {} }), aNode('n2', '')];
    expect(holders(shareOut(nodes, anEgressIPAM(['10.0.0.0/24='])), 2)).toEqual([undefined, 0]);
  });
});
