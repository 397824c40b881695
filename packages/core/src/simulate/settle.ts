import type { NetworkBackend } from '../network-contract/backend.ts';
import { plain } from '../plain/plain-network.ts';
import { createPlanner } from '../plan/planner.ts';
import type { ClusterSnapshot } from '../snapshot/snapshot.ts';
import { applyStep, readySteps } from './apply-step.ts';

/** A cluster never needs more rounds than the longest chain of steps, several times over. */
const mostRounds = 64;

/**
 * The cluster once everything that can be done now is done, as if every write succeeded.
 *
 * @example
 * ```ts
 * import { readObjects } from '@egressip-ipam/core';
 * import { settle } from '@egressip-ipam/core/simulate';
 *
 * const { snapshot } = readObjects([{ kind: 'Namespace', metadata: { name: 'billing' } }]);
 * console.log(settle(snapshot).namespaces.map(({ name, egressIPs }) => `${name}: ${egressIPs ?? 'none'}`));
 * ```
 */
export function settle(snapshot: ClusterSnapshot, backend: NetworkBackend = plain): ClusterSnapshot {
  const planner = createPlanner(backend);
  let settled = snapshot;
  for (let round = 0; round < mostRounds; round += 1) {
    const ready = readySteps(planner.plan(settled));
    if (ready.length === 0) return settled;
    settled = ready.reduce((cluster, step) => applyStep(cluster, step, backend), settled);
  }
  return settled;
}
