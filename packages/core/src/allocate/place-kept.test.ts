import { describe, expect, it } from 'vitest';
import { parseAddress, type Address } from '../address/address.ts';
import { readClaims } from '../claims/read-claims.ts';
import type { NodeIndex } from '../ledger/indexes.ts';
import { unlimited, type HostFacts, type NetworkFacts } from '../network-contract/facts.ts';
import type { PlacementMode } from '../network-contract/traits.ts';
import { Placer } from '../place/placer.ts';
import type { NodeSnapshot } from '../snapshot/snapshot.ts';
import { aNamespace, aNode, anEgressIPAM } from '../testing/builders.ts';
import { groundwork } from '../testing/groundwork.ts';
import { Keeper } from './place-kept.ts';

const [one, two, three] = ['10.0.0.1', '10.0.1.1', '10.0.0.2'] as const;
const at = (text: string): Address => parseAddress(text) ?? 0;

/** What the network shows on nodes. */
const shown = (where: Readonly<Record<string, string>>): readonly HostFacts[] => [
  {
    object: { kind: 'Host', name: 'all' },
    hosted: Object.entries(where).map(([address, node]) => ({
      ...{ address: at(address), node, ours: true, namespace: undefined, state: 'shown' as const },
    })),
  },
];

interface Kept {
  readonly placed: Readonly<Record<string, string | undefined>>;
  readonly inPlace: readonly string[];
  readonly unusual: readonly string[];
}

/** Of namespaces that have these addresses, oldest first: where each is from now on, and whose are all in place. */
function keepAll(
  nodes: readonly NodeSnapshot[],
  namespaces: Readonly<Record<string, string>>,
  told: Partial<NetworkFacts> = {},
  placement: PlacementMode = 'us',
): Kept {
  const found = groundwork(
    {
      nodes,
      egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a', '10.0.1.0/24=a'])],
      namespaces: Object.entries(namespaces).map(([name, egressIPs], age) =>
        aNamespace(name, age, { egressIPs, allocated: `pool/${egressIPs}` }),
      ),
    },
    told,
    { placement: () => placement },
  );
  const { ledger } = found;
  const keeper = new Keeper(ledger, found.nodes, new Placer(ledger, found.nodes));
  const { claims } = readClaims({ ...found, refused: new Set(), lastOf: () => undefined });
  const inPlace = claims.filter((claim) => keeper.keep(claim)).map(({ namespace }) => namespace.name);
  keeper.findHomes();
  const nameOf = (node: NodeIndex | undefined): string | undefined =>
    node === undefined ? undefined : found.nodes.nameOf(node);
  const all = Object.values(namespaces).flatMap((list) => list.split(','));
  const placed = Object.fromEntries(all.map((text) => [text, nameOf(ledger.placement.at(ledger.slotOf(at(text))))]));
  return { placed, inPlace, unusual: keeper.unusual.map(({ namespace }) => namespace.name) };
}

const limitedTo = (ipv4: number): Partial<NetworkFacts> => ({
  nodeOf: () => ({ usable: true, addresses: [], capacity: { ...unlimited, ipv4 } }),
});
const both = [aNode('n1'), aNode('n2')];

describe('an address that this project places', () => {
  it('stays on the node that shows it, also where another node carries less', () => {
    const hosts = shown({ [one]: 'n1', [three]: 'n1' });
    expect(keepAll(both, { shop: one, pay: three }, { hosts })).toMatchObject({
      placed: { [one]: 'n1', [three]: 'n1' },
      inPlace: ['pay', 'shop'],
    });
  });

  it('moves off a node that is down, about to go or not of its EgressIPAM; where no other takes it, it stays', () => {
    const hosts = shown({ [one]: 'n1' });
    for (const n1 of [
      aNode('n1', 'a', { ready: false }),
      aNode('n1', 'a', { deletedAt: '2026-02-01T00:00:00Z' }),
      aNode('n1', 'b'),
    ]) {
      expect(keepAll([n1, aNode('n2')], { shop: one }, { hosts })).toMatchObject({
        placed: { [one]: 'n2' },
        inPlace: [],
      });
      expect(keepAll([n1], { shop: one }, { hosts }).placed).toEqual({ [one]: 'n1' });
    }
    expect(keepAll([aNode('n1', 'a', { unschedulable: true }), aNode('n2')], { shop: one }, { hosts }).placed).toEqual({
      [one]: 'n1',
    });
  });

  it('law 3: moves where another address of its namespace stays', () => {
    const hosts = shown({ [one]: 'n1', [two]: 'n1' });
    const names = `${one},${two}`;
    expect(keepAll(both, { shop: names }, { hosts }).placed).toEqual({ [one]: 'n1', [two]: 'n2' });
    expect(keepAll([aNode('n1')], { shop: names }, { hosts }).placed).toEqual({ [one]: 'n1', [two]: undefined });
  });

  it('is crowded out of a node that carries more than it can, the youngest first, while others have room', () => {
    const told = { ...limitedTo(1), hosts: shown({ [one]: 'n1', [three]: 'n1' }) };
    expect(keepAll(both, { old: three, young: one }, told).placed).toEqual({ [three]: 'n1', [one]: 'n2' });
    expect(keepAll([aNode('n1')], { old: three, young: one }, told).placed).toEqual({ [three]: 'n1', [one]: 'n1' });
  });

  it('stays on a node of its EgressIPAM also once it lies in none of its CIDRs, and moves to one of these otherwise', () => {
    const outside = '10.9.0.1';
    const nodes = [aNode('n1'), aNode('n2', 'b')];
    const stays = keepAll(nodes, { shop: outside }, { hosts: shown({ [outside]: 'n1' }) });
    expect(stays).toMatchObject({ placed: { [outside]: 'n1' }, inPlace: ['shop'] });
    const moves = keepAll(
      [aNode('n3', 'a', { ready: false }), ...nodes],
      { shop: outside },
      { hosts: shown({ [outside]: 'n3' }) },
    );
    expect(moves.placed).toEqual({ [outside]: 'n1' });
  });

  it('finds a node where it is on none: the oldest where there is room for one alone', () => {
    expect(keepAll([aNode('n1')], { old: one, a: three }, limitedTo(1))).toMatchObject({
      placed: { [three]: undefined, [one]: 'n1' },
      inPlace: [],
    });
  });
});

describe('an address that the network places', () => {
  it('follows the network, and has room kept for it where it goes once its node may keep it no longer', () => {
    const hosts = shown({ [one]: 'n1' });
    expect(keepAll(both, { shop: one }, { hosts }, 'network')).toMatchObject({
      placed: { [one]: 'n1' },
      inPlace: ['shop'],
    });
    const down = [aNode('n1', 'a', { ready: false }), aNode('n2')];
    expect(keepAll(down, { shop: one }, { hosts }, 'network').placed).toEqual({ [one]: 'n2' });
    expect(keepAll(both, { shop: one }, {}, 'network').inPlace).toEqual([]);
  });

  it('is where the network shows it, where that chooses among the nodes of a CIDR, and nowhere before', () => {
    const hosts = shown({ [one]: 'n2' });
    expect(keepAll(both, { shop: one }, { hosts }, 'us-by-cidr')).toMatchObject({
      placed: { [one]: 'n2' },
      inPlace: ['shop'],
    });
    expect(keepAll(both, { shop: one }, {}, 'us-by-cidr').placed).toEqual({ [one]: undefined });
    const down = [aNode('n1'), aNode('n2', 'a', { ready: false })];
    expect(keepAll(down, { shop: one }, { hosts }, 'us-by-cidr')).toMatchObject({
      placed: { [one]: 'n2' },
      inPlace: [],
    });
  });
});

it('usual is a claim that is settled, and all of whose addresses are shown where they stay', () => {
  const names = `${one},${two}`;
  const hosts = shown({ [one]: 'n1', [two]: 'n2' });
  expect(keepAll(both, { shop: names }, { hosts }).unusual).toEqual([]);
  expect(keepAll(both, { shop: names }, { hosts: shown({ [one]: 'n1' }) }).unusual).toEqual(['shop']);
  // It lacks an address of the other CIDR.
  expect(keepAll(both, { shop: one }, { hosts })).toMatchObject({ inPlace: ['shop'], unusual: ['shop'] });
});
