import type { Address } from '../address/address.ts';
import type { AddressLedger } from '../ledger/address-ledger.ts';
import type { NetworkFacts } from '../network-contract/facts.ts';
import type { Claim } from './claim.ts';

/** Notes which addresses are bound to the traffic of namespaces outside our care. */
export function markForeignBindings(claims: readonly Claim[], ledger: AddressLedger, facts: NetworkFacts): void {
  const inCare = new Map(claims.map((claim) => [claim.namespace.name, claim]));
  for (const { namespace, addresses } of facts.bindings.values()) {
    const claim = inCare.get(namespace);
    if (claim !== undefined && claim.intent.kind !== 'release') continue;
    const isForeign = (address: Address): boolean =>
      claim === undefined ? !ledger.isMarked(ledger.slotOf(address), 'recorded') : !claim.leaving.includes(address);
    for (const address of addresses) if (isForeign(address)) ledger.mark(ledger.slotOf(address), 'bound-by-others');
  }
}
