import type { FinalizerStep, Step } from '../network-contract/step.ts';
import { afterStep } from '../network-contract/step.ts';
import type { Pool } from '../place/pool.ts';
import { finalizerName } from '../snapshot/names.ts';
import type { Decided } from './decided.ts';
import { addressesOf } from './step-order.ts';

/** The finalizer comes before the first allocation, so that a deletion of the EgressIPAM can take everything back. */
export function finalizersToAdd({ pools }: Decided): readonly FinalizerStep[] {
  return pools.list
    .filter(({ egressIPAM }) => !egressIPAM.deleting && egressIPAM.source.finalizers?.includes(finalizerName) !== true)
    .map((pool) => finalizerStep(pool, true, []));
}

/** It goes when everything of its EgressIPAM has gone. */
export function finalizersToRemove(decided: Decided, steps: readonly Step[]): readonly FinalizerStep[] {
  return decided.pools.list
    .filter(({ egressIPAM }) => egressIPAM.deleting && egressIPAM.source.finalizers?.includes(finalizerName) === true)
    .map((pool) => finalizerStep(pool, false, endOf(decided, pool, steps)));
}

/** The steps that stand between an EgressIPAM and its end. */
function endOf({ allotments }: Decided, pool: Pool, steps: readonly Step[]): readonly Step[] {
  const namespaces = new Set(
    allotments.filter(({ claim }) => claim.pool === pool).map(({ claim }) => claim.namespace.name),
  );
  const isOfPool = (text: readonly string[] | undefined): boolean =>
    addressesOf(text).some((address) => pool.assignmentOf(address) !== undefined);
  return steps.filter(
    ({ egressIPAM, namespace, effects }) =>
      egressIPAM === pool.name ||
      (namespace !== undefined && namespaces.has(namespace)) ||
      isOfPool(effects.unhosted) ||
      isOfPool(effects.unbound) ||
      isOfPool(effects.detached),
  );
}

function finalizerStep({ egressIPAM }: Pool, present: boolean, before: readonly Step[]): FinalizerStep {
  const { name } = egressIPAM;
  const others = (egressIPAM.source.finalizers ?? []).filter((finalizer) => finalizer !== finalizerName);
  return {
    kind: 'finalizer',
    id: `finalizer ${name}`,
    object: { kind: 'EgressIPAM', name },
    effects: {},
    after: before.map(({ id }) => afterStep(id)),
    egressIPAM: name,
    present,
    finalizers: present ? [...others, finalizerName] : others,
  };
}
