import type { Address } from '../address/address.ts';
import type { AddressLedger } from '../ledger/address-ledger.ts';
import type { NodeIndex, Slot } from '../ledger/indexes.ts';

/**
 * The addresses of one claim: no two of them are put on one node (law 3). One object for all of its items, so that each
 * knows of those that came after it.
 */
export class Siblings {
  readonly #ledger: AddressLedger;
  #addresses: readonly Address[] = [];
  #slots: readonly Slot[] = [];
  /** By node: one of them that is placed there. */
  readonly #placed = new Map<NodeIndex, Slot>();
  /** The nodes among which one of them found no place: nor does the next, as room never comes back within a plan. */
  readonly #full = new Set<string>();

  constructor(ledger: AddressLedger) {
    this.#ledger = ledger;
  }

  get size(): number {
    return this.#slots.length;
  }

  /** How many nodes have one of them. */
  get nodeCount(): number {
    return this.#placed.size;
  }

  /** Says which they are. What it is called with again it knows already. */
  unite(addresses: readonly Address[]): void {
    if (addresses === this.#addresses) return;
    this.#addresses = addresses;
    this.#slots = addresses.map((address) => this.#ledger.slotOf(address));
    this.#placed.clear();
    this.#full.clear();
    for (const slot of this.#slots) {
      const node = this.#ledger.placement.at(slot);
      if (node !== undefined) this.put(slot, node);
    }
  }

  /** Notes that one of them was placed. */
  put(slot: Slot, node: NodeIndex): void {
    if (!this.#placed.has(node)) this.#placed.set(node, slot);
  }

  /** Notes that one of them was taken off a node. */
  takeOff(slot: Slot, node: NodeIndex): void {
    if (this.#placed.get(node) !== slot) return;
    const other = this.#findOn(node, slot);
    if (other === undefined) this.#placed.delete(node);
    else this.#placed.set(node, other);
  }

  /** Another one of them that is placed on a node. */
  otherOn(node: NodeIndex, slot: Slot): Slot | undefined {
    const placed = this.#placed.get(node);
    return placed === slot ? this.#findOn(node, slot) : placed;
  }

  /** Whether one of them found no place among some nodes. */
  isFull(nodes: string): boolean {
    return this.#full.has(nodes);
  }

  /** Notes that one of them found no place among some nodes. */
  noteFull(nodes: string): void {
    this.#full.add(nodes);
  }

  /** Some of them were taken back, and there may be a place again. */
  forgetFull(): void {
    this.#full.clear();
  }

  #findOn(node: NodeIndex, except: Slot): Slot | undefined {
    return this.#slots.find((slot) => slot !== except && this.#ledger.placement.is(slot, node));
  }
}
