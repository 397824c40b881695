import type { Finding } from '../finding/finding.ts';
import type { NetworkBackend } from '../network-contract/backend.ts';
import type { Step } from '../network-contract/step.ts';
import type { Plan } from '../plan/plan-types.ts';
import type { ClusterSnapshot } from '../snapshot/snapshot.ts';

/**
 * Network objects and interfaces that disagree with allocations that are on record: what someone edited. What is still
 * to be written for the first time, and steps on the way to something, are no drift.
 */
export function findDrift(snapshot: ClusterSnapshot, plan: Plan, backend: NetworkBackend): readonly Finding[] {
  const settled = new Set(
    plan.allocations
      .filter(({ source }) => source === 'kept')
      .flatMap(({ addresses, added }) =>
        added === undefined ? addresses : addresses.filter((address) => !added.addresses.includes(address)),
      ),
  );
  const isOnTheWay = ({ after, effects }: Step): boolean => {
    const added = [...(effects.hosted ?? []), ...(effects.bound ?? []), ...(effects.attached ?? [])];
    return after.length > 0 || (added.length > 0 && !added.some((address) => settled.has(address)));
  };
  return plan.steps.filter((step) => !isOnTheWay(step)).flatMap((step) => describeDrift(snapshot, backend, step) ?? []);
}

function describeDrift(snapshot: ClusterSnapshot, backend: NetworkBackend, step: Step): Finding | undefined {
  switch (step.kind) {
    case 'network':
      return isOfAddresses(step) ? drift(step, backend.describe(snapshot.network.objects, step)) : undefined;
    case 'attach':
      return drift(step, `its interface lacks ${step.address}, which the network hosts there`);
    case 'detach':
      return drift(step, `its interface carries ${step.address}, which no namespace has any more`);
    case 'move':
      return drift(step, `its interface lacks ${step.address}, which is still on that of ${step.from}`);
    default:
      return undefined;
  }
}

function isOfAddresses({ effects }: Step): boolean {
  return Object.values(effects).some((addresses: readonly string[] | undefined) => (addresses?.length ?? 0) > 0);
}

function drift({ object, node, effects }: Step, what: string): Finding {
  const addresses = Object.values(effects).flat();
  return {
    code: 'NetworkDrift',
    severity: 'warning',
    object: object.kind === 'Interface' && node !== undefined ? { kind: 'Node', name: node } : object,
    message: `${what}; the operator puts it right when it runs`,
    ...(addresses.length === 0 ? {} : { addresses: [...new Set(addresses)] }),
  };
}
