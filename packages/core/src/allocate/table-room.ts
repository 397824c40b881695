import { familyOf, type Address } from '../address/address.ts';
import type { Claim } from '../claims/claim.ts';
import type { NetworkFacts } from '../network-contract/facts.ts';
import type { NetworkTable } from '../network-contract/network-table.ts';
import type { ParsedAssignment } from '../parse/parse-egress-ipam.ts';
import type { Pool } from '../place/pool.ts';
import type { Obstacle } from './readiness.ts';

const families = [4, 6] as const;
const isOf =
  (family: 4 | 6) =>
  (address: Address): boolean =>
    familyOf(address) === family;

/** Counts what is left of the network's own tables before anything is promised of them (law 4). */
export class TableRoom {
  readonly #rooms: readonly { readonly table: NetworkTable; left: number }[];

  constructor(claims: readonly Claim[], { tables = [] }: NetworkFacts) {
    this.#rooms = tables.map((table) => ({ table, left: table.size - table.entries }));
    if (tables.length === 0) return;
    // What is promised and not bound yet shows in no object of the network.
    for (const claim of claims) {
      const { pool, kept, binding } = claim;
      const unbound = families.filter(
        (family) => kept.some(isOf(family)) && binding?.addresses.some(isOf(family)) !== true,
      );
      if (pool !== undefined && unbound.length > 0) this.note(claim, pool, new Set(unbound));
    }
  }

  /** Why a claim has to wait until there is room for it. */
  obstacleFor({ namespace }: Claim, pool: Pool, families: ReadonlySet<4 | 6>): Obstacle | undefined {
    if (families.size === 0) return undefined;
    return this.#rooms.find(({ table, left }) => table.entriesFor(namespace.name, pool.egressIPAM, families) > left)
      ?.table.full;
  }

  /** Notes that a claim got its first addresses of some families. */
  note({ namespace }: Claim, pool: Pool, families: ReadonlySet<4 | 6>): void {
    for (const room of this.#rooms) room.left -= room.table.entriesFor(namespace.name, pool.egressIPAM, families);
  }
}

/** The families of which a claim is to get its first address. */
export function newFamilies({ kept }: Claim, wanted: readonly ParsedAssignment[]): ReadonlySet<4 | 6> {
  const had = new Set(kept.map(familyOf));
  return new Set(wanted.map(({ cidr }) => cidr.family).filter((family) => !had.has(family)));
}
