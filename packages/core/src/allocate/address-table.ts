import { createAddressSet, type AddressSet } from '../address/address-set.ts';
import type { Address } from '../address/address.ts';
import type { Cidr } from '../address/cidr.ts';

/** A stretch of addresses that pools give out from; stretches never overlap. */
interface Space {
  readonly first: Address;
  readonly last: Address;
  readonly taken: AddressSet;
  /** Slot of the first address, where the space is small enough for one slot per address. */
  readonly base: number;
}

/** Up to this many addresses a space has a slot for each; beyond, slots are made when an address is met. */
const denseLimit = 1 << 20;

/**
 * What is known of each address while one plan is made. An address that is met
 * gets a slot, a small integer, and the facts about it stand in arrays by slot;
 * so a cluster with a hundred thousand addresses costs no object per address.
 */
export class AddressTable {
  readonly #v4: Space[] = [];
  readonly #v6: Space[] = [];
  readonly #sparse = new Map<Address, number>();
  readonly #outsideTaken = new Set<Address>();
  #slots = 0;
  /** By slot: 1 + index of the claim that has the address; 0 for none. */
  owner: Int32Array;
  /** By slot: 1 + index of the node that the network shows or may show as its host; 0 for none. */
  hostedOn: Int32Array;
  /** By slot: 1 + index of the node whose main interface carries it; 0 for none. */
  attachedOn: Int32Array;
  /** By slot: 1 + index of the node that this plan places it on; 0 for none. */
  placedOn: Int32Array;
  /** By slot: bits of {@link AddressFlag}. */
  flags: Uint8Array;

  constructor(cidrs: readonly Cidr[]) {
    for (const cidr of outermost(cidrs)) {
      const dense = cidr.size <= BigInt(denseLimit);
      const space = { first: cidr.first, last: cidr.last, taken: createAddressSet(cidr.first, cidr.last), base: dense ? this.#slots : -1 };
      if (dense) this.#slots += Number(cidr.size);
      (cidr.family === 4 ? this.#v4 : this.#v6).push(space);
    }
    const capacity = this.#slots + 1024;
    this.owner = new Int32Array(capacity);
    this.hostedOn = new Int32Array(capacity);
    this.attachedOn = new Int32Array(capacity);
    this.placedOn = new Int32Array(capacity);
    this.flags = new Uint8Array(capacity);
  }

  /** The slot of an address, made where it has none. */
  slotOf(address: Address): number {
    const space = this.#spaceOf(address);
    if (space !== undefined && space.base !== -1) return space.base + Number(address) - Number(space.first);
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
    const space = this.#spaceOf(address);
    if (space !== undefined) return space.taken.add(address);
    if (this.#outsideTaken.has(address)) return false;
    this.#outsideTaken.add(address);
    return true;
  }

  /** Takes back a mark. */
  release(address: Address): void {
    const space = this.#spaceOf(address);
    if (space === undefined) this.#outsideTaken.delete(address);
    else space.taken.delete(address);
  }

  /** Whether an address is marked. */
  isTaken(address: Address): boolean {
    const space = this.#spaceOf(address);
    return space === undefined ? this.#outsideTaken.has(address) : space.taken.has(address);
  }

  /** Marks the part of a range that pools could give out. */
  takeRange(first: Address, last: Address): void {
    for (const space of typeof first === 'number' ? this.#v4 : this.#v6) {
      const from = first > space.first ? first : space.first;
      const to = last < space.last ? last : space.last;
      if (from <= to) space.taken.addRange(from, to);
    }
  }

  /** The lowest address of a range that may be handed out. The range lies inside one CIDR of the constructor. */
  nextFree(first: Address, last: Address): Address | undefined {
    return this.#spaceOf(first)?.taken.nextFree(first, last);
  }

  /** How many addresses of a range are marked. The range lies inside one CIDR of the constructor. */
  countTaken(first: Address, last: Address): bigint {
    return BigInt(this.#spaceOf(first)?.taken.countIn(first, last) ?? 0);
  }

  #spaceOf(address: Address): Space | undefined {
    const spaces = typeof address === 'number' ? this.#v4 : this.#v6;
    let low = 0;
    let high = spaces.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const space = spaces[middle];
      if (space === undefined || address < space.first) high = middle - 1;
      else if (address > space.last) low = middle + 1;
      else return space;
    }
    return undefined;
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
    this.attachedOn = grown(this.attachedOn);
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
  /** Bound to a namespace's traffic by the network. */
  bound: 8,
  /** Bound by someone outside our care. */
  boundByOthers: 16,
} as const;

/** The CIDRs that lie in no other, in order, each once: two CIDRs are disjoint or nested. */
function outermost(cidrs: readonly Cidr[]): Cidr[] {
  const sorted = [...cidrs].sort((a, b) => a.family - b.family || (a.first < b.first ? -1 : a.first > b.first ? 1 : a.prefix - b.prefix));
  const kept: Cidr[] = [];
  for (const cidr of sorted) {
    const previous = kept[kept.length - 1];
    if (previous === undefined || previous.family !== cidr.family || cidr.first > previous.last) kept.push(cidr);
  }
  return kept;
}
