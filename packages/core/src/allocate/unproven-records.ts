import type { Address } from '../address/address.ts';
import type { Claim } from '../claims/claim.ts';
import type { AddressLedger } from '../ledger/address-ledger.ts';
import { HeldAddresses } from '../ledger/held-addresses.ts';

/**
 * Addresses on records that prove nothing and are about to go, too late perhaps for who would be given them now: until
 * then two records would name one address (law 1). They are free, and given to others once nothing else is: to keep
 * them for good would be a way to take a pool (law 11).
 */
export class UnprovenRecords {
  readonly #addresses: readonly Address[];
  readonly #held: HeldAddresses;

  constructor(ledger: AddressLedger, unsettled: readonly Claim[]) {
    this.#held = new HeldAddresses(ledger);
    this.#addresses = unsettled.flatMap((claim) =>
      goesLate(claim) ? (claim.namespace.allocated?.addresses ?? []) : [],
    );
  }

  /** Keeps back those that nobody has. */
  holdBack(): void {
    for (const address of this.#addresses) this.#held.hold(address);
  }

  /** Lets them be given; false where none was kept back. */
  letGo(): boolean {
    const isAnyHeld = !this.#held.isEmpty;
    this.#held.letGoOfAll();
    return isAnyHeld;
  }
}

/**
 * Whether a claim's record goes only once proven addresses of it have let go, or by the write that brings it those of
 * another EgressIPAM: whoever leads may end between that one and the one of who was given its address.
 */
function goesLate({ intent, leaving, namespace, pool }: Claim): boolean {
  if (intent.kind === 'release') return leaving.length > 0;
  return pool !== undefined && namespace.allocated !== undefined && namespace.allocated.egressIPAM !== pool.name;
}
