import { formatAddress, type Address } from '../address/address.ts';
import type { AddressLedger } from '../ledger/address-ledger.ts';
import type { HostedList } from '../ledger/hosted-list.ts';
import type { ObjectReference } from '../finding/finding.ts';
import type { HostedIndex, Slot } from '../ledger/indexes.ts';
import type { Pools } from '../place/make-pools.ts';
import { compareByAge, type Claim } from './claim.ts';
import { namespaceFinding } from './namespace-finding.ts';

/** A kept address that something else than a claim has, too. */
export interface ContestedAddress {
  readonly claim: Claim;
  readonly address: Address;
  /** Somebody else's object that binds it to the traffic of another claim; absent where others use it otherwise. */
  readonly boundBy?: ObjectReference;
}

/** The claims, each address with one of them at most. */
export interface OwnedClaims {
  readonly claims: readonly Claim[];
  /** Those of which something is to be decided. */
  readonly unsettled: readonly Claim[];
  readonly contested: readonly ContestedAddress[];
}

/**
 * Enters what claims keep into the ledger; of two claims for one address the one that carries traffic wins, then the
 * older one: objects of a namespace that was there before may have been restored with what another has by now. What
 * nobody may have is in the ledger already.
 */
export function ownAddresses(claims: readonly Claim[], ledger: AddressLedger, hosted: HostedList): OwnedClaims {
  const contested: ContestedAddress[] = [];
  const rivals: ContestedAddress[] = [];
  const unsettled: Claim[] = [];
  claims.forEach((claim) => {
    const { kept } = claim;
    if (!claim.isSettled) unsettled.push(claim);
    for (let position = 0; position < kept.length; position += 1) {
      const address = kept[position];
      if (address === undefined) continue;
      const slot = ledger.slotOf(address);
      if (ledger.owner.has(slot)) {
        rivals.push({ claim, address });
        continue;
      }
      if (!ledger.take(address)) contested.push({ claim, address });
      ledger.owner.set(slot, claim.index);
    }
  });
  if (rivals.length === 0) return { claims, unsettled, contested };
  const ownerOf = (address: Address): Claim | undefined => {
    const owner = ledger.owner.at(ledger.slotOf(address));
    return owner === undefined ? undefined : claims[owner];
  };
  const ranks = new Ranks(rivals, ledger, hosted);
  const losers = rivals.flatMap(({ claim, address }) => {
    const other = ownerOf(address);
    if (other === undefined) return [];
    const isBefore = ranks.isBefore(claim, other, address);
    if (isBefore) ledger.owner.set(ledger.slotOf(address), claim.index);
    return [{ claim: isBefore ? other : claim, address }];
  });
  // Who has an address in the end is known now: nobody is told of one who lost it, too.
  const owned = [...claims];
  const bound: ContestedAddress[] = [];
  for (const { claim, address } of losers) {
    const winner = ownerOf(address) ?? claim;
    owned[claim.index] = without(owned[claim.index] ?? claim, address, winner);
    const { binding } = claim;
    if (binding !== undefined && !binding.ours && binding.addresses.includes(address))
      bound.push({ claim: winner, address, boundBy: binding.object });
  }
  const used = contested.map(({ claim, address }) => ({ claim: ownerOf(address) ?? claim, address }));
  return { claims: owned, unsettled: owned.filter(({ isSettled }) => !isSettled), contested: [...used, ...bound] };
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

/** Which of two claims keeps an address that both have. */
class Ranks {
  readonly #ledger: AddressLedger;
  /** By slot: the namespaces for which the network has the address on a node. */
  readonly #hostedFor = new Map<Slot, string[]>();

  constructor(rivals: readonly ContestedAddress[], ledger: AddressLedger, hosted: HostedList) {
    this.#ledger = ledger;
    for (const { address } of rivals) this.#hostedFor.set(ledger.slotOf(address), []);
    for (let index = 0; index < hosted.size; index += 1) {
      const slot = hosted.slotAt(index);
      const namespaces = this.#hostedFor.get(slot);
      const node = hosted.nodeAt(index);
      if (namespaces === undefined || node === undefined) continue;
      const { namespace, state } = hosted.at(index as HostedIndex).entry;
      // Where an interface has it the network may name another node, and send nothing from there.
      const isThere = !ledger.attachment.has(slot) || ledger.attachment.is(slot, node);
      if (state === 'shown' && isThere && namespace !== undefined) namespaces.push(namespace);
    }
  }

  isBefore(claim: Claim, other: Claim, address: Address): boolean {
    const [one, two] = [this.#rankOf(claim, address), this.#rankOf(other, address)];
    return one === two ? compareByAge(claim, other) < 0 : one > two;
  }

  /** Higher is better: bound for certain before bound by the record alone, and then what is on a node for it. */
  #rankOf({ binding, namespace }: Claim, address: Address): number {
    if (binding?.addresses.includes(address) !== true) return 0;
    const isCertain = binding.ours && binding.byRecord !== true;
    const isHosted = this.#hostedFor.get(this.#ledger.slotOf(address))?.includes(namespace.name) === true;
    return 1 + (isCertain ? 2 : 0) + (isHosted ? 1 : 0);
  }
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
