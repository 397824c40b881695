import type { Address } from '../address/address.ts';
import type { Claim } from '../claims/claim.ts';
import type { AddressLedger } from '../ledger/address-ledger.ts';

/**
 * Addresses on records that prove nothing, of namespaces that give back others which are proven: such a record goes
 * only once those have let go, and until then two would name one address (law 1). They are free, and given to others
 * once nothing else is: to keep them for good would be a way to take a pool (law 11).
 */
export class UnprovenRecords {
  readonly #ledger: AddressLedger;
  readonly #addresses: readonly Address[];
  #held: readonly Address[] = [];

  constructor(ledger: AddressLedger, unsettled: readonly Claim[]) {
    this.#ledger = ledger;
    this.#addresses = unsettled.flatMap(({ intent, leaving, namespace }) =>
      intent.kind === 'release' && leaving.length > 0 ? (namespace.allocated?.addresses ?? []) : [],
    );
  }

  /** Keeps back those that nobody has. */
  holdBack(): void {
    this.#held = this.#addresses.filter((address) => this.#ledger.take(address));
  }

  /** Lets them be given; false where none was kept back. */
  letGo(): boolean {
    const held = this.#held;
    this.#held = [];
    for (const address of held) this.#ledger.release(address);
    return held.length > 0;
  }
}
