import { createAddressSet, type AddressSet } from '../address/address-set.ts';
import type { Address } from '../address/address.ts';
import type { AddressLayout, Space } from './address-layout.ts';

/**
 * What is known of each address while one plan is made. An address that is met
 * gets a slot, a small integer, and the facts about it stand in arrays by slot;
 * so a cluster with a hundred thousand addresses costs no object per address.
 */
export class AddressTable {
  readonly layout: AddressLayout;
  /** By space: which of its addresses are not to be handed out. */
  readonly #taken = new Map<Space, AddressSet>();
  /** The same for dense spaces, in the order of their slots. */
  readonly #denseTaken: { readonly base: number; readonly first: Address; readonly set: AddressSet }[] = [];
  readonly #takenOutside = new Set<Address>();
  readonly #sparse = new Map<Address, number>();
  #slots: number;
  /** By slot: 1 + index of the namespace that has the address; 0 for none. */
  owner: Int32Array;
  /** By slot: 1 + index of the node that the network shows or may show as its host; 0 for none. */
  hostedOn: Int32Array;
  /** By slot: 1 + index of the node whose main interface carries it; 0 for none. Empty where nothing is attached. */
  attachedOn: Int32Array;
  /** By slot: 1 + index of the node that this plan places it on; 0 for none. */
  placedOn: Int32Array;
  /** By slot: bits of {@link AddressFlag}. */
  flags: Uint8Array;

  constructor(layout: AddressLayout, isAttaching: boolean) {
    this.layout = layout;
    this.#slots = layout.denseSlots;
    for (const space of [...layout.spaces4, ...layout.spaces6]) {
      const set = createAddressSet(space.first, space.last);
      this.#taken.set(space, set);
      if (space.base !== -1) this.#denseTaken.push({ base: space.base, first: space.first, set });
    }
    const capacity = this.#slots + 1024;
    this.owner = new Int32Array(capacity);
    this.hostedOn = new Int32Array(capacity);
    this.attachedOn = new Int32Array(isAttaching ? capacity : 0);
    this.placedOn = new Int32Array(capacity);
    this.flags = new Uint8Array(capacity);
  }

  /** Forgets everything, so that the next plan may use the same memory. */
  reset(): void {
    this.#slots = this.layout.denseSlots;
    this.#sparse.clear();
    this.#takenOutside.clear();
    for (const set of this.#taken.values()) set.clear();
    for (const array of [this.owner, this.hostedOn, this.attachedOn, this.placedOn, this.flags]) array.fill(0);
  }

  /** The slot of an address, made where it has none. */
  slotOf(address: Address): number {
    const dense = this.layout.denseSlotOf(address);
    if (dense !== -1) return dense;
    let slot = this.#sparse.get(address);
    if (slot === undefined) {
      slot = this.#slots;
      this.#slots += 1;
      if (slot >= this.owner.length) this.#grow();
      this.#sparse.set(address, slot);
    }
    return slot;
  }

  /** Marks an address as not to be handed out; false when it was so already. */
  take(address: Address): boolean {
    const space = this.layout.spaceOf(address);
    if (space === undefined) {
      if (this.#takenOutside.has(address)) return false;
      this.#takenOutside.add(address);
      return true;
    }
    return this.#taken.get(space)?.add(address) === true;
  }

  /** Marks an address of a dense space by its slot; false when it was so already. */
  takeSlot(slot: number): boolean {
    let index = this.#denseTaken.length - 1;
    while (index > 0 && (this.#denseTaken[index]?.base ?? 0) > slot) index -= 1;
    const space = this.#denseTaken[index];
    if (space === undefined) return false;
    const offset = slot - space.base;
    return space.set.add(typeof space.first === 'number' ? space.first + offset : space.first + BigInt(offset));
  }

  /** Takes back a mark. */
  release(address: Address): void {
    const space = this.layout.spaceOf(address);
    if (space === undefined) this.#takenOutside.delete(address);
    else this.#taken.get(space)?.delete(address);
  }

  /** Whether an address is marked. */
  isTaken(address: Address): boolean {
    const space = this.layout.spaceOf(address);
    if (space === undefined) return this.#takenOutside.has(address);
    return this.#taken.get(space)?.has(address) === true;
  }

  /** Marks the part of a range that pools could give out. */
  takeRange(first: Address, last: Address): void {
    for (const space of typeof first === 'number' ? this.layout.spaces4 : this.layout.spaces6) {
      const from = first > space.first ? first : space.first;
      const to = last < space.last ? last : space.last;
      if (from > to) continue;
      this.#taken.get(space)?.addRange(from, to);
    }
  }

  /** The lowest address of a range that may be handed out. The range lies inside one CIDR of the layout. */
  nextFree(first: Address, last: Address): Address | undefined {
    const space = this.layout.spaceOf(first);
    if (space === undefined) return undefined;
    return this.#taken.get(space)?.nextFree(first, last);
  }

  /** How many addresses of a range are marked. The range lies inside one CIDR of the layout. */
  countTaken(first: Address, last: Address): bigint {
    const space = this.layout.spaceOf(first);
    if (space === undefined) return 0n;
    return this.#taken.get(space)?.countIn(first, last) ?? 0n;
  }

  #grow(): void {
    const capacity = this.owner.length * 2;
    const grown = (old: Int32Array): Int32Array => {
      const array = new Int32Array(capacity);
      array.set(old);
      return array;
    };
    this.owner = grown(this.owner);
    this.hostedOn = grown(this.hostedOn);
    if (this.attachedOn.length > 0) this.attachedOn = grown(this.attachedOn);
    this.placedOn = grown(this.placedOn);
    const flags = new Uint8Array(capacity);
    flags.set(this.flags);
    this.flags = flags;
  }
}

/** Facts about an address, as bits. */
export const AddressFlag = {
  /** On a HostSubnet, recorded there as put by this project. */
  recorded: 1,
  /** Ours, and on its way out: no claim has it any more. */
  releasing: 2,
  /** On more than one node. */
  hostedTwice: 4,
  /** Bound by someone outside our care. */
  boundByOthers: 16,
} as const;
