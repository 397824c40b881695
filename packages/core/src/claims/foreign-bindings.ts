import type { AddressLedger } from '../ledger/address-ledger.ts';
import type { BindingFacts, NetworkFacts } from '../network-contract/facts.ts';
import type { Claim } from './claim.ts';

/** Bindings of namespaces outside our care. */
export function foreignBindings(claims: readonly Claim[], { bindings }: NetworkFacts): readonly BindingFacts[] {
  const others: BindingFacts[] = [];
  let position = 0;
  let met = 0;
  const inCare = claims.reduce((count, { binding }) => count + Number(binding !== undefined), 0);
  if (inCare === bindings.size) return others;
  for (const binding of bindings.values()) {
    while (position < claims.length && claims[position]?.binding === undefined) position += 1;
    if (claims[position]?.binding !== binding) others.push(binding);
    else {
      position += 1;
      met += 1;
    }
  }
  // Mostly bindings are in the order of the claims.
  if (met === inCare) return others;
  const known = new Set(claims.map(({ binding }) => binding));
  return others.filter((binding) => !known.has(binding));
}

/** Notes which addresses are bound to the traffic of namespaces outside our care. */
export function markForeignBindings(
  unsettled: readonly Claim[],
  foreign: readonly BindingFacts[],
  ledger: AddressLedger,
): void {
  for (const { binding, intent, leaving } of unsettled) {
    if (binding === undefined || intent.kind !== 'release') continue;
    for (const address of binding.addresses)
      if (!leaving.includes(address)) ledger.mark(ledger.slotOf(address), 'bound-by-others');
  }
  for (const { addresses } of foreign) {
    for (const address of addresses) {
      const slot = ledger.slotOf(address);
      if (!ledger.isMarked(slot, 'recorded')) ledger.mark(slot, 'bound-by-others');
    }
  }
}
