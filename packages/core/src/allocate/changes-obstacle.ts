import type { Address } from '../address/address.ts';
import type { Pool } from '../place/pool.ts';
import { mostCooling, type CoolingAddresses } from './cool-down.ts';
import type { GoingBack } from './going-back.ts';
import type { Obstacle } from './readiness.ts';

/** Why a namespace that asks for other addresses has to wait, if so; what it had a short while ago it may have back. */
export function changesObstacle(
  { waitsFor, releasesTo }: CoolingAddresses,
  goingBack: GoingBack,
  namespace: string,
  pool: Pool,
  fresh: readonly Address[],
): Obstacle | undefined {
  const { coolDown, open } = pool.egressIPAM;
  if (coolDown === 0 || fresh.every((address) => waitsFor(address) === namespace)) return undefined;
  const cooling = (releasesTo(pool).cooling.get(namespace) ?? 0) + goingBack.countOf(namespace, pool);
  const most = mostCooling * open.length;
  if (cooling < most) return undefined;
  const message = `${cooling} addresses of EgressIPAM ${pool.name} that the namespace gave back cool down, and ${most} are the most; other addresses have to wait until some have cooled down`;
  return { code: 'TooManyChanges', message };
}
