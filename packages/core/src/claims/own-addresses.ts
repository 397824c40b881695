import { formatAddress, type Address } from '../address/address.ts';
import type { AddressLedger } from '../ledger/address-ledger.ts';
import type { Pools } from '../place/make-pools.ts';
import { compareByAge, type Claim } from './claim.ts';
import { namespaceFinding } from './namespace-finding.ts';

/** A kept address that something else than a claim has, too. */
export interface ContestedAddress {
  readonly claim: Claim;
  readonly address: Address;
}

/** The claims, each address with one of them at most. */
export interface OwnedClaims {
  readonly claims: readonly Claim[];
  /** Those of which something is to be decided. */
  readonly unsettled: readonly Claim[];
  readonly contested: readonly ContestedAddress[];
}

/**
 * Enters what claims keep into the ledger; of two claims for one address, the one that carries traffic wins, then the
 * older one. What nobody may have is in the ledger already.
 */
export function ownAddresses(claims: readonly Claim[], ledger: AddressLedger): OwnedClaims {
  const owned = [...claims];
  const contested: ContestedAddress[] = [];
  const own = (claim: Claim, address: Address): void => {
    const slot = ledger.slotOf(address);
    const holder = ledger.owner.at(slot);
    const other = holder === undefined ? undefined : owned[holder];
    if (other === undefined) {
      if (!ledger.take(address)) contested.push({ claim, address });
      ledger.owner.set(slot, claim.index);
      return;
    }
    const [winner, loser] = outranks(claim, other, address) ? [claim, other] : [other, claim];
    owned[loser.index] = without(owned[loser.index] ?? loser, address, winner);
    ledger.owner.set(slot, winner.index);
  };
  claims.forEach((claim) => {
    const { kept } = claim;
    for (let position = 0; position < kept.length; position += 1) {
      const address = kept[position];
      if (address !== undefined) own(claim, address);
    }
  });
  return { claims: owned, unsettled: owned.filter(({ isSettled }) => !isSettled), contested };
}

/** Marks what claims give back, so that it is taken off nodes and interfaces though no record there names it. */
export function markReleasing(claims: readonly Claim[], pools: Pools, ledger: AddressLedger): void {
  let remembered: ReturnType<typeof rememberedIn> | undefined;
  for (const { leaving, intent, namespace } of claims) {
    // Until its record is cleared nobody else gets what it had; that it had it our status remembers, or the record
    // proves nothing.
    if (intent.kind === 'release' && namespace.allocated !== undefined) {
      remembered ??= rememberedIn(pools);
      const own = remembered.get(namespace.name);
      for (const address of namespace.allocated.addresses) if (own?.has(address) === true) ledger.take(address);
    }
    for (const address of leaving) {
      const slot = ledger.slotOf(address);
      if (ledger.owner.has(slot)) continue;
      ledger.mark(slot, 'releasing');
      ledger.take(address);
    }
  }
}

/** By namespace: what it gave back a while ago. */
function rememberedIn({ list }: Pools): ReadonlyMap<string, ReadonlySet<Address>> {
  const remembered = new Map<string, Set<Address>>();
  for (const { egressIPAM } of list) {
    for (const { namespace, addresses } of egressIPAM.released) {
      const all = remembered.get(namespace) ?? new Set();
      remembered.set(namespace, all);
      for (const address of addresses) all.add(address);
    }
  }
  return remembered;
}

/**
 * Where the network places, its objects go before addresses leave interfaces: what is on an interface then is ours as
 * far as the EgressIPAM's status remembers it, which only we write.
 */
export function markRemembered(pools: Pools, ledger: AddressLedger): void {
  for (const { placement, egressIPAM } of pools.list) {
    if (placement !== 'network') continue;
    for (const { addresses } of egressIPAM.released) {
      for (const address of addresses) {
        const slot = ledger.slotOf(address);
        if (ledger.attachment.has(slot) && !ledger.owner.has(slot)) ledger.mark(slot, 'releasing');
      }
    }
  }
}

function outranks(claim: Claim, other: Claim, address: Address): boolean {
  const isBound = ({ binding }: Claim): boolean => binding?.addresses.includes(address) === true;
  const [bound, otherBound] = [isBound(claim), isBound(other)];
  return bound === otherBound ? compareByAge(claim, other) < 0 : bound;
}

function without(loser: Claim, address: Address, winner: Claim): Claim {
  const finding = namespaceFinding(
    loser.namespace.name,
    {
      code: 'DuplicateAddress',
      severity: 'error',
      message: `${formatAddress(address)} belongs to namespace ${winner.namespace.name}; put another address into the annotation, or remove the annotation to get a free one`,
    },
    [address],
  );
  const kept = loser.kept.filter((candidate) => candidate !== address);
  return { ...loser, kept, intent: { kind: 'blocked', finding }, isSettled: false };
}
