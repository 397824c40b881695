import type { ClusterSnapshot, EgressIPAMReport, Plan } from '@egressip-ipam/core';
import { printable } from '../output/printable.ts';

/** A Kubernetes condition. */
interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration?: number;
  readonly lastTransitionTime: string;
}

const mostWaitingClaims = 10;

/**
 * What an EgressIPAM's status should say. A condition keeps the time of its last
 * transition, so that the same plan makes the same status.
 */
export function statusOf(plan: Plan, snapshot: ClusterSnapshot, report: EgressIPAMReport, before: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const problems = plan.findings.filter(({ object, severity }) => object.kind === 'EgressIPAM' && object.name === report.name && severity !== 'info');
  const waiting = plan.waiting.filter(({ egressIPAM }) => egressIPAM === report.name);
  const [problem] = problems;
  const known = Array.isArray(before['conditions']) ? (before['conditions'] as readonly Condition[]) : [];
  const condition = (type: string, isTrue: boolean, reason: string, message: string): Condition => {
    const status = isTrue ? 'True' : 'False';
    const last = known.find((entry) => entry.type === type);
    return {
      type,
      status,
      reason,
      message: printable(message).slice(0, 32_768),
      ...(report.generation === undefined ? {} : { observedGeneration: report.generation }),
      lastTransitionTime: last?.status === status ? last.lastTransitionTime : (snapshot.time ?? new Date(0).toISOString()),
    };
  };
  const ready = waiting.length === 0;
  const { states } = report;
  const without = states?.Unassigned === 0 ? [] : plan.allocations.filter(({ egressIPAM, state }) => egressIPAM === report.name && state === 'Unassigned').map(({ namespace }) => namespace);
  const some = without.slice(0, mostWaitingClaims).join(', ');
  return {
    conditions: [
      ...known.filter(({ type }) => type !== 'Ready' && type !== 'Degraded' && type !== 'Assigned'),
      condition('Ready', ready, ready ? 'AllServed' : 'ClaimsWaiting', ready ? `${report.served} namespaces are served` : `${report.served} namespaces are served, ${waiting.length} wait`),
      condition('Degraded', problem !== undefined, problem?.code ?? 'AsExpected', problem?.message ?? 'nothing is wrong with this EgressIPAM'),
      ...(states === undefined ? [] : [condition('Assigned', without.length === 0, without.length === 0 ? 'AllAssigned' : 'Unassigned', without.length === 0 ? 'no namespace is without a node for its addresses' : `no node carries the addresses of ${without.length} namespaces, whose traffic leaves with node addresses: ${some}`)]),
    ],
    ...(report.generation === undefined ? {} : { observedGeneration: report.generation }),
    cidrs: report.cidrs.map(({ nodes, ...usage }) => ({ ...usage, nodes: nodes.length })),
    served: report.served,
    waiting: waiting.length,
    waitingClaims: waiting.slice(0, mostWaitingClaims).map(({ namespace, reason }) => ({ namespace, reason: reason.code, message: printable(reason.message) })),
  };
}
