import type { AddressLedger } from '../ledger/address-ledger.ts';
import type { Slot } from '../ledger/indexes.ts';
import type { BindingFacts, NetworkFacts } from '../network-contract/facts.ts';
import type { ParsedNamespace } from '../parse/parse-namespace.ts';
import { namespaceNamed } from '../parse/namespace-named.ts';
import type { Claim } from './claim.ts';

/**
 * Bindings of namespaces outside our care.
 *
 * @param bound how many of the claims have a binding
 */
export function foreignBindings(
  claims: readonly Claim[],
  bound: number,
  { bindings }: NetworkFacts,
): readonly BindingFacts[] {
  const others: BindingFacts[] = [];
  let position = 0;
  let met = 0;
  if (bound === bindings.size) return others;
  for (const binding of bindings.values()) {
    while (position < claims.length && claims[position]?.binding === undefined) position += 1;
    if (claims[position]?.binding !== binding) others.push(binding);
    else {
      position += 1;
      met += 1;
    }
  }
  // Mostly bindings are in the order of the claims.
  if (met === bound) return others;
  const known = new Set(claims.map(({ binding }) => binding));
  return others.filter((binding) => !known.has(binding));
}

/**
 * Notes which addresses are bound to the traffic of namespaces outside our care, and which of these may be used: a
 * binding may be there for a moment longer than its namespace.
 */
export function markForeignBindings(
  unsettled: readonly Claim[],
  foreign: readonly BindingFacts[],
  namespaces: readonly ParsedNamespace[],
  ledger: AddressLedger,
): void {
  for (const { binding, intent, leaving } of unsettled) {
    if (binding === undefined || intent.kind !== 'release') continue;
    for (const address of binding.addresses)
      if (!leaving.includes(address)) markBound(ledger, ledger.slotOf(address), true);
  }
  for (const { namespace, addresses } of foreign) {
    const isThere = namespaceNamed(namespaces, namespace) !== undefined;
    for (const address of addresses) {
      const slot = ledger.slotOf(address);
      // Our record alone is of what such a namespace gives back; what another has by now, somebody else bound there.
      if (!ledger.isMarked(slot, 'recorded') || ledger.owner.has(slot)) markBound(ledger, slot, isThere);
    }
  }
}

function markBound(ledger: AddressLedger, slot: Slot, isUsed: boolean): void {
  ledger.mark(slot, 'bound-by-others');
  if (isUsed) ledger.mark(slot, 'used-by-others');
}
