import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddress, type Address } from '../address/address.ts';
import { parseCidrs } from '../parse/parse-lists.ts';
import { AddressLayout } from '../ledger/address-layout.ts';
import { AddressLedger } from '../ledger/address-ledger.ts';
import type { ClaimIndex, NodeIndex } from '../ledger/indexes.ts';
import { NodeNames } from '../ledger/node-names.ts';
import { Parser } from '../parse/parsed-snapshot.ts';
import { plain } from '../plain/plain-network.ts';
import { networkView } from '../plan/network-view.ts';
import { aNode, aSnapshot } from '../testing/builders.ts';
import { nodeGroup, type NodeGroup } from './node-group.ts';
import { NodeSelection } from './node-selection.ts';
import { NodeTable } from './node-table.ts';
import { Placer, type PlacementItem } from './placer.ts';

const cidrs = parseCidrs(['10.0.0.0/24']);
const address = (last: number): Address => parseAddress(`10.0.0.${last}`) ?? 0;

/** Nodes that carry so many addresses each, and who places addresses on them. */
class Scene {
  readonly nodes: NodeTable;
  readonly ledger = new AddressLedger(new AddressLayout(cidrs));
  readonly placer: Placer;
  #groups = 0;

  constructor(capacities: readonly number[]) {
    const snapshot = new Parser().parse(aSnapshot({ nodes: capacities.map((_, node) => aNode(`n${node}`)) }));
    const facts = plain.createFactsReader().read(networkView(snapshot));
    this.nodes = new NodeTable(snapshot, facts, new NodeNames(snapshot.nodes));
    for (const [node, total] of capacities.entries())
      this.nodes.limit(node as NodeIndex, { ipv4: total, ipv6: total, total });
    this.placer = new Placer(this.ledger, this.nodes);
  }

  group(...nodes: readonly number[]): NodeGroup {
    const [cidr] = cidrs;
    if (cidr === undefined) throw new Error('no CIDR');
    return nodeGroup(this.#groups++, new NodeSelection(this.nodes, nodes as NodeIndex[]), cidr);
  }

  /** Items of one claim, with addresses that begin at a number. */
  items(claim: number, first: number, groups: readonly NodeGroup[]): readonly PlacementItem[] {
    const addresses = groups.map((_, order) => address(first + order));
    this.placer.unite(claim as ClaimIndex, addresses);
    return groups.map((group, order) => this.placer.item(claim as ClaimIndex, address(first + order), group));
  }

  place(claim: number, first: number, ...groups: readonly NodeGroup[]): readonly (number | undefined)[] | 'no place' {
    const items = this.items(claim, first, groups);
    const isPlaced = this.placer.placeAll(items);
    const nodes = items.map(({ node }) => node);
    if (!isPlaced) expect(nodes).toEqual(groups.map(() => undefined));
    return isPlaced ? nodes : 'no place';
  }

  nodeOf(last: number): number | undefined {
    return this.ledger.placement.at(this.ledger.slotOf(address(last)));
  }
}

describe('an address is placed', () => {
  it('on the node with the lowest load for its capacity, on the first by name of several', () => {
    const scene = new Scene([2, 4, 2]);
    const all = scene.group(0, 1, 2);
    const placed = [1, 2, 3, 4, 5].map((last) => scene.place(last, last, all));
    expect(placed).toEqual([[0], [1], [2], [1], [0]]);
  });

  it('where another one of the same plan makes room for it, over several nodes if need be', () => {
    const scene = new Scene([1, 1, 1]);
    expect(scene.place(1, 1, scene.group(0, 1))).toEqual([0]);
    expect(scene.place(2, 2, scene.group(1, 2))).toEqual([1]);
    expect(scene.place(3, 3, scene.group(0))).toEqual([0]);
    expect([1, 2, 3].map((last) => scene.nodeOf(last))).toEqual([1, 2, 0]);
  });

  it('never at the cost of one that was on its node before', () => {
    const scene = new Scene([1, 1]);
    scene.placer.stay(1 as ClaimIndex, scene.ledger.slotOf(address(1)), 4, 0 as NodeIndex);
    expect(scene.place(2, 2, scene.group(0))).toBe('no place');
    expect([scene.nodeOf(1), scene.nodeOf(2)]).toEqual([0, undefined]);
  });

  it('whenever it and all that were placed before fit on the nodes together', () => {
    const someNodes = fc.uniqueArray(fc.nat(3), { minLength: 1, maxLength: 3 });
    const capacities = fc.array(fc.nat(2), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(capacities, fc.array(someNodes, { maxLength: 6 }), (room, wanted) => {
        const scene = new Scene(room);
        let placed: readonly (readonly number[])[] = [];
        for (const [claim, nodes] of wanted.entries()) {
          const isFitting = fit([...placed, nodes], room);
          expect(scene.place(claim, claim + 1, scene.group(...nodes.sort())) !== 'no place').toBe(isFitting);
          if (isFitting) placed = [...placed, nodes];
        }
      }),
    );
  });
});

describe('addresses of one claim', () => {
  it('law 3: are on different nodes, also where one of them was there before', () => {
    const scene = new Scene([9, 9]);
    const both = scene.group(0, 1);
    expect(scene.place(1, 1, both, both)).toEqual([0, 1]);
    expect(scene.place(2, 11, both, both, both)).toBe('no place');
    scene.placer.unite(3 as ClaimIndex, [address(21), address(22)]);
    for (const last of [21, 22])
      scene.placer.stay(3 as ClaimIndex, scene.ledger.slotOf(address(last)), 4, 0 as NodeIndex);
    expect([scene.nodeOf(21), scene.nodeOf(22)]).toEqual([0, undefined]);
  });

  it('are placed all or none: what had a place already gives it back', () => {
    const scene = new Scene([1, 0]);
    const [north, south] = [scene.group(0), scene.group(1)];
    expect(scene.place(1, 1, north, south)).toBe('no place');
    expect(scene.nodeOf(1)).toBeUndefined();
    expect(scene.place(2, 11, north)).toEqual([0]);
  });

  it('leave nothing behind when they are taken back', () => {
    const many = new Scene([1, 1, 1, 1, 1, 1, 1, 1]);
    const all = many.group(0, 1, 2, 3, 4, 5, 6, 7);
    expect(many.place(1, 1, all, all, many.group())).toBe('no place');
    expect(many.place(2, 11, all)).toEqual([0]);

    const few = new Scene([1, 1]);
    expect(few.place(1, 1, few.group(0, 1))).toEqual([0]);
    expect(few.place(2, 11, few.group(0, 1), few.group(1))).toBe('no place');
    expect(few.place(3, 21, few.group(0))).toEqual([0]);
    expect(few.nodeOf(1)).toBe(1);
  });
});

/** Whether addresses, each with the nodes it may go to, find room together. */
function fit([first, ...others]: readonly (readonly number[])[], room: readonly number[]): boolean {
  if (first === undefined) return true;
  return first.some((node) => {
    const left = (room[node] ?? 0) - 1;
    return left >= 0 && fit(others, room.with(node, left));
  });
}
