import { familyOf, type Address } from '../address/address.ts';
import type { AddressLedger } from '../ledger/address-ledger.ts';
import type { ClaimIndex, NodeIndex, Slot } from '../ledger/indexes.ts';
import { LeastLoaded, nodesKey } from './least-loaded.ts';
import type { NodeGroup } from './node-group.ts';
import type { NodeTable } from './node-table.ts';
import { Siblings } from './siblings.ts';
import type { NodePart } from './subnet-nodes.ts';

/** An address that looks for a node. */
export interface PlacementItem {
  readonly address: Address;
  readonly slot: Slot;
  readonly family: 4 | 6;
  /** The nodes it may go to. */
  readonly group: NodeGroup;
  /** All addresses of the same namespace: no two of them share a node (law 3). */
  readonly siblings: Siblings;
  /** Those of them that can carry it. */
  readonly part: NodePart;
  /** The node it was given. */
  node: NodeIndex | undefined;
}

/** How a search reached an item: it would leave its node for the one by which it was displaced. */
interface Displaced {
  readonly by: PlacementItem;
  readonly node: NodeIndex;
}

/** So many nodes are looked at for one address before the search gives up; a plan stays within a second. */
const mostLooks = 20_000;
/** So many in all searches of one plan. */
const mostLooksOfPlan = 2_000_000;

/**
 * Finds nodes for addresses: the node with the lowest load relative to its
 * capacity, ties by name. Where that choice leaves an address without a node
 * though a solution exists, addresses placed earlier in the same plan make room
 * along an augmenting path (bipartite matching with node capacities). What
 * already is on a node never moves for another.
 */
export class Placer {
  readonly #ledger: AddressLedger;
  readonly #nodes: NodeTable;
  readonly #queue: LeastLoaded;
  /** By node: the items that this plan put there, which may still move. */
  readonly #movable = new Map<NodeIndex, PlacementItem[]>();
  /** Nodes, by family, from which no path leads to free room; they stay so, as room never comes back within a plan. */
  readonly #dead = { 4: new Set<NodeIndex>(), 6: new Set<NodeIndex>() };
  /** Those that were found dead for the items that are being placed, which may yet be taken back. */
  #deadNow: { readonly family: 4 | 6; readonly node: NodeIndex }[] = [];
  /** Groups whose nodes had no place for one item each: nor have they for the next namespace of that kind. */
  readonly #full = new Set<string>();
  readonly #siblings = new Map<ClaimIndex, Siblings>();
  #looks = 0;

  constructor(ledger: AddressLedger, nodes: NodeTable) {
    this.#ledger = ledger;
    this.#nodes = nodes;
    this.#queue = new LeastLoaded(nodes);
  }

  /**
   * Whether searches were given up for taking too long, so that something may be without a node though there is one.
   */
  get hasGivenUp(): boolean {
    return this.#looks >= mostLooksOfPlan;
  }

  /**
   * Says which addresses a claim has or is to have: no two of them are put on one node. Asked for again when that
   * changes.
   */
  unite(claim: ClaimIndex, addresses: readonly Address[]): void {
    this.#siblingsOf(claim).unite(addresses);
  }

  /** Makes an item for an address of a claim. */
  item(claim: ClaimIndex, address: Address, group: NodeGroup): PlacementItem {
    const siblings = this.#siblingsOf(claim);
    const slot = this.#ledger.slotOf(address);
    return { address, slot, family: familyOf(address), group, siblings, part: group.partFor(address), node: undefined };
  }

  /** Leaves an address where it is. */
  keep(slot: Slot, family: 4 | 6, node: NodeIndex): void {
    this.#ledger.placement.set(slot, node);
    this.#nodes.addLoad(node, family, 1);
  }

  /** Leaves an address of a claim where it is, unless another one of the claim is placed there. */
  stay(claim: ClaimIndex, slot: Slot, family: 4 | 6, node: NodeIndex): void {
    const siblings = this.#siblingsOf(claim);
    if (siblings.otherOn(node, slot) !== undefined) return;
    this.keep(slot, family, node);
    siblings.put(slot, node);
  }

  /** Places all items or none. */
  placeAll(items: readonly PlacementItem[]): boolean {
    const kind = kindOf(items);
    if (kind !== undefined && this.#full.has(kind)) return false;
    this.#deadNow = [];
    for (const [index, item] of items.entries()) {
      if (this.#place(item)) continue;
      for (const placed of items.slice(0, index)) this.#takeAway(placed);
      // With these items taken back there may be a path again.
      if (index > 0) for (const { family, node } of this.#deadNow) this.#dead[family].delete(node);
      if (index > 0) item.siblings.forgetFull();
      if (kind !== undefined) this.#full.add(kind);
      return false;
    }
    return true;
  }

  #siblingsOf(claim: ClaimIndex): Siblings {
    let siblings = this.#siblings.get(claim);
    if (siblings === undefined) this.#siblings.set(claim, (siblings = new Siblings(this.#ledger)));
    return siblings;
  }

  #place(item: PlacementItem): boolean {
    const { group, part, family, siblings, slot } = item;
    const nodes = nodesKey(group, part, family);
    if (siblings.isFull(nodes)) return false;
    const isFree = (candidate: NodeIndex): boolean => siblings.otherOn(candidate, slot) === undefined;
    const node = this.#queue.pick(nodes, part, family, isFree, siblings.nodeCount);
    if (node !== undefined) this.#putOn(item, node);
    else if (!this.#makeRoom(item)) {
      siblings.noteFull(nodes);
      return false;
    }
    return true;
  }

  #putOn(item: PlacementItem, node: NodeIndex): void {
    item.node = node;
    this.#ledger.placement.set(item.slot, node);
    item.siblings.put(item.slot, node);
    this.#nodes.addLoad(node, item.family, 1);
    const movable = this.#movable.get(node);
    if (movable === undefined) this.#movable.set(node, [item]);
    else movable.push(item);
  }

  #takeAway(item: PlacementItem): void {
    const { node } = item;
    if (node === undefined) return;
    const movable = this.#movable.get(node) ?? [];
    movable.splice(movable.indexOf(item), 1);
    this.#nodes.addLoad(node, item.family, -1);
    this.#queue.returned(node);
    this.#ledger.placement.clear(item.slot);
    item.siblings.takeOff(item.slot, node);
    item.node = undefined;
  }

  /** Breadth-first search for a chain of moves that ends at a node with room. */
  #makeRoom(start: PlacementItem): boolean {
    const cameFrom = new Map<PlacementItem, Displaced | undefined>([[start, undefined]]);
    const reached = { 4: new Set<NodeIndex>(), 6: new Set<NodeIndex>() };
    const waiting: PlacementItem[] = [start];
    const limit = this.#looks + mostLooks;
    for (const head of waiting) {
      for (const node of head.part.candidates) {
        if (node === head.node || this.#dead[head.family].has(node)) continue;
        if ((this.#looks += 1) > limit || this.hasGivenUp) return false;
        const sibling = head.siblings.otherOn(node, head.slot);
        if (sibling === undefined && this.#nodes.hasRoom(node, head.family)) {
          this.#moveAlong(cameFrom, head, node);
          return true;
        }
        for (const next of this.#displacedFrom(node, sibling, reached[head.family])) {
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

  /** The items that could leave a node for another one: its namespace's own there, or any, once. */
  #displacedFrom(node: NodeIndex, sibling: Slot | undefined, reached: Set<NodeIndex>): readonly PlacementItem[] {
    const movable = this.#movable.get(node) ?? [];
    if (sibling !== undefined) return movable.filter(({ slot }) => slot === sibling);
    if (reached.has(node)) return [];
    reached.add(node);
    return [...movable];
  }

  #moveAlong(
    cameFrom: ReadonlyMap<PlacementItem, Displaced | undefined>,
    last: PlacementItem,
    freeNode: NodeIndex,
  ): void {
    let item = last;
    let target = freeNode;
    for (;;) {
      const step = cameFrom.get(item);
      this.#takeAway(item);
      this.#putOn(item, target);
      if (step === undefined) return;
      target = step.node;
      item = step.by;
    }
  }
}

/**
 * What items ask for, where that is the same for every namespace of their kind: any addresses, and all of its
 * addresses.
 */
function kindOf(items: readonly PlacementItem[]): string | undefined {
  let kind = '';
  for (const { group, family, siblings, part } of items) {
    if (part.id !== 'all' || siblings.size !== items.length) return undefined;
    kind += `${group.index}/${family},`;
  }
  return kind;
}
