import { describe, expect, it } from 'vitest';
import { parseAddress, type Address } from '../address/address.ts';
import type { NodeIndex } from '../ledger/indexes.ts';
import { NodeNames } from '../ledger/node-names.ts';
import type { NetworkTraits } from '../network-contract/traits.ts';
import { Parser, type ParsedSnapshot } from '../parse/parsed-snapshot.ts';
import { plain } from '../plain/plain-network.ts';
import { networkView } from '../plan/network-view.ts';
import type { ClusterSnapshot } from '../snapshot/snapshot.ts';
import { anEgressIPAM, aNode, aSnapshot } from '../testing/builders.ts';
import { makePools, type Pools } from './make-pools.ts';
import { NodeTable } from './node-table.ts';
import type { Pool } from './pool.ts';

const at = (text: string): Address => parseAddress(text) ?? 0;

function poolsOf(snapshot: ParsedSnapshot, traits: Partial<NetworkTraits> = {}, last: readonly Pool[] = []): Pools {
  const view = networkView(snapshot);
  const nodes = new NodeTable(snapshot, plain.createFactsReader().read(view), new NodeNames(snapshot.nodes));
  return makePools(snapshot.egressIPAMs, nodes, { ...plain.traits(view.settings, view.platform), ...traits }, last);
}

/** By pool and CIDR: the nodes. */
const nodesIn = ({ list }: Pools): unknown =>
  list.map(({ name, assignments }) => [name, ...assignments.map(({ group }) => group.selection.names.selected)]);

const cluster: Partial<ClusterSnapshot> = {
  nodes: [aNode('n1', 'a'), aNode('n2', 'b'), aNode('n3', 'a'), aNode('n4', 'c')],
  egressIPAMs: [
    anEgressIPAM(['10.0.0.0/24=a', '10.0.1.0/24=b', 'fd00::/64=a'], {
      name: 'first',
      createdAt: '2026-01-02T00:00:00Z',
    }),
    anEgressIPAM(['10.1.0.0/24=b', '10.1.1.0/24=none'], { name: 'older' }),
  ],
};

describe('the nodes of EgressIPAMs', () => {
  it('are those with the topology value of each CIDR assignment, unless an older one has them', () => {
    const pools = poolsOf(new Parser().parse(aSnapshot(cluster)));
    expect(nodesIn(pools)).toEqual([
      ['first', ['n1', 'n3'], [], ['n1', 'n3']],
      ['older', ['n2'], []],
    ]);
    expect([0, 1, 2, 3].map((node) => pools.ofNode(node as NodeIndex)?.name)).toEqual([
      'first',
      'older',
      'first',
      undefined,
    ]);
    expect(pools.findings.map(({ code, object }) => [code, object.name])).toEqual([['OverlappingNodes', 'first']]);
  });

  it('are none for a family that the network does not carry', () => {
    const pools = poolsOf(new Parser().parse(aSnapshot(cluster)), { families: [4] });
    expect(nodesIn(pools)).toEqual([
      ['first', ['n1', 'n3'], [], []],
      ['older', ['n2'], []],
    ]);
  });

  it('have groups that are numbered through, those of all nodes of one behind them', () => {
    const { list } = poolsOf(new Parser().parse(aSnapshot(cluster)));
    const numbers = list.flatMap(({ assignments }) => assignments.map(({ group }) => group.index));
    expect([...numbers, ...list.map(({ anyNode }) => anyNode.index)]).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
});

it('an EgressIPAM is found by its name and by an address of its CIDRs', () => {
  const pools = poolsOf(new Parser().parse(aSnapshot(cluster)));
  expect(['older', 'none'].map((name) => pools.named(name)?.name)).toEqual(['older', undefined]);
  const addresses = ['10.0.1.255', '10.1.1.0', '10.0.2.0', 'fd00::1', 'fd01::1'];
  expect(addresses.map((text) => pools.having(at(text))?.name)).toEqual([
    'first',
    'older',
    undefined,
    'first',
    undefined,
  ]);
});

describe('a pool of the plan before', () => {
  it('goes on as the same object, with the nodes of today', () => {
    const parser = new Parser();
    const snapshot = aSnapshot(cluster);
    const before = poolsOf(parser.parse(snapshot));
    const nodes = snapshot.nodes.filter(({ name }) => name !== 'n1');
    const after = poolsOf(parser.parse({ ...snapshot, nodes }), {}, before.list);
    expect(after.list.map((pool, index) => pool === before.list[index])).toEqual([true, true]);
    expect(after.list[0]?.assignments[0]?.group.selection.names.selected).toEqual(['n3']);
  });

  it('is another one once its EgressIPAM changed, or others place its addresses', () => {
    const parser = new Parser();
    const snapshot = aSnapshot(cluster);
    const { list } = poolsOf(parser.parse(snapshot));
    const egressIPAMs = snapshot.egressIPAMs.map((entry) => (entry.name === 'first' ? { ...entry } : entry));
    const edited = poolsOf(parser.parse({ ...snapshot, egressIPAMs }), {}, list);
    expect(edited.list.map((pool, index) => pool === list[index])).toEqual([false, true]);
    const handedOver = poolsOf(parser.parse(snapshot), { placement: () => 'network' }, list);
    expect(handedOver.list.map((pool, index) => [pool === list[index], pool.placement])).toEqual([
      [false, 'network'],
      [false, 'network'],
    ]);
  });
});
