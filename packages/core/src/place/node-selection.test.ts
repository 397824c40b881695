import { expect, it } from 'vitest';
import { parseAddress, type Address } from '../address/address.ts';
import type { NodeIndex } from '../ledger/indexes.ts';
import { NodeNames } from '../ledger/node-names.ts';
import { Parser } from '../parse/parsed-snapshot.ts';
import { plain } from '../plain/plain-network.ts';
import { networkView } from '../plan/network-view.ts';
import { egressIPConfigAnnotation } from '../snapshot/names.ts';
import type { NodeSnapshot } from '../snapshot/snapshot.ts';
import { aNode, aSnapshot } from '../testing/builders.ts';
import { NodeSelection } from './node-selection.ts';
import { NodeTable } from './node-table.ts';

const at = (text: string): Address => parseAddress(text) ?? 0;

/** A node with an announced subnet. */
function inSubnet(name: string, ipv4: string, more: Partial<NodeSnapshot> = {}): NodeSnapshot {
  const value = JSON.stringify([{ interface: 'i', ifaddr: { ipv4 }, capacity: { ip: 9 } }]);
  return aNode(name, 'a', { annotations: { [egressIPConfigAnnotation]: value }, ...more });
}

function select(nodes: readonly NodeSnapshot[], ...selected: readonly number[]): NodeSelection {
  const snapshot = new Parser().parse(aSnapshot({ nodes }));
  const facts = plain.createFactsReader().read(networkView(snapshot));
  return new NodeSelection(new NodeTable(snapshot, facts, new NodeNames(snapshot.nodes)), selected as NodeIndex[]);
}

it('of selected nodes those take more that are ready, stay and are not cordoned', () => {
  const nodes = [
    aNode('n0'),
    aNode('n1', 'a', { ready: false }),
    aNode('n2', 'a', { unschedulable: true }),
    aNode('n3', 'a', { deletedAt: '2026-02-01T00:00:00Z' }),
    aNode('n4'),
    aNode('n5'),
  ];
  const selection = select(nodes, 0, 1, 2, 3, 5);
  expect(selection.candidates).toEqual([0, 5]);
  expect(selection.whole).toEqual({ id: 'all', candidates: [0, 5] });
  expect(selection.names).toEqual({ selected: ['n0', 'n1', 'n2', 'n3', 'n5'], candidates: ['n0', 'n5'] });
  expect([0, 1, 4, 5].map((node) => selection.isSelected(node as NodeIndex))).toEqual([true, true, false, true]);
});

it('a node that takes nothing could host an address all the same, but is no part for it', () => {
  const nodes = [inSubnet('n0', '10.0.0.0/24'), inSubnet('n1', '10.0.1.0/24', { ready: false })];
  const selection = select(nodes, 0, 1);
  expect(['10.0.0.9', '10.0.1.9', '10.0.2.9'].map((text) => selection.couldHost(at(text)))).toEqual([
    true,
    true,
    false,
  ]);
  expect(['10.0.0.9', '10.0.1.9'].map((text) => selection.partFor(at(text)).candidates)).toEqual([[0], []]);
});

it('tells the subnets of those that take more', () => {
  const nodes = [
    inSubnet('n0', '10.0.0.0/24'),
    aNode('n1'),
    aNode('n2'),
    inSubnet('n3', '10.0.1.0/24', { ready: false }),
  ];
  const texts = select(nodes, 0, 1, 2, 3).subnets.map((subnets) => subnets?.map(({ text }) => text));
  expect(texts).toEqual([['10.0.0.0/24'], undefined]);
});
