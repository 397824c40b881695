import {
  formatAddress,
  parseAddress,
  type Allocation,
  type DepartedClaim,
  type EgressIPAMReport,
  type EgressIPAMSnapshot,
  type NamespaceSnapshot,
} from '@egressip-ipam/core';

/** So many are kept until the next plan at most: anybody can make and delete as many namespaces. */
const most = 10_000;

/** Claims of namespaces that went away while they were watched, until an EgressIPAM's status remembers them. */
export class DepartedClaims {
  readonly #claims = new Map<string, DepartedClaim>();

  /** A namespace went away; one that came and went between two looks, too. */
  note(
    { name, allocated, egressIPs, egressIPAM, labels = {} }: NamespaceSnapshot,
    egressIPAMs: readonly EgressIPAMSnapshot[],
  ): void {
    this.#claims.delete(name);
    const addresses = (allocated?.slice(allocated.indexOf('/') + 1) ?? egressIPs ?? '').split(',').flatMap((text) => {
      const address = parseAddress(text);
      return address === undefined ? [] : [formatAddress(address)];
    });
    if (egressIPAM === undefined || addresses.length === 0) return;
    const teamLabels = new Set(egressIPAMs.flatMap(({ maxClaims }) => maxClaims?.teamLabel ?? []));
    const ofTeams = Object.fromEntries(Object.entries(labels).filter(([key]) => teamLabels.has(key)));
    this.#claims.set(name, { namespace: name, egressIPAM, addresses, labels: ofTeams });
    const [oldest] = this.#claims.keys();
    if (this.#claims.size > most && oldest !== undefined) this.#claims.delete(oldest);
  }

  /**
   * Those that no status remembers yet.
   *
   * @param given what the last plan gave: what shows so may go together with a namespace
   */
  list(egressIPAMs: readonly EgressIPAMSnapshot[], given: readonly Allocation[] = []): readonly DepartedClaim[] {
    if (this.#claims.size === 0) return [];
    for (const { namespace, egressIPAM, addresses, source } of given) {
      const claim = source === 'kept' ? this.#claims.get(namespace) : undefined;
      if (claim?.egressIPAM !== egressIPAM) continue;
      const kept = claim.addresses.filter((address) => addresses.includes(address));
      this.#claims.set(namespace, { ...claim, kept });
    }
    const remembered = addressesByNamespace(egressIPAMs.flatMap(({ released = [] }) => released));
    for (const [namespace, { addresses }] of this.#claims) {
      const known = remembered.get(namespace);
      if (known !== undefined && addresses.every((address) => known.has(address))) this.#claims.delete(namespace);
    }
    return [...this.#claims.values()];
  }

  /**
   * Takes in a plan that was made of all that is here: what it does not remember was never given to the namespace, or
   * is somebody else's by now, and must not count as its own later.
   */
  settle(egressIPAMs: readonly Pick<EgressIPAMReport, 'released' | 'late'>[]): void {
    if (this.#claims.size === 0) return;
    const remembered = addressesByNamespace(egressIPAMs.flatMap(({ released, late = [] }) => [...released, ...late]));
    for (const [namespace, claim] of this.#claims) {
      const known = remembered.get(namespace);
      const addresses = claim.addresses.filter((address) => known?.has(address));
      if (addresses.length === 0) this.#claims.delete(namespace);
      else this.#claims.set(namespace, { ...claim, addresses });
    }
  }
}

function addressesByNamespace(
  entries: readonly { readonly namespace: string; readonly addresses: readonly string[] }[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const byNamespace = new Map<string, Set<string>>();
  for (const { namespace, addresses } of entries) {
    const all = byNamespace.get(namespace) ?? new Set();
    byNamespace.set(namespace, all);
    for (const address of addresses) all.add(address);
  }
  return byNamespace;
}
