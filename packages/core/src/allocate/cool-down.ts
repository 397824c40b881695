import type { Address } from '../address/address.ts';
import type { AddressLedger } from '../ledger/address-ledger.ts';
import type { ParsedSnapshot } from '../parse/parsed-snapshot.ts';

/**
 * How long a namespace that comes back finds its addresses, when they are still free: ten minutes, or the cool-down
 * if longer. In milliseconds.
 */
export const returnWindow = 600_000;

/** The last moment that a `Date` can name. */
const endOfTime = 8.64e15;

/** What released addresses mean for this plan. */
export interface CoolingAddresses {
  /** The namespace that an address waits for, and nobody else. */
  readonly waitsFor: ReadonlyMap<Address, string>;
  /** By `EGRESSIPAM/NAMESPACE`: the addresses that may return to it. */
  readonly returnable: ReadonlyMap<string, readonly Address[]>;
  /** When the next address has cooled down, milliseconds since 1970. */
  readonly next: number | undefined;
}

/** Takes addresses that cool down out of the pools, for everyone but the namespace that had them. */
export function takeCooling(snapshot: ParsedSnapshot, ledger: AddressLedger): CoolingAddresses {
  const waitsFor = new Map<Address, string>();
  const returnable = new Map<string, readonly Address[]>();
  const now = snapshot.time;
  let next: number | undefined;
  for (const egressIPAM of snapshot.egressIPAMs) {
    for (const entry of egressIPAM.released) {
      const age = now === undefined ? 0 : now - entry.releasedAt;
      if (age < Math.max(egressIPAM.coolDown, returnWindow)) {
        const key = `${egressIPAM.name}/${entry.namespace}`;
        returnable.set(key, [...(returnable.get(key) ?? []), ...entry.addresses]);
      }
      if (age >= egressIPAM.coolDown) continue;
      const end = Math.min(entry.releasedAt + egressIPAM.coolDown, endOfTime);
      next = next === undefined ? end : Math.min(next, end);
      for (const address of entry.addresses) {
        if (ledger.take(address)) waitsFor.set(address, entry.namespace);
      }
    }
  }
  return { waitsFor, returnable, next };
}
