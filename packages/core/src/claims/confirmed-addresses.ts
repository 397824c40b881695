import type { Address } from '../address/address.ts';
import type { AddressLedger } from '../ledger/address-ledger.ts';
import type { HostedList } from '../ledger/hosted-list.ts';
import type { BindingFacts } from '../network-contract/facts.ts';
import type { NetworkTraits } from '../network-contract/traits.ts';
import type { ParsedNamespace } from '../parse/parse-namespace.ts';

const none: readonly never[] = [];

/**
 * What namespaces have for sure: what a tenant can write is never proof, so an address counts when the network binds
 * the namespace's traffic to it, when our record on a node has it for the namespace, or while a write of ours is under
 * way (law 11).
 */
export class ConfirmedAddresses {
  readonly #ledger: AddressLedger;
  readonly #hosted: HostedList;
  readonly #isRecordProof: boolean;

  constructor(ledger: AddressLedger, hosted: HostedList, traits: NetworkTraits) {
    this.#ledger = ledger;
    this.#hosted = hosted;
    this.#isRecordProof = !traits.provesAllocations;
  }

  /** Whether our record on a node has an address as this namespace's. */
  isHostedFor({ name }: ParsedNamespace, address: Address): boolean {
    const record = this.#ledger.record.at(this.#ledger.slotOf(address));
    return record !== undefined && this.#hosted.at(record).entry.namespace === name;
  }

  /**
   * Whether a binding proves all that it has. Where somebody else made its object, and our record alone says that it is
   * ours, both may have been restored from another cluster: it proves nothing of an address that something else uses,
   * and that is on no interface for it.
   */
  isProof(binding: BindingFacts | undefined): boolean {
    return binding?.madeByOthers !== true || !binding.addresses.some((address) => this.#isDoubtful(address));
  }

  /** What of a binding is a proof. */
  provenBy(binding: BindingFacts | undefined): BindingFacts | undefined {
    if (binding === undefined || this.isProof(binding)) return binding;
    const { namespace, object, ours, unconfirmed, madeByOthers = false } = binding;
    const addresses = binding.addresses.filter((address) => !this.#isDoubtful(address));
    return { namespace, object, ours, unconfirmed, madeByOthers, addresses };
  }

  #isDoubtful(address: Address): boolean {
    if (!this.#ledger.isTaken(address)) return false;
    const { host, attachment } = this.#ledger;
    const slot = this.#ledger.slotOf(address);
    const node = host.at(slot);
    return !attachment.has(slot) || (node !== undefined && !attachment.is(slot, node));
  }

  /** Everything that a namespace has, in the order of its annotation, then of the network's. */
  of(namespace: ParsedNamespace, binding: BindingFacts | undefined): ReadonlySet<Address> {
    const { listed, allocated, unconfirmed } = namespace;
    const record = allocated?.addresses ?? none;
    const bound = binding?.addresses ?? none;
    const isProved = (address: Address): boolean =>
      this.#isRecordProof || bound.includes(address) || this.isHostedFor(namespace, address);
    const all = [
      ...record.filter(isProved),
      ...unconfirmed,
      ...bound,
      ...listed.filter((address) => this.isHostedFor(namespace, address)),
    ];
    return new Set(binding?.madeByOthers === true ? all.filter((address) => !this.#isDoubtful(address)) : all);
  }
}
