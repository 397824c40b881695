import { formatAddress, parseAddress } from '../address/address.ts';
import type { Allocation, Plan, WaitingClaim } from '../plan/plan-types.ts';
import type { Explanation, Subject } from './explain.ts';

/**
 * Whether what was explained is there, nothing is to be done about it, nothing is wrong with it, and none of the claims
 * that it concerns waits or has an address without traffic (law 12). The exit code of `explain` comes from it. What an
 * owner mistyped makes a namespace unwell, and nothing else.
 */
export function isExplainedWell(plan: Plan, { subject, found, steps, findings }: Explanation): boolean {
  const concerned = concernedBy(subject);
  return (
    found &&
    steps.length === 0 &&
    findings.every(({ severity }) => severity === 'info') &&
    plan.allocations.every((allocation) => allocation.carried || !concerned(allocation)) &&
    !plan.waiting.some((claim) => isAwaitedBy(subject, claim))
  );
}

function concernedBy({ kind, name }: Subject): (allocation: Allocation) => boolean {
  switch (kind) {
    case 'namespace':
      return ({ namespace }) => namespace === name;
    case 'egressipam':
      return ({ egressIPAM }) => egressIPAM === name;
    case 'node':
      return ({ nodes }) => nodes.includes(name);
    case 'address': {
      const address = parseAddress(name);
      const text = address === undefined ? name : formatAddress(address);
      return ({ addresses }) => addresses.includes(text);
    }
  }
}

function isAwaitedBy({ kind, name }: Subject, { namespace, egressIPAM, mender }: WaitingClaim): boolean {
  if (kind === 'namespace') return namespace === name;
  return kind === 'egressipam' && egressIPAM === name && mender === 'cluster';
}
