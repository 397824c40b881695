import type { Address } from '../address/address.ts';
import { familyOf } from '../address/address.ts';
import type { AddressTable } from '../allocate/address-table.ts';
import type { NodeGroup } from './node-group.ts';
import type { NodeTable } from './node-table.ts';
import { LeastLoaded } from './least-loaded.ts';

/** The addresses of one namespace, by slot. One object for all of its items, so that each knows of those that came after it. */
export interface Siblings {
  slots: readonly number[];
}

/** An address that looks for a node. */
export interface PlacementItem {
  readonly address: Address;
  readonly slot: number;
  readonly family: 4 | 6;
  /** The nodes it may go to. */
  readonly group: NodeGroup;
  /** All addresses of the same namespace: no two of them share a node (law 3). */
  readonly siblings: Siblings;
  /** The node it was given, or -1. */
  node: number;
}

/**
 * Finds nodes for addresses: the node with the lowest load relative to its
 * capacity, ties by name. Where that choice leaves an address without a node
 * though a solution exists, addresses placed earlier in the same plan make room
 * along an augmenting path (bipartite matching with node capacities). What
 * already is on a node never moves for another.
 */
export class Placer {
  readonly #addresses: AddressTable;
  readonly #nodes: NodeTable;
  readonly #queue: LeastLoaded;
  /** By node: the items that this plan put there, which may still move. */
  readonly #movable = new Map<number, PlacementItem[]>();
  /** Nodes, by family, from which no path leads to free room; they stay so, as room never comes back within a plan. */
  readonly #dead = { 4: new Set<number>(), 6: new Set<number>() };
  /** Those that were found dead for the items that are being placed, which may yet be taken back. */
  #deadNow: { readonly family: 4 | 6; readonly node: number }[] = [];
  /** Groups whose nodes had no place for one item each: nor have they for the next namespace of that kind. */
  readonly #full = new Set<string>();

  constructor(addresses: AddressTable, nodes: NodeTable) {
    this.#addresses = addresses;
    this.#nodes = nodes;
    this.#queue = new LeastLoaded(nodes);
  }

  /** Makes an item for an address. */
  item(address: Address, group: NodeGroup, siblings: Siblings): PlacementItem {
    return { address, slot: this.#addresses.slotOf(address), family: familyOf(address), group, siblings, node: -1 };
  }

  /** Leaves an address where it is. */
  keep(slot: number, family: 4 | 6, node: number): void {
    this.#addresses.placedOn[slot] = node + 1;
    this.#nodes.addLoad(node, family, 1);
  }

  /** Places all items or none. */
  placeAll(items: readonly PlacementItem[]): boolean {
    const kind = kindOf(items);
    if (kind !== undefined && this.#full.has(kind)) return false;
    this.#deadNow = [];
    for (let index = 0; index < items.length; index += 1) {
      const item = items[index];
      if (item === undefined || this.#place(item)) continue;
      for (const placed of items.slice(0, index)) this.#takeAway(placed);
      // With these items taken back there may be a path again.
      if (index > 0) for (const { family, node } of this.#deadNow) this.#dead[family].delete(node);
      if (kind !== undefined) this.#full.add(kind);
      return false;
    }
    return true;
  }

  #place(item: PlacementItem): boolean {
    const node = this.#queue.pick(item.group, item.family, (candidate) => this.#mayGo(item, candidate));
    if (node !== undefined) {
      this.#putOn(item, node);
      return true;
    }
    return this.#makeRoom(item);
  }

  #mayGo(item: PlacementItem, node: number): boolean {
    return (item.group.uniform || this.#nodes.canHost(node, item.address)) && this.#siblingOn(item, node) === -1;
  }

  /** The slot of another address of the same namespace on a node, or -1. */
  #siblingOn(item: PlacementItem, node: number): number {
    for (const slot of item.siblings.slots) {
      if (slot !== item.slot && this.#addresses.placedOn[slot] === node + 1) return slot;
    }
    return -1;
  }

  #putOn(item: PlacementItem, node: number): void {
    item.node = node;
    this.#addresses.placedOn[item.slot] = node + 1;
    this.#nodes.addLoad(node, item.family, 1);
    const movable = this.#movable.get(node);
    if (movable === undefined) this.#movable.set(node, [item]);
    else movable.push(item);
  }

  #takeAway(item: PlacementItem): void {
    const movable = this.#movable.get(item.node) ?? [];
    movable.splice(movable.indexOf(item), 1);
    this.#nodes.addLoad(item.node, item.family, -1);
    this.#queue.returned(item.node);
    this.#addresses.placedOn[item.slot] = 0;
    item.node = -1;
  }

  /** Breadth-first search for a chain of moves that ends at a node with room. */
  #makeRoom(start: PlacementItem): boolean {
    const cameFrom = new Map<PlacementItem, { readonly by: PlacementItem; readonly node: number } | undefined>([[start, undefined]]);
    const reached = { 4: new Set<number>(), 6: new Set<number>() };
    const waiting: PlacementItem[] = [start];
    for (let head = waiting.shift(); head !== undefined; head = waiting.shift()) {
      for (const node of head.group.candidates) {
        if (node === head.node || this.#dead[head.family].has(node) || !(head.group.uniform || this.#nodes.canHost(node, head.address))) continue;
        const sibling = this.#siblingOn(head, node);
        if (sibling === -1 && this.#nodes.hasRoom(node, head.family)) {
          this.#moveAlong(cameFrom, head, node);
          return true;
        }
        const movable = this.#movable.get(node) ?? [];
        const displaced = sibling === -1 ? (reached[head.family].has(node) ? [] : [...movable]) : movable.filter(({ slot }) => slot === sibling);
        if (sibling === -1) reached[head.family].add(node);
        for (const next of displaced) {
          if (cameFrom.has(next) || !this.#nodes.hasRoom(node, head.family, next.family)) continue;
          cameFrom.set(next, { by: head, node });
          waiting.push(next);
        }
      }
    }
    for (const family of [4, 6] as const) {
      for (const node of reached[family]) {
        this.#dead[family].add(node);
        this.#deadNow.push({ family, node });
      }
    }
    return false;
  }

  #moveAlong(cameFrom: ReadonlyMap<PlacementItem, { readonly by: PlacementItem; readonly node: number } | undefined>, last: PlacementItem, freeNode: number): void {
    let item = last;
    let target = freeNode;
    for (;;) {
      const step = cameFrom.get(item);
      if (item.node !== -1) this.#takeAway(item);
      this.#putOn(item, target);
      if (step === undefined) return;
      target = step.node;
      item = step.by;
    }
  }
}

/** What items ask for, where that is the same for every namespace of their kind: any addresses, and all of its addresses. */
function kindOf(items: readonly PlacementItem[]): string | undefined {
  let kind = '';
  for (const { group, family, siblings } of items) {
    if (!group.uniform || siblings.slots.length !== items.length) return undefined;
    kind += `${group.index}/${family},`;
  }
  return kind;
}
