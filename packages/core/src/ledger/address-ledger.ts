import type { AddressSet } from '../address/address-set.ts';
import { createAddressSet } from '../address/create-address-set.ts';
import type { Address } from '../address/address.ts';
import type { AddressLayout, Space } from './address-layout.ts';
import { IndexColumn } from './index-column.ts';
import type { ClaimIndex, HostedIndex, NodeIndex, ReleaseIndex, Slot } from './indexes.ts';
import { pageOf, pageSize, SlotPages } from './slot-pages.ts';

/** What may be so of an address, beside who has it and where it is. */
export type AddressMark =
  /** On our record, or in an object of ours. */
  | 'recorded'
  /** Ours, and on its way out: no claim has it any more. */
  | 'releasing'
  /** On more than one node. */
  | 'hosted-twice'
  /** On the platform's interface, and not in the node's kernel. */
  | 'half-attached'
  /** The traffic of a namespace outside our care is bound to it. */
  | 'bound-by-others'
  /** Of these: by a namespace that is there, so that pods may leave by it. */
  | 'used-by-others';

const bits: Readonly<Record<AddressMark, number>> = {
  recorded: 1,
  releasing: 2,
  'hosted-twice': 4,
  'bound-by-others': 8,
  'half-attached': 16,
  'used-by-others': 32,
};

/** Room for the addresses of a small cluster. */
const fewSlots = 16_384;

/**
 * What is known of each address while one plan is made: who has it, which node the network shows as its host, which
 * interface carries it, where this plan places it, and what is not to be handed out. An address that is met gets a
 * slot, and the facts about it stand in columns by slot.
 */
export class AddressLedger {
  readonly layout: AddressLayout;
  /** Which claim has an address. */
  readonly owner: IndexColumn<ClaimIndex>;
  /** Which node the network shows, or may show, as an address's host. */
  readonly host: IndexColumn<NodeIndex>;
  /** Which node's main interface carries an address. */
  readonly attachment: IndexColumn<NodeIndex>;
  /** Which node this plan places an address on. */
  readonly placement: IndexColumn<NodeIndex>;
  /** What the network's objects last say of an address on our record. */
  readonly record: IndexColumn<HostedIndex>;
  /** The release that an address cools down from. */
  readonly coolingFrom: IndexColumn<ReleaseIndex>;
  /** By space: which of its addresses are not to be handed out. */
  readonly #taken: readonly AddressSet[];
  readonly #takenOutside = new Set<Address>();
  /** The slots of addresses in and beside IPv4 pools. */
  readonly #slotPages = new SlotPages();
  readonly #otherSlots = new Map<Address, Slot>();
  /** Where the pages begin whose slots are given to addresses outside of IPv4 pools. */
  readonly #otherPages: number[] = [];
  #slots = 0;
  #marks: Uint8Array;
  /** What was noted of any. */
  #allMarks = 0;

  /** @param expected how many addresses are expected: it grows by itself, and that costs time */
  constructor(layout: AddressLayout, expected = 0) {
    const size = fewSlots + expected;
    this.layout = layout;
    this.owner = new IndexColumn(size);
    this.host = new IndexColumn(size);
    this.attachment = new IndexColumn(size);
    this.placement = new IndexColumn(size);
    this.record = new IndexColumn(size);
    this.coolingFrom = new IndexColumn(size);
    this.#marks = new Uint8Array(size);
    this.#taken = layout.spaces.map(({ first, last }) => createAddressSet(first, last));
  }

  /** The slot of an address, made where it has none. IPv4 addresses of pools share pages with their neighbours. */
  slotOf(address: Address): Slot {
    return (typeof address === 'number' ? this.#slotPages.at(address) : undefined) ?? this.#newSlotOf(address);
  }

  /** Notes something of an address. */
  mark(slot: Slot, mark: AddressMark): void {
    this.#marks[slot] = (this.#marks[slot] ?? 0) | bits[mark];
    this.#allMarks |= bits[mark];
  }

  /** Whether something was noted of any address. */
  isAnyMarked(mark: AddressMark): boolean {
    return (this.#allMarks & bits[mark]) !== 0;
  }

  /** Whether something was noted of an address. */
  isMarked(slot: Slot, mark: AddressMark): boolean {
    return ((this.#marks[slot] ?? 0) & bits[mark]) !== 0;
  }

  /** Whether an address is ours and no claim has it any more. Foreign ones never are (law 5). */
  isLeaving(slot: Slot): boolean {
    return ((this.#marks[slot] ?? 0) & (bits.recorded | bits.releasing)) !== 0 && !this.owner.has(slot);
  }

  /** Marks an address as not to be handed out; false when it was so already. */
  take(address: Address): boolean {
    const space = this.layout.spaceOf(address);
    if (space !== undefined) return this.#takenIn(space).add(address);
    if (this.#takenOutside.has(address)) return false;
    this.#takenOutside.add(address);
    return true;
  }

  /** Takes back a mark. */
  release(address: Address): void {
    const space = this.layout.spaceOf(address);
    if (space === undefined) this.#takenOutside.delete(address);
    else this.#takenIn(space).delete(address);
  }

  /** Whether an address is marked. */
  isTaken(address: Address): boolean {
    const space = this.layout.spaceOf(address);
    return space === undefined ? this.#takenOutside.has(address) : this.#takenIn(space).has(address);
  }

  /** Marks the part of a range that pools could give out. */
  takeRange(first: Address, last: Address): void {
    for (const space of this.layout.meeting(first, last)) {
      const from = first > space.first ? first : space.first;
      const to = last < space.last ? last : space.last;
      this.#takenIn(space).addRange(from, to);
    }
  }

  /** The lowest address of a range that may be handed out. The range lies inside one CIDR of the layout. */
  nextFree(first: Address, last: Address): Address | undefined {
    const space = this.layout.spaceOf(first);
    return space === undefined ? undefined : this.#takenIn(space).nextFree(first, last);
  }

  /** How many addresses of a range are marked. The range lies inside one CIDR of the layout. */
  countTaken(first: Address, last: Address): bigint {
    const space = this.layout.spaceOf(first);
    return space === undefined ? 0n : this.#takenIn(space).countIn(first, last);
  }

  #takenIn(space: Space): AddressSet {
    const taken = this.#taken[space.index];
    if (taken === undefined) throw new RangeError('a space of another layout');
    return taken;
  }

  #newSlotOf(address: Address): Slot {
    if (typeof address === 'number') {
      const { first, last } = pageOf(address);
      if (this.layout.meets(first, last)) {
        const slots = this.#newPage();
        this.#slotPages.add(address, slots);
        return (slots + address - first) as Slot;
      }
    }
    return this.#otherSlotOf(address);
  }

  #otherSlotOf(address: Address): Slot {
    const known = this.#otherSlots.get(address);
    if (known !== undefined) return known;
    const count = this.#otherSlots.size;
    const page = (this.#otherPages[Math.floor(count / pageSize)] ??= this.#newPage());
    const slot = (page + (count % pageSize)) as Slot;
    this.#otherSlots.set(address, slot);
    return slot;
  }

  #newPage(): number {
    const slots = this.#slots;
    this.#slots += pageSize;
    if (this.#slots > this.#marks.length) {
      const grown = new Uint8Array(Math.max(this.#slots, this.#marks.length * 2));
      grown.set(this.#marks);
      this.#marks = grown;
    }
    return slots;
  }
}
