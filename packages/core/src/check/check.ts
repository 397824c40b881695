import type { Finding } from '../finding/finding.ts';
import type { NetworkBackend } from '../network-contract/backend.ts';
import { plain } from '../plain/plain-network.ts';
import type { CidrUsage, EgressIPAMReport, Plan } from '../plan/plan-types.ts';
import { plan as makePlan } from '../plan/planner.ts';
import type { ClusterSnapshot } from '../snapshot/snapshot.ts';
import { notCarried, stillWaiting } from './all-well.ts';
import { findDrift } from './drift.ts';

/**
 * Whether a CIDR assignment's nodes can carry what is allocated, all of them and with the largest one lost. CIDR
 * assignments with one topology value share their nodes, and what these carry.
 */
export interface CapacityCheck {
  readonly egressIPAM: string;
  readonly cidr: string;
  /** Nodes that take addresses: they are ready, and neither cordoned nor about to go. */
  readonly nodes: number;
  readonly allocated: number;
  /** Addresses that all nodes together can carry; absent means no limit. */
  readonly capacity?: number;
  /** The same with the node lost that carries most. */
  readonly capacityWithoutOne?: number;
  /** Whether the loss of any one node leaves every address with a node. */
  readonly survivesNodeLoss: boolean;
}

/** The result of an audit. */
export interface CheckReport {
  /** Warnings and errors; explanations (`info`) are left out. */
  readonly problems: readonly Finding[];
  readonly capacity: readonly CapacityCheck[];
}

/**
 * Audits a cluster: what disagrees with itself, and what the loss of a node would do. Changes nothing.
 *
 * @example
 * ```ts
 * import { check, isSound, readObjects } from '@egressip-ipam/core';
 *
 * const { snapshot } = readObjects([{ kind: 'Namespace', metadata: { name: 'billing' } }]);
 * const report = check(snapshot);
 * if (!isSound(report)) for (const { code, message } of report.problems) console.error(`${code}: ${message}`);
 * ```
 */
export function check(
  snapshot: ClusterSnapshot,
  backend: NetworkBackend = plain,
  plan: Plan = makePlan(snapshot, backend),
): CheckReport {
  const limits = new Map(plan.nodes.map(({ node, capacity: limit }) => [node, limit]));
  const reserving = new Set(
    plan.findings.flatMap(({ code, object }) =>
      code === 'AddressInReserve' && object.kind === 'EgressIPAM' ? [object.name] : [],
    ),
  );
  const capacity = plan.egressIPAMs.flatMap((egressIPAM) => {
    // Where the network uses one address of a namespace at a time, the others may be on no node, and need none yet.
    const isReserving = reserving.has(egressIPAM.name) && egressIPAM.cidrs.some(({ placed }) => placed > 0);
    const isIdle = ({ placed }: CidrUsage): boolean => isReserving && placed === 0;
    return egressIPAM.cidrs.map((usage) => {
      const nodes = (usage.takers ?? usage.nodes).map((node) => limits.get(node));
      return checkCapacity(egressIPAM, usage, nodes, isIdle);
    });
  });
  const fragile = capacity
    .filter(({ survivesNodeLoss, allocated }) => !survivesNodeLoss && allocated > 0)
    .map((entry): Finding => ({
      code: 'NoSpareCapacity',
      severity: 'warning',
      object: { kind: 'EgressIPAM', name: entry.egressIPAM },
      message: `${whyFragile(entry)}; add a node`,
    }));
  const problems = [
    ...plan.findings.filter(({ severity }) => severity !== 'info'),
    ...stillWaiting(plan),
    ...findDrift(snapshot, plan, backend),
  ];
  return { problems: [...problems, ...fragile, ...notCarried(plan, problems)], capacity };
}

/** Whether an audit found nothing: the exit code of `check` comes from it. */
export function isSound({ problems }: CheckReport): boolean {
  return problems.length === 0;
}

function whyFragile({ cidr, nodes }: CapacityCheck): string {
  if (nodes === 0) return `no node of ${cidr} takes what it does not carry yet, so that no address can move to another`;
  const loss = nodes === 1 ? `the only node of ${cidr} that takes addresses` : `one of the ${nodes} nodes of ${cidr}`;
  return `the loss of ${loss} would leave addresses without a node`;
}

function checkCapacity(
  { name, cidrs }: EgressIPAMReport,
  usage: CidrUsage,
  limits: readonly (number | undefined)[],
  isIdle: (usage: CidrUsage) => boolean,
): CapacityCheck {
  const { cidr, labelValue, allocated, capacity, fewestTakers = Infinity } = usage;
  const sharing = cidrs.filter((other) => other.labelValue === labelValue && other.allocated > 0 && !isIdle(other));
  const carried = sharing.reduce((sum, other) => sum + other.allocated, 0);
  const largest = limits.includes(undefined) ? undefined : Math.max(0, ...limits.map((limit) => limit ?? 0));
  const capacityWithoutOne =
    capacity === undefined || largest === undefined ? undefined : Math.max(0, capacity - largest);
  // A namespace has an address of each, on a node of its own.
  const nodesNeeded = Math.max(1, sharing.length);
  return {
    egressIPAM: name,
    cidr,
    nodes: limits.length,
    allocated,
    ...(capacity === undefined ? {} : { capacity }),
    ...(capacityWithoutOne === undefined ? {} : { capacityWithoutOne }),
    survivesNodeLoss:
      isIdle(usage) ||
      (limits.length > nodesNeeded &&
        fewestTakers > 1 &&
        (capacityWithoutOne === undefined || capacityWithoutOne >= carried)),
  };
}
