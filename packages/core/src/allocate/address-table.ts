import { createAddressSet, type AddressSet } from '../address/address-set.ts';
import type { Address } from '../address/address.ts';
import { pageBits, type AddressLayout, type Space } from './address-layout.ts';

const pageSize = 2 ** pageBits;

/**
 * What is known of each address while one plan is made. An address that is met
 * gets a slot, a small integer, and the facts about it stand in arrays by slot;
 * so a cluster with a hundred thousand addresses costs no object per address.
 *
 * IPv4 addresses of pools get their slots in pages of 4,096 neighbours, which they
 * keep from plan to plan; a pool costs memory for what is used of it alone. Others
 * get theirs one by one, anew in each plan.
 */
export class AddressTable {
  readonly layout: AddressLayout;
  /** By space: which of its addresses are not to be handed out. */
  readonly #taken: readonly AddressSet[];
  readonly #takenOutside = new Set<Address>();
  /** By page of the layout: where its slots begin; -1 where none of its addresses was met yet. */
  readonly #slotsOfPage: Int32Array;
  readonly #otherSlots = new Map<Address, number>();
  /** Where the pages begin whose slots are given to other addresses. */
  readonly #otherPages: number[] = [];
  #slots = 0;
  /**
   * By slot: 1 + index of the namespace that has the address; 0 for none. The arrays are replaced
   * when they grow: ask for the slot first, and then for the array.
   */
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
    this.#taken = layout.spaces.map(({ first, last }) => createAddressSet(first, last));
    this.#slotsOfPage = new Int32Array(layout.pages).fill(-1);
    const capacity = 16 * pageSize;
    this.owner = new Int32Array(capacity);
    this.hostedOn = new Int32Array(capacity);
    this.attachedOn = new Int32Array(isAttaching ? capacity : 0);
    this.placedOn = new Int32Array(capacity);
    this.flags = new Uint8Array(capacity);
  }

  /** Forgets everything but lasting slots, so that the next plan may use the same memory. */
  reset(): void {
    this.#otherSlots.clear();
    this.#takenOutside.clear();
    for (const set of this.#taken) set.clear();
    for (const array of [this.owner, this.hostedOn, this.attachedOn, this.placedOn, this.flags]) array.fill(0, 0, this.#slots);
  }

  /** The slot of an address, made where it has none. */
  slotOf(address: Address): number {
    const lasting = this.lastingSlotOf(address);
    if (lasting !== -1) return lasting;
    let slot = this.#otherSlots.get(address);
    if (slot === undefined) {
      const count = this.#otherSlots.size;
      const page = (this.#otherPages[count >>> pageBits] ??= this.#newPage());
      slot = page + (count & (pageSize - 1));
      this.#otherSlots.set(address, slot);
    }
    return slot;
  }

  /** The slot of an IPv4 address of a pool, the same in every plan; -1 for others. */
  lastingSlotOf(address: Address): number {
    const space = typeof address === 'number' ? this.layout.spaceOf(address) : undefined;
    return space === undefined ? -1 : this.slotIn(space, address as number);
  }

  /** The slot of an address of an IPv4 space. */
  slotIn(space: Space, address: number): number {
    const offset = address - (space.first as number);
    const page = space.page + (offset >>> pageBits);
    const slots = this.#slotsOfPage[page] ?? -1;
    return (slots === -1 ? (this.#slotsOfPage[page] = this.#newPage()) : slots) + (offset & (pageSize - 1));
  }

  /** Marks an address as not to be handed out; false when it was so already. */
  take(address: Address): boolean {
    const space = this.layout.spaceOf(address);
    if (space !== undefined) return this.takenIn(space).add(address);
    if (this.#takenOutside.has(address)) return false;
    this.#takenOutside.add(address);
    return true;
  }

  /** What is marked in a space. */
  takenIn(space: Space): AddressSet {
    const taken = this.#taken[space.index];
    if (taken === undefined) throw new RangeError('a space of another layout');
    return taken;
  }

  /** Takes back a mark. */
  release(address: Address): void {
    const space = this.layout.spaceOf(address);
    if (space === undefined) this.#takenOutside.delete(address);
    else this.#taken[space.index]?.delete(address);
  }

  /** Whether an address is marked. */
  isTaken(address: Address): boolean {
    const space = this.layout.spaceOf(address);
    if (space === undefined) return this.#takenOutside.has(address);
    return this.#taken[space.index]?.has(address) === true;
  }

  /** Marks the part of a range that pools could give out. */
  takeRange(first: Address, last: Address): void {
    for (const space of typeof first === 'number' ? this.layout.spaces4 : this.layout.spaces6) {
      const from = first > space.first ? first : space.first;
      const to = last < space.last ? last : space.last;
      if (from > to) continue;
      this.#taken[space.index]?.addRange(from, to);
    }
  }

  /** The lowest address of a range that may be handed out. The range lies inside one CIDR of the layout. */
  nextFree(first: Address, last: Address): Address | undefined {
    const space = this.layout.spaceOf(first);
    if (space === undefined) return undefined;
    return this.#taken[space.index]?.nextFree(first, last);
  }

  /** How many addresses of a range are marked. The range lies inside one CIDR of the layout. */
  countTaken(first: Address, last: Address): bigint {
    const space = this.layout.spaceOf(first);
    if (space === undefined) return 0n;
    return this.#taken[space.index]?.countIn(first, last) ?? 0n;
  }

  #newPage(): number {
    const slots = this.#slots;
    this.#slots += pageSize;
    if (this.#slots > this.owner.length) this.#grow();
    return slots;
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
