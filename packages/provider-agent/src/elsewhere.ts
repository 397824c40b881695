import type { ProviderErrorDescription } from '@egressip-ipam/core';
import type { AgentsView } from './agents-view.ts';
import { failure } from './failure.ts';

/**
 * Why a look from outside of the operator's namespace tells nothing of any node: agents report, and none has a Lease
 * there, so that all of them would pass for silent.
 */
export function elsewhere(view: AgentsView, namespace: string): ProviderErrorDescription | undefined {
  const isReported = view.all.some(({ status }) => status.observedGeneration > 0);
  if (!isReported || view.sightings.leases.length > 0) return undefined;
  return failure(
    'permanent',
    `no agent has a Lease in namespace ${namespace}; say in which namespace the operator is (--namespace)`,
  );
}
