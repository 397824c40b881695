import type { Address } from '../address/address.ts';
import type { AddressTable } from './address-table.ts';

const none = new Int32Array(0);

/** Addresses that remember their slots for as long as the table stays. */
export class SlotList {
  readonly addresses: readonly Address[];
  #table: AddressTable | undefined;
  #slots: Int32Array | undefined = none;

  constructor(addresses: readonly Address[]) {
    this.addresses = addresses;
  }

  /** The slots, in the order of the addresses; undefined when one of them has none that lasts. */
  slotsIn(table: AddressTable): Int32Array | undefined {
    if (this.#table === table || this.addresses.length === 0) return this.#slots;
    const slots = new Int32Array(this.addresses.length);
    let isLasting = true;
    for (let index = 0; index < slots.length; index += 1) {
      const address = this.addresses[index];
      const slot = address === undefined ? -1 : table.lastingSlotOf(address);
      if (slot === -1) isLasting = false;
      slots[index] = slot;
    }
    this.#table = table;
    this.#slots = isLasting ? slots : undefined;
    return this.#slots;
  }
}
