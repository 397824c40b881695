import type { Address } from '../address/address.ts';
import type { AddressLedger } from '../ledger/address-ledger.ts';
import type { ReleaseIndex } from '../ledger/indexes.ts';
import type { ParsedEgressIPAM } from '../parse/parse-egress-ipam.ts';
import type { ParsedSnapshot } from '../parse/parsed-snapshot.ts';
import type { Pool } from '../place/pool.ts';

/**
 * How long a namespace that comes back finds its addresses, when they are still free: ten minutes, or the cool-down
 * if longer. In milliseconds.
 */
export const returnWindow = 600_000;

/** The last moment that a `Date` can name. */
const endOfTime = 8.64e15;

/** What released addresses mean for this plan. */
export interface CoolingAddresses {
  /** The namespace that an address waits for, and nobody else. */
  readonly waitsFor: (address: Address) => string | undefined;
  /** What was given back to an EgressIPAM. */
  readonly releasesTo: (pool: Pool) => PoolReleases;
  /** When the next address has cooled down, milliseconds since 1970. */
  readonly next: number | undefined;
}

/** What was given back to one EgressIPAM a short while ago. */
export interface PoolReleases {
  /** By namespace: the addresses that may return to it. */
  readonly returnable: ReadonlyMap<string, readonly Address[]>;
  /** By namespace: how many addresses cool down after it. */
  readonly cooling: ReadonlyMap<string, number>;
  /** By team: how many addresses cool down after its namespaces. */
  readonly coolingOfTeam: ReadonlyMap<string, number>;
}

/** Takes addresses that cool down out of the pools, for everyone but the namespace that had them. */
export function takeCooling({ egressIPAMs, time }: ParsedSnapshot, ledger: AddressLedger): CoolingAddresses {
  const namespaces: string[] = [];
  let next: number | undefined;
  for (const { released, coolDown } of egressIPAMs) {
    for (const { namespace, addresses, releasedAt } of released) {
      if (ageOf(releasedAt, time) >= coolDown) continue;
      const end = Math.min(releasedAt + coolDown, endOfTime);
      next = next === undefined ? end : Math.min(next, end);
      const release = (namespaces.push(namespace) - 1) as ReleaseIndex;
      for (const address of addresses)
        if (ledger.take(address)) ledger.coolingFrom.set(ledger.slotOf(address), release);
    }
  }
  const waitsFor = (address: Address): string | undefined => {
    const release = ledger.coolingFrom.at(ledger.slotOf(address));
    return release === undefined ? undefined : namespaces[release];
  };
  const known = new Map<Pool, PoolReleases>();
  const releasesTo = (pool: Pool): PoolReleases => {
    let releases = known.get(pool);
    if (releases === undefined) known.set(pool, (releases = readReleases(pool.egressIPAM, time)));
    return releases;
  };
  return { waitsFor, releasesTo, next };
}

function readReleases({ released, coolDown }: ParsedEgressIPAM, time: number | undefined): PoolReleases {
  const returnable = new Map<string, Address[]>();
  const cooling = new Map<string, number>();
  const coolingOfTeam = new Map<string, number>();
  for (const { namespace, team, addresses, releasedAt } of released) {
    const age = ageOf(releasedAt, time);
    if (age < Math.max(coolDown, returnWindow)) {
      const before = returnable.get(namespace);
      if (before === undefined) returnable.set(namespace, [...addresses]);
      else before.push(...addresses);
    }
    if (age >= coolDown) continue;
    cooling.set(namespace, (cooling.get(namespace) ?? 0) + addresses.length);
    if (team !== undefined) coolingOfTeam.set(team, (coolingOfTeam.get(team) ?? 0) + addresses.length);
  }
  return { returnable, cooling, coolingOfTeam };
}

/** In milliseconds; where nobody knows what time it is, all that was given back was so just now. */
function ageOf(releasedAt: number, time: number | undefined): number {
  return time === undefined ? 0 : time - releasedAt;
}

/**
 * How many addresses of each CIDR assignment may cool down after one namespace: whoever asks for others again and again
 * would keep a whole CIDR from everybody else.
 */
export const mostCooling = 4;
