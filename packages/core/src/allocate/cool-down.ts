import type { Address } from '../address/address.ts';
import type { AddressLedger } from '../ledger/address-ledger.ts';
import type { ReleaseIndex } from '../ledger/indexes.ts';
import type { ParsedSnapshot } from '../parse/parsed-snapshot.ts';
import type { Pool } from '../place/pool.ts';
import type { Obstacle } from './readiness.ts';

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
  /** By `EGRESSIPAM/NAMESPACE`: the addresses that may return to it. */
  readonly returnable: ReadonlyMap<string, readonly Address[]>;
  /** By `EGRESSIPAM/NAMESPACE`: how many addresses cool down after it. */
  readonly counts: ReadonlyMap<string, number>;
  /** By EgressIPAM, by team: how many addresses cool down after its namespaces. */
  readonly teamCounts: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** When the next address has cooled down, milliseconds since 1970. */
  readonly next: number | undefined;
}

/** Takes addresses that cool down out of the pools, for everyone but the namespace that had them. */
export function takeCooling(snapshot: ParsedSnapshot, ledger: AddressLedger): CoolingAddresses {
  const namespaces: string[] = [];
  const returnable = new Map<string, Address[]>();
  const counts = new Map<string, number>();
  const now = snapshot.time;
  let next: number | undefined;
  const teamCounts = new Map<string, Map<string, number>>();
  for (const egressIPAM of snapshot.egressIPAMs) {
    const teams = new Map<string, number>();
    teamCounts.set(egressIPAM.name, teams);
    for (const entry of egressIPAM.released) {
      const age = now === undefined ? 0 : now - entry.releasedAt;
      const key = `${egressIPAM.name}/${entry.namespace}`;
      if (age < Math.max(egressIPAM.coolDown, returnWindow)) {
        const list = returnable.get(key);
        if (list === undefined) returnable.set(key, [...entry.addresses]);
        else list.push(...entry.addresses);
      }
      if (age >= egressIPAM.coolDown) continue;
      const end = Math.min(entry.releasedAt + egressIPAM.coolDown, endOfTime);
      next = next === undefined ? end : Math.min(next, end);
      counts.set(key, (counts.get(key) ?? 0) + entry.addresses.length);
      if (entry.team !== undefined) teams.set(entry.team, (teams.get(entry.team) ?? 0) + entry.addresses.length);
      const release = (namespaces.push(entry.namespace) - 1) as ReleaseIndex;
      for (const address of entry.addresses)
        if (ledger.take(address)) ledger.coolingFrom.set(ledger.slotOf(address), release);
    }
  }
  const waitsFor = (address: Address): string | undefined => {
    const release = ledger.coolingFrom.at(ledger.slotOf(address));
    return release === undefined ? undefined : namespaces[release];
  };
  return { waitsFor, returnable, counts, teamCounts, next };
}

/**
 * How many addresses of each CIDR assignment may cool down after one namespace: whoever asks for others again and again
 * would keep a whole CIDR from everybody else.
 */
export const mostCooling = 4;

/** Why a namespace that asks for other addresses has to wait, if so; what it had a short while ago it may have back. */
export function changesObstacle(
  { waitsFor, counts }: CoolingAddresses,
  namespace: string,
  { name, egressIPAM }: Pool,
  fresh: readonly Address[],
): Obstacle | undefined {
  if (fresh.every((address) => waitsFor(address) === namespace)) return undefined;
  const cooling = counts.get(`${name}/${namespace}`) ?? 0;
  const most = mostCooling * egressIPAM.open.length;
  if (cooling < most) return undefined;
  const message = `${cooling} addresses of EgressIPAM ${name} that the namespace gave back cool down, and ${most} are the most; other addresses have to wait until some have cooled down`;
  return { code: 'TooManyChanges', message };
}
