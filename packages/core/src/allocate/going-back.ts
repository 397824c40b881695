import type { Address } from '../address/address.ts';
import type { Claim } from '../claims/claim.ts';
import type { AddressLedger } from '../ledger/address-ledger.ts';
import type { HostedEntry } from '../ledger/hosted-list.ts';
import { namespaceNamed } from '../parse/namespace-named.ts';
import type { ParsedSnapshot } from '../parse/parsed-snapshot.ts';
import type { Pool } from '../place/pool.ts';
import type { CoolingAddresses } from './cool-down.ts';
import { teamOf } from './team-of.ts';

/** What shows which addresses go back. */
interface Traces {
  readonly unsettled: readonly Claim[];
  /** What the network hosts that no claim has. */
  readonly unclaimed: readonly HostedEntry[];
  readonly ledger: AddressLedger;
  readonly cooling: CoolingAddresses;
}

/**
 * Addresses that namespaces give back and that no status remembers yet. They are about to cool down: whoever is fast
 * would have given back any number of them before the first is written down.
 */
export class GoingBack {
  readonly #snapshot: ParsedSnapshot;
  readonly #cooling: CoolingAddresses;
  readonly #find: () => ReadonlyMap<string, ReadonlySet<Address>>;
  readonly #teams = new Map<Pool, ReadonlyMap<string, number>>();
  #known: ReadonlyMap<string, ReadonlySet<Address>> | undefined;

  constructor(snapshot: ParsedSnapshot, traces: Traces) {
    this.#snapshot = snapshot;
    this.#cooling = traces.cooling;
    this.#find = () => byNamespace(traces);
  }

  /** How many a namespace gives back to an EgressIPAM. */
  countOf(namespace: string, pool: Pool): number {
    const own = this.#all.get(namespace);
    if (own === undefined) return 0;
    const remembered = new Set(this.#cooling.releasesTo(pool).returnable.get(namespace));
    return [...own].filter((address) => pool.assignmentOf(address) !== undefined && !remembered.has(address)).length;
  }

  /** How many the namespaces of a team give back to an EgressIPAM that limits teams. */
  countOfTeam(team: string, pool: Pool): number {
    let counts = this.#teams.get(pool);
    if (counts === undefined) this.#teams.set(pool, (counts = this.#countTeams(pool)));
    return counts.get(team) ?? 0;
  }

  #countTeams(pool: Pool): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    const label = pool.egressIPAM.source.maxClaims?.teamLabel;
    if (label === undefined) return counts;
    const departed = new Map(this.#snapshot.source.departed?.map((claim) => [claim.namespace, claim.labels]));
    for (const name of this.#all.keys()) {
      const namespace = namespaceNamed(this.#snapshot.namespaces, name);
      if (namespace === undefined && !departed.has(name)) continue;
      const team = teamOf(namespace === undefined ? departed.get(name) : namespace.source.labels, label);
      counts.set(team, (counts.get(team) ?? 0) + this.countOf(name, pool));
    }
    return counts;
  }

  /** Looked for once somebody asks: mostly nobody does. */
  get #all(): ReadonlyMap<string, ReadonlySet<Address>> {
    return (this.#known ??= this.#find());
  }
}

function byNamespace({ unsettled, unclaimed, ledger }: Traces): ReadonlyMap<string, ReadonlySet<Address>> {
  const all = new Map<string, Set<Address>>();
  const note = (namespace: string, address: Address): void => {
    if (ledger.owner.has(ledger.slotOf(address))) return;
    const own = all.get(namespace) ?? new Set();
    all.set(namespace, own.add(address));
  };
  for (const { namespace, leaving } of unsettled) for (const address of leaving) note(namespace.name, address);
  for (const { entry } of unclaimed)
    if (entry.ours && entry.namespace !== undefined) note(entry.namespace, entry.address);
  return all;
}
