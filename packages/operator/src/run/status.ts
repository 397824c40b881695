import {
  cidrContains,
  parseAddress,
  parseCidr,
  type Address,
  type ClusterSnapshot,
  type EgressIPAMReport,
  type Plan,
  type RefusedAddress,
} from '@egressip-ipam/core';
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
const mostRefused = 100;

/**
 * What an EgressIPAM's status should say. A condition keeps the time of its last
 * transition, so that the same plan makes the same status.
 */
export function statusOf(
  plan: Plan,
  snapshot: ClusterSnapshot,
  report: EgressIPAMReport,
  before: Readonly<Record<string, unknown>>,
  refused: readonly RefusedAddress[] = [],
): Readonly<Record<string, unknown>> {
  const problems = plan.findings.filter(
    ({ object, severity }) => object.kind === 'EgressIPAM' && object.name === report.name && severity !== 'info',
  );
  const waiting = plan.waiting.filter(({ egressIPAM }) => egressIPAM === report.name);
  const problem = problems.find(({ severity }) => severity === 'error') ?? problems[0];
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
      lastTransitionTime:
        last?.status === status ? last.lastTransitionTime : (snapshot.time ?? new Date(0).toISOString()),
    };
  };
  const lost = plan.allocations.filter(({ egressIPAM, carried }) => egressIPAM === report.name && !carried);
  const readiness = readinessOf(lost, waiting, report);
  // What is wrong with the EgressIPAM itself is why its claims wait.
  const degraded =
    readiness.isReady && problem === undefined
      ? condition('Degraded', false, 'AsExpected', 'nothing is wrong with this EgressIPAM')
      : condition('Degraded', true, problem?.code ?? readiness.reason, problem?.message ?? readiness.message);
  const { states } = report;
  const some = lost
    .slice(0, mostWaitingClaims)
    .map(({ namespace }) => namespace)
    .join(', ');
  return {
    conditions: [
      ...known.filter(({ type }) => type !== 'Ready' && type !== 'Degraded' && type !== 'Assigned'),
      condition('Ready', readiness.isReady, readiness.reason, readiness.message),
      degraded,
      ...(states === undefined
        ? []
        : [
            condition(
              'Assigned',
              lost.length === 0,
              lost.length === 0 ? 'AllAssigned' : 'Unassigned',
              lost.length === 0
                ? 'no namespace is without a node for its addresses'
                : `no node carries addresses of ${lost.length} namespaces, whose traffic leaves with node addresses: ${some}`,
            ),
          ]),
    ],
    ...(report.generation === undefined ? {} : { observedGeneration: report.generation }),
    cidrs: report.cidrs.map(
      ({ cidr, labelValue, total, reserved, allocated, free, placed, carried, capacity, nodes }) => ({
        cidr,
        labelValue,
        total,
        reserved,
        allocated,
        free,
        placed,
        carried,
        ...(capacity === undefined ? {} : { capacity }),
        nodes: nodes.length,
      }),
    ),
    claims: report.claims,
    served: report.served,
    carried: report.carried,
    waiting: waiting.length,
    refused: report.refused,
    refusedAddresses: refused.filter(({ address }) => isIn(report, address)).slice(0, mostRefused),
    summary: {
      served: `${report.served}/${report.claims}`,
      carried: `${report.carried}/${report.claims}`,
      free: freeIn(report),
    },
    waitingClaims: waiting
      .slice(0, mostWaitingClaims)
      .map(({ namespace, reason }) => ({ namespace, reason: reason.code, message: printable(reason.message) })),
  };
}

/** Whether everything is well, and the worst thing that is not. */
interface Readiness {
  readonly isReady: boolean;
  readonly reason: string;
  readonly message: string;
}

/**
 * Ready is who keeps every promise: no claim waits for what is not its owner's to mend, and every address carries
 * traffic (law 12). What owners mistyped is counted beside.
 */
function readinessOf(lost: Plan['allocations'], waiting: Plan['waiting'], report: EgressIPAMReport): Readiness {
  const unserved = waiting.filter(({ mender }) => mender === 'cluster');
  const refused = report.refused === 0 ? '' : `; ${report.refused} are refused for what their owners wrote`;
  const served = `${report.served} of ${report.claims} namespaces are served`;
  const names = (entries: readonly { readonly namespace: string }[]): string =>
    `${entries
      .slice(0, 3)
      .map(({ namespace }) => namespace)
      .join(', ')}${entries.length > 3 ? ', …' : ''}`;
  if (lost.length > 0) {
    const message = `addresses of ${lost.length} namespaces carry no traffic: ${names(lost)}; ${served}${refused}`;
    return { isReady: false, reason: 'NotCarried', message };
  }
  if (unserved.length > 0) {
    const message = `${unserved.length} namespaces wait: ${names(unserved)}; ${served}${refused}`;
    return { isReady: false, reason: 'ClaimsWaiting', message };
  }
  return { isReady: true, reason: 'AllServed', message: `${served}, and every address carries traffic${refused}` };
}

/** Addresses that can still be handed out in all CIDRs together, decimal text. */
function freeIn({ cidrs }: EgressIPAMReport): string {
  return cidrs.reduce((sum, { free }) => sum + BigInt(free), 0n).toString();
}

function isIn({ cidrs }: EgressIPAMReport, text: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && cidrs.some((entry) => contains(entry.cidr, address));
}

function contains(text: string, address: Address): boolean {
  const cidr = parseCidr(text)?.cidr;
  return cidr !== undefined && cidrContains(cidr, address);
}
