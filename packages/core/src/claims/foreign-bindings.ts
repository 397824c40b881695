import type { Address } from '../address/address.ts';
import type { AddressLedger } from '../ledger/address-ledger.ts';
import type { NetworkFacts } from '../network-contract/facts.ts';
import type { Claim } from './claim.ts';

/** Notes which addresses are bound to the traffic of namespaces outside our care. */
export function markForeignBindings(claims: readonly Claim[], ledger: AddressLedger, facts: NetworkFacts): void {
  const mark = (addresses: readonly Address[]): void => {
    for (const address of addresses) ledger.mark(ledger.slotOf(address), 'bound-by-others');
  };
  let inCare = 0;
  for (const { binding, intent, leaving } of claims) {
    if (binding === undefined) continue;
    inCare += 1;
    if (intent.kind === 'release') mark(binding.addresses.filter((address) => !leaving.includes(address)));
  }
  if (inCare === facts.bindings.size) return;
  const known = new Set(claims.map(({ binding }) => binding));
  for (const binding of facts.bindings.values()) {
    if (known.has(binding)) continue;
    mark(binding.addresses.filter((address) => !ledger.isMarked(ledger.slotOf(address), 'recorded')));
  }
}
