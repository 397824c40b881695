import type { Claim } from '../claims/claim.ts';
import type { Pool } from '../place/pool.ts';
import type { Obstacle } from './readiness.ts';

/** Counts the namespaces of each team that an EgressIPAM serves, where it limits them (`spec.maxClaims`). */
export class TeamLimits {
  readonly #served = new Map<string, number>();

  constructor(claims: readonly Claim[]) {
    // Mostly nothing is limited, and then there is nothing to count.
    if (!claims.some(({ pool }) => pool?.egressIPAM.source.maxClaims !== undefined)) return;
    for (const claim of claims) if (claim.pool !== undefined && isServed(claim)) this.#count(claim, claim.pool);
  }

  /** Why a claim has to wait for others of its team, if so. What it has already is not taken from it. */
  obstacleFor(claim: Claim, pool: Pool): Obstacle | undefined {
    const limit = pool.egressIPAM.source.maxClaims;
    if (limit === undefined || isServed(claim)) return undefined;
    const team = teamOf(claim, limit.teamLabel);
    const most = limit.teams?.find(({ name }) => name === team)?.maxClaims ?? limit.perTeam;
    if ((this.#served.get(keyOf(pool, team)) ?? 0) < most) return undefined;
    return {
      code: 'TeamLimitReached',
      message: `EgressIPAM ${pool.name} serves at most ${most} namespaces with ${limit.teamLabel}=${team}, and does; it waits until another one of them claims no more`,
    };
  }

  /** Notes that a claim is served now. */
  note(claim: Claim, pool: Pool): void {
    if (!isServed(claim)) this.#count(claim, pool);
  }

  #count(claim: Claim, pool: Pool): void {
    const limit = pool.egressIPAM.source.maxClaims;
    if (limit === undefined) return;
    const key = keyOf(pool, teamOf(claim, limit.teamLabel));
    this.#served.set(key, (this.#served.get(key) ?? 0) + 1);
  }
}

/** Whether a claim has addresses of the EgressIPAM that it names. */
function isServed({ kept, from }: Claim): boolean {
  return kept.length > 0 && from === undefined;
}

function teamOf({ namespace }: Claim, label: string): string {
  return namespace.source.labels?.[label] ?? '';
}

function keyOf(pool: Pool, team: string): string {
  return `${pool.name}/${team}`;
}
