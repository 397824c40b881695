import type { AddressSet } from '../address/address-set.ts';
import { createAddressSet } from '../address/create-address-set.ts';
import type { Address } from '../address/address.ts';
import type { AddressLedger } from './address-ledger.ts';
import type { Space } from './address-layout.ts';

/** Addresses that are kept from everybody for a while, though nobody has them. A million of them take little: bits. */
export class HeldAddresses {
  readonly #ledger: AddressLedger;
  /** By space: those that are held. */
  readonly #sets = new Map<Space, AddressSet>();
  #addresses: Address[] = [];

  constructor(ledger: AddressLedger) {
    this.#ledger = ledger;
  }

  /** Whether none was held since all were let go. */
  get isEmpty(): boolean {
    return this.#addresses.length === 0;
  }

  /** Holds an address that pools could give out, and nobody has. */
  hold(address: Address): void {
    const space = this.#ledger.layout.spaceOf(address);
    if (space === undefined || !this.#ledger.take(address)) return;
    this.#addresses.push(address);
    let set = this.#sets.get(space);
    if (set === undefined) this.#sets.set(space, (set = createAddressSet(space.first, space.last)));
    set.add(address);
  }

  /** Lets an address be given, if it is held. */
  letGo(address: Address): void {
    const space = this.#ledger.layout.spaceOf(address);
    if (space !== undefined && this.#sets.get(space)?.delete(address) === true) this.#ledger.release(address);
  }

  /** Lets all of them be given. */
  letGoOfAll(): void {
    for (const address of this.#addresses) this.letGo(address);
    this.#addresses = [];
  }
}
