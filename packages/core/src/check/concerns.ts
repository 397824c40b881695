import type { Finding } from '../finding/finding.ts';
import type { Allocation, Plan } from '../plan/plan-types.ts';
import { menderOf } from '../plan/whose-to-mend.ts';

/** What a plan says of one EgressIPAM, beside its report. */
export interface Concerns {
  /** What is wrong with the EgressIPAM itself. */
  readonly problems: readonly Finding[];
  /** Its claims that wait; those first that wait for what is not their owner's to mend. */
  readonly waiting: Plan['waiting'];
  /** Allocations of which an address carries no traffic. */
  readonly lost: Plan['allocations'];
  /**
   * Errors about namespaces that have their addresses, as far as they are not their owners' to mend: such as that
   * something else uses an address too, and whose packets come back is chance.
   */
  readonly errors: readonly Finding[];
}

const none: Concerns = { problems: [], waiting: [], lost: [], errors: [] };

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
  const lost = Map.groupBy(
    plan.allocations.filter(({ carried }) => !carried),
    ({ egressIPAM }) => egressIPAM,
  );
  const errors = errorsByEgressIPAM(plan);
  return (name) => ({
    problems: problems.get(name) ?? none.problems,
    waiting: waiting.get(name) ?? none.waiting,
    lost: lost.get(name) ?? none.lost,
    errors: errors.get(name) ?? none.errors,
  });
}

/**
 * What is wrong with namespaces that have addresses. Where one of these carries nothing, that is told already, and what
 * else has it beside.
 */
function errorsByEgressIPAM({ findings, waiting, allocations }: Plan): ReadonlyMap<string, readonly Finding[]> {
  const reasons = new Set(waiting.map(({ reason }) => reason));
  const errors = findings.filter(
    (finding) =>
      finding.severity === 'error' &&
      finding.object.kind === 'Namespace' &&
      menderOf(finding.code) === 'cluster' &&
      !reasons.has(finding),
  );
  if (errors.length === 0) return new Map();
  const concerned = new Set(errors.map(({ object }) => object.name));
  const byNamespace = new Map(
    allocations.filter(({ namespace }) => concerned.has(namespace)).map((entry) => [entry.namespace, entry]),
  );
  const isNews = ({ code, object }: Finding): boolean => {
    const allocation = byNamespace.get(object.name);
    return allocation !== undefined && (code === 'AddressConflict' || !isIdle(allocation));
  };
  return Map.groupBy(errors.filter(isNews), ({ object }) => byNamespace.get(object.name)?.egressIPAM ?? '');
}

/** Whether one of its addresses carries nothing, for all that is known. */
export function isIdle({ addresses, carried, carrying = [] }: Allocation): boolean {
  return !carried && addresses.some((address) => !carrying.includes(address));
}

/**
 * Whether an EgressIPAM is ready: every address carries traffic, and no claim waits for what is not its owner's to mend
 * (law 12).
 */
export function isReady({ waiting, lost }: Pick<Concerns, 'waiting' | 'lost'>): boolean {
  return lost.length === 0 && waiting.every(({ mender }) => mender === 'owner');
}
