import type { Address } from '../address/address.ts';
import type { AddressLedger } from '../ledger/address-ledger.ts';
import type { NetworkFacts } from '../network-contract/facts.ts';
import type { NetworkTraits } from '../network-contract/traits.ts';
import type { ParsedNamespace } from '../parse/parse-namespace.ts';

const none: readonly never[] = [];

/**
 * What namespaces have for sure: what a tenant can write is never proof, so an address counts when the network binds
 * the namespace's traffic to it, when our record on a node has it for the namespace, or while a write of ours is under
 * way (law 11).
 */
export class ConfirmedAddresses {
  readonly #facts: NetworkFacts;
  readonly #ledger: AddressLedger;
  readonly #isRecordProof: boolean;

  constructor(facts: NetworkFacts, ledger: AddressLedger, traits: NetworkTraits) {
    this.#facts = facts;
    this.#ledger = ledger;
    this.#isRecordProof = !traits.provesAllocations;
  }

  /** What the network sends a namespace's traffic out by. */
  boundTo({ name }: ParsedNamespace): readonly Address[] {
    return this.#facts.bindings.get(name)?.addresses ?? none;
  }

  /** Whether our record on a node has an address as this namespace's. */
  isHostedFor({ name }: ParsedNamespace, address: Address): boolean {
    return this.#ledger.recordedFor(this.#ledger.slotOf(address)) === name;
  }

  /** Everything that a namespace has, in the order of its annotation, then of the network's. */
  of(namespace: ParsedNamespace): ReadonlySet<Address> {
    const { listed, allocated, unconfirmed } = namespace;
    const record = allocated?.addresses ?? none;
    const bound = this.boundTo(namespace);
    const isProved = (address: Address): boolean =>
      this.#isRecordProof || bound.includes(address) || this.isHostedFor(namespace, address);
    const proved = record.filter(isProved);
    return new Set([...proved, ...unconfirmed, ...bound, ...listed.filter((address) => this.isHostedFor(namespace, address))]);
  }
}
