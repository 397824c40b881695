import type { Claim } from '../claims/claim.ts';
import type { Pool } from '../place/pool.ts';
import { mostCooling, type CoolingAddresses } from './cool-down.ts';
import type { GoingBack } from './going-back.ts';
import type { Obstacle } from './readiness.ts';
import { teamOf } from './team-of.ts';

/**
 * Counts the namespaces of each team that an EgressIPAM serves, and the addresses that cool down after them, where it
 * limits them (`spec.maxClaims`).
 */
export class TeamLimits {
  readonly #claims: readonly Claim[];
  readonly #cooling: CoolingAddresses;
  readonly #goingBack: GoingBack;
  /** By EgressIPAM and team; counted when it is asked for, as mostly nothing is limited. */
  #served: Map<string, number> | undefined;

  constructor(claims: readonly Claim[], cooling: CoolingAddresses, goingBack: GoingBack) {
    this.#claims = claims;
    this.#cooling = cooling;
    this.#goingBack = goingBack;
  }

  /** Why a claim has to wait for others of its team, if so. What it has already is not taken from it. */
  obstacleFor(claim: Claim, pool: Pool): Obstacle | undefined {
    const limit = pool.egressIPAM.source.maxClaims;
    if (limit === undefined || isServed(claim)) return undefined;
    const team = teamOf(claim.namespace.source.labels, limit.teamLabel);
    const most = pool.egressIPAM.maxClaimsOf.get(team) ?? limit.perTeam;
    if ((this.#servedByTeam().get(keyOf(pool, team)) ?? 0) < most)
      return this.#coolingObstacle(claim, pool, team, most);
    return {
      code: 'TeamLimitReached',
      message: `EgressIPAM ${pool.name} serves at most ${most} namespaces with ${limit.teamLabel}=${team}, and does; it waits until another one of them claims no more`,
    };
  }

  /** Namespaces that come and go would keep a whole CIDR from other teams; whoever comes back has what it had. */
  #coolingObstacle({ namespace }: Claim, pool: Pool, team: string, mostServed: number): Obstacle | undefined {
    const { name, egressIPAM } = pool;
    const { returnable, coolingOfTeam } = this.#cooling.releasesTo(pool);
    if (egressIPAM.coolDown === 0) return undefined;
    const cooling = (coolingOfTeam.get(team) ?? 0) + this.#goingBack.countOfTeam(team, pool);
    const most = mostCooling * mostServed * egressIPAM.open.length;
    if (cooling < most || returnable.has(namespace.name)) return undefined;
    return {
      code: 'TooManyChanges',
      message: `${cooling} addresses of EgressIPAM ${name} that namespaces of team "${team}" gave back cool down, and ${most} are the most; new namespaces of the team have to wait until some have cooled down`,
    };
  }

  /** Notes that a claim is served now. */
  note(claim: Claim, pool: Pool): void {
    if (!isServed(claim)) count(this.#servedByTeam(), claim, pool);
  }

  #servedByTeam(): Map<string, number> {
    if (this.#served !== undefined) return this.#served;
    const served = new Map<string, number>();
    for (const claim of this.#claims) if (claim.pool !== undefined && isServed(claim)) count(served, claim, claim.pool);
    return (this.#served = served);
  }
}

function count(served: Map<string, number>, claim: Claim, pool: Pool): void {
  const limit = pool.egressIPAM.source.maxClaims;
  if (limit === undefined) return;
  const key = keyOf(pool, teamOf(claim.namespace.source.labels, limit.teamLabel));
  served.set(key, (served.get(key) ?? 0) + 1);
}

/** Whether a claim has addresses of the EgressIPAM that it names. */
function isServed({ kept, from }: Claim): boolean {
  return kept.length > 0 && from === undefined;
}

function keyOf(pool: Pool, team: string): string {
  return `${pool.name}/${team}`;
}
