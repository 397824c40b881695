import type { Finding } from '../finding/finding.ts';
import type { Allocation, Plan } from '../plan/plan-types.ts';

/** What a plan says of one EgressIPAM, beside its report. */
export interface Concerns {
  /** What is wrong with the EgressIPAM itself. */
  readonly problems: readonly Finding[];
  /** Its claims that wait; those first that wait for what is not their owner's to mend. */
  readonly waiting: Plan['waiting'];
  /** Allocations of which an address carries no traffic. */
  readonly lost: Plan['allocations'];
  /** Allocations of which something else uses an address too: whose packets come back is chance. */
  readonly contested: Plan['allocations'];
}

const none: Concerns = { problems: [], waiting: [], lost: [], contested: [] };

/** Sorts a plan by EgressIPAM, in one walk. */
export function concernsByEgressIPAM(plan: Plan): (name: string) => Concerns {
  const problems = Map.groupBy(
    plan.findings.filter(({ object, severity }) => object.kind === 'EgressIPAM' && severity !== 'info'),
    ({ object }) => object.name,
  );
  const waiting = Map.groupBy(
    [...plan.waiting].sort((one, other) => Number(one.mender === 'owner') - Number(other.mender === 'owner')),
    ({ egressIPAM }) => egressIPAM,
  );
  const allocations = (isSo: (allocation: Allocation) => boolean): ReadonlyMap<string, Plan['allocations']> =>
    Map.groupBy(plan.allocations.filter(isSo), ({ egressIPAM }) => egressIPAM);
  const lost = allocations(({ carried }) => !carried);
  const inConflict = new Set(
    plan.findings.flatMap(({ code, object }) =>
      code === 'AddressConflict' && object.kind === 'Namespace' ? [object.name] : [],
    ),
  );
  const contested: typeof lost =
    inConflict.size === 0 ? new Map() : allocations(({ namespace }) => inConflict.has(namespace));
  return (name) => ({
    problems: problems.get(name) ?? none.problems,
    waiting: waiting.get(name) ?? none.waiting,
    lost: lost.get(name) ?? none.lost,
    contested: contested.get(name) ?? none.contested,
  });
}

/**
 * Whether an EgressIPAM is ready: every address carries traffic, and no claim waits for what is not its owner's to mend
 * (law 12).
 */
export function isReady({ waiting, lost }: Pick<Concerns, 'waiting' | 'lost'>): boolean {
  return lost.length === 0 && waiting.every(({ mender }) => mender === 'owner');
}
