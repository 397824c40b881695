import { familyOf, type Address } from '../address/address.ts';
import { compareByAge, poolFor, type Claim } from '../claims/claim.ts';
import type { AddressLedger } from '../ledger/address-ledger.ts';
import type { NodeIndex, Slot } from '../ledger/indexes.ts';
import type { NodeGroup } from '../place/node-group.ts';
import type { NodeTable } from '../place/node-table.ts';
import type { Placer } from '../place/placer.ts';
import type { Pool } from '../place/pool.ts';

/** An allocated address that looks for a node. */
interface Homeless {
  readonly claim: Claim;
  readonly pool: Pool;
  readonly address: Address;
  readonly slot: Slot;
}

/**
 * Leaves allocated addresses on the nodes that carry them while these may have them, and finds a node for the others,
 * oldest claim first. Where none is found, an address stays where it is: what works goes on working until another node
 * takes it, and what does not works again when its node does.
 */
export class Keeper {
  /** All but settled claims of which the network is known to show every address where it stays. */
  readonly unusual: Claim[] = [];
  readonly #ledger: AddressLedger;
  readonly #nodes: NodeTable;
  readonly #placer: Placer;
  readonly #homeless: Homeless[] = [];
  /** On nodes that were full already, before those that are on none. */
  readonly #crowded: Homeless[] = [];
  /** Placed by the network, and on no node yet, or on one that they are about to leave: room is reserved for them. */
  readonly #expected: Homeless[] = [];
  /** The nodes that addresses of the claim at hand stay on: the first so many, behind them those of a claim before. */
  readonly #taken: NodeIndex[] = [];
  #takenCount = 0;

  constructor(ledger: AddressLedger, nodes: NodeTable, placer: Placer) {
    this.#ledger = ledger;
    this.#nodes = nodes;
    this.#placer = placer;
  }

  /**
   * Leaves what a claim has where it is, as far as it may stay.
   *
   * @returns whether the network is known to show all of it where it stays
   */
  keep(claim: Claim): boolean {
    const { kept, from } = claim;
    // Of one that switches it is decided later whose nodes are for what.
    let isInPlace = from === undefined;
    this.#takenCount = 0;
    for (let index = 0; index < kept.length; index += 1) {
      const address = kept[index];
      if (address === undefined) continue;
      const pool = poolFor(claim, address);
      const isHere =
        pool?.placement === 'us' ? this.#keepOurs(claim, pool, address) : this.#followNetwork(claim, pool, address);
      if (!isHere) isInPlace = false;
    }
    if (!isInPlace || !claim.isSettled) this.unusual.push(claim);
    return isInPlace;
  }

  /** Places what has no node, what is crowded out first. */
  findHomes(): void {
    for (const item of this.#expected) this.#reserve(item);
    const homeless = [...this.#homeless, ...this.#crowded];
    homeless.sort((a, b) => compareByAge(a.claim, b.claim));
    for (const item of homeless) this.#rehouse(item);
  }

  #followNetwork(claim: Claim, pool: Pool | undefined, address: Address): boolean {
    const slot = this.#ledger.slotOf(address);
    const node = this.#ledger.host.at(slot);
    if (node !== undefined && pool?.placement === 'us-by-cidr') {
      this.#ledger.placement.set(slot, node);
      this.#noteTaken(node);
      return this.#mayStay(pool, address, node);
    }
    if (node !== undefined) this.#stay(slot, address, node);
    // What leaves a node has its room there until it is gone, and is to have some where it goes.
    if (pool?.placement === 'network' && (node === undefined || !this.#mayStay(pool, address, node)))
      this.#expected.push({ claim, pool, address, slot });
    return node !== undefined;
  }

  #keepOurs(claim: Claim, pool: Pool, address: Address): boolean {
    const slot = this.#ledger.slotOf(address);
    const node = this.#currentNode(slot);
    const mayStay = node !== undefined && this.#mayStay(pool, address, node) && !this.#isTaken(node);
    if (!mayStay) this.#homeless.push({ claim, pool, address, slot });
    else if (this.#nodes.hasRoom(node, familyOf(address)) || this.#ledger.attachment.is(slot, node)) {
      this.#stay(slot, address, node);
      return this.#ledger.host.is(slot, node);
    } else this.#crowded.push({ claim, pool, address, slot });
    return false;
  }

  /** The node that hosts an address now, or carries it on its interface. */
  #currentNode(slot: Slot): NodeIndex | undefined {
    return this.#ledger.host.at(slot) ?? this.#ledger.attachment.at(slot);
  }

  #mayStay(pool: Pool, address: Address, node: NodeIndex): boolean {
    const group = pool.groupOf(address);
    const isOurs = group === undefined ? pool.has(node) : group.selection.isSelected(node);
    return isOurs && this.#nodes.isUsable(node) && this.#nodes.canHost(node, address);
  }

  #stay(slot: Slot, address: Address, node: NodeIndex): void {
    this.#placer.keep(slot, familyOf(address), node);
    this.#noteTaken(node);
  }

  #noteTaken(node: NodeIndex): void {
    this.#taken[this.#takenCount] = node;
    this.#takenCount += 1;
  }

  #isTaken(node: NodeIndex): boolean {
    for (let position = 0; position < this.#takenCount; position += 1) if (this.#taken[position] === node) return true;
    return false;
  }

  #rehouse({ claim, pool, address, slot }: Homeless): void {
    const group = pool.groupOf(address) ?? pool.anyNode;
    const isContended = this.#ledger.isMarked(slot, 'bound-by-others');
    if (!isContended && this.#place(claim, address, group)) return;
    const node = this.#currentNode(slot);
    if (node === undefined) return;
    this.#placer.unite(claim.index, claim.kept);
    this.#placer.stay(claim.index, slot, familyOf(address), node);
  }

  #reserve({ claim, pool, address }: Homeless): void {
    const group = pool.groupOf(address);
    if (group !== undefined) this.#place(claim, address, group);
  }

  #place({ index, kept }: Claim, address: Address, group: NodeGroup): boolean {
    this.#placer.unite(index, kept);
    return this.#placer.placeAll([this.#placer.item(index, address, group)]);
  }
}
