import type { Address, NetworkDecisions } from '@egressip-ipam/core';
import type { OpenShiftSdnFacts } from '../facts/read-facts.ts';

/** For whom addresses are hosted, for our record. */
export class RecordedOwners {
  readonly #decisions: NetworkDecisions;
  readonly #facts: OpenShiftSdnFacts;
  #recorded: ReadonlyMap<Address, string | undefined> | undefined;

  constructor(decisions: NetworkDecisions, facts: OpenShiftSdnFacts) {
    this.#decisions = decisions;
    this.#facts = facts;
  }

  /**
   * The namespace that has an address, or else the one that our record names: mostly on the HostSubnet that hosts it.
   */
  of(address: Address): string | undefined {
    const owner = this.#decisions.claimWith(address);
    if (owner !== undefined) return owner.namespace;
    const host = this.#decisions.hostOf(address);
    const named = host === undefined ? undefined : this.#facts.hostSubnetOf(host)?.record.namespaceOf(address);
    return named ?? this.#anywhere(address);
  }

  #anywhere(address: Address): string | undefined {
    this.#recorded ??= new Map(
      this.#facts.hosts.flatMap(({ record }) =>
        record.addresses.map((entry, index) => [entry, record.namespaceAt(index)] as const),
      ),
    );
    return this.#recorded.get(address);
  }
}
