import type { Finding } from '../finding/finding.ts';
import type { Plan } from '../plan/plan-types.ts';
import type { Step } from '../plan/step.ts';
import type { ClusterSnapshot } from '../snapshot/snapshot.ts';

/** Network objects that disagree with allocations that are on record: what someone edited, or what is still to be written. */
export function findDrift(snapshot: ClusterSnapshot, plan: Plan): readonly Finding[] {
  const settled = new Set(plan.allocations.filter(({ source }) => source === 'kept').map(({ namespace }) => namespace));
  return plan.steps.flatMap((step) => describeDrift(snapshot, settled, step) ?? []);
}

function describeDrift(snapshot: ClusterSnapshot, settled: ReadonlySet<string>, step: Step): Finding | undefined {
  switch (step.kind) {
    case 'claim': {
      const is = snapshot.netNamespaces.find(({ name }) => name === step.namespace)?.egressIPs ?? [];
      const released = !settled.has(step.namespace) && is.length === 0;
      return released ? undefined : drift({ kind: 'NetNamespace', name: step.namespace }, is, step.egressIPs);
    }
    case 'host':
      return describeHost(snapshot, step);
    case 'apply-egress-ip': {
      const is = snapshot.egressIPs.find(({ name }) => name === step.name);
      return is === undefined && !settled.has(step.namespace) ? undefined : drift({ kind: 'EgressIP', name: step.name }, is?.egressIPs ?? [], step.egressIPs);
    }
    case 'attach':
    case 'move':
    case 'detach':
      return step.after.length > 0 ? undefined : describeInterface(step);
    default:
      return undefined;
  }
}

function describeHost(snapshot: ClusterSnapshot, step: Extract<Step, { kind: 'host' }>): Finding | undefined {
  const is = snapshot.hostSubnets.find(({ name }) => name === step.node);
  if (is === undefined || (step.removed.length === 0 && step.added.length === 0 && step.egressCIDRs === undefined)) return undefined;
  const [present, wanted] = step.egressCIDRs === undefined ? [is.egressIPs, step.egressIPs ?? []] : [is.egressCIDRs, step.egressCIDRs];
  return drift({ kind: 'HostSubnet', name: step.node }, present, wanted);
}

function describeInterface(step: Extract<Step, { kind: 'attach' | 'move' | 'detach' }>): Finding {
  const list = step.addresses.join(', ');
  const what = { attach: `its interface lacks ${list}, which its HostSubnet hosts`, move: `its interface lacks ${list}, which is still on that of ${'from' in step ? step.from : ''}`, detach: `its interface carries ${list}, which no namespace has any more` };
  return { code: 'NetworkDrift', severity: 'warning', object: { kind: 'Node', name: step.node }, message: `${what[step.kind]}; the operator puts it right when it runs`, addresses: step.addresses };
}

function drift(object: Finding['object'], is: readonly string[], should: readonly string[]): Finding {
  const list = (texts: readonly string[]): string => (texts.length === 0 ? 'nothing' : texts.join(', '));
  return { code: 'NetworkDrift', severity: 'warning', object, message: `has ${list(is)} and should have ${list(should)}; the operator puts it right when it runs` };
}
