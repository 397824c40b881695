import type { Address } from '../address/address.ts';
import type { AddressLayout } from './address-layout.ts';

/** Addresses that remember their slots for as long as the layout stays. */
export class SlotList {
  readonly addresses: readonly Address[];
  #layout: AddressLayout | undefined;
  #slots: readonly number[] | undefined;

  constructor(addresses: readonly Address[]) {
    this.addresses = addresses;
  }

  /** The slots, in the order of the addresses; undefined when one of them is in no dense space. */
  slotsIn(layout: AddressLayout): readonly number[] | undefined {
    if (this.#layout === layout) return this.#slots;
    const slots = new Array<number>(this.addresses.length);
    let isDense = true;
    for (let index = 0; index < slots.length; index += 1) {
      const address = this.addresses[index];
      const slot = address === undefined ? -1 : layout.denseSlotOf(address);
      if (slot === -1) isDense = false;
      slots[index] = slot;
    }
    this.#layout = layout;
    this.#slots = isDense ? slots : undefined;
    return this.#slots;
  }
}
