import type { Finding } from '../finding/finding.ts';
import type { Plan } from '../plan/plan-types.ts';
import { plan as makePlan } from '../plan/planner.ts';
import type { ClusterSnapshot } from '../snapshot/snapshot.ts';
import { findDrift } from './drift.ts';

/** Whether a CIDR assignment's nodes can carry what is allocated, all of them and with the largest one lost. */
export interface CapacityCheck {
  readonly egressIPAM: string;
  readonly cidr: string;
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

/** Audits a cluster: what disagrees with itself, and what the loss of a node would do. Changes nothing. */
export function check(snapshot: ClusterSnapshot, plan: Plan = makePlan(snapshot)): CheckReport {
  const capacity = plan.egressIPAMs.flatMap((egressIPAM) => egressIPAM.cidrs.map((usage) => checkCapacity(plan, egressIPAM.name, usage)));
  const fragile = capacity
    .filter(({ survivesNodeLoss, allocated }) => !survivesNodeLoss && allocated > 0)
    .map((entry): Finding => ({
      code: 'NoSpareCapacity',
      severity: 'warning',
      object: { kind: 'EgressIPAM', name: entry.egressIPAM },
      message: `the loss of one of the ${entry.nodes} nodes of ${entry.cidr} would leave addresses without a node; add a node`,
    }));
  return { problems: [...plan.findings.filter(({ severity }) => severity !== 'info'), ...findDrift(snapshot, plan), ...fragile], capacity };
}

function checkCapacity(plan: Plan, egressIPAM: string, usage: Plan['egressIPAMs'][number]['cidrs'][number]): CapacityCheck {
  const { cidr, nodes, allocated, capacity } = usage;
  const limits = plan.nodes.filter(({ node }) => nodes.includes(node)).map((node) => node.capacity);
  const largest = limits.some((limit) => limit === undefined) ? undefined : Math.max(0, ...limits.map((limit) => limit ?? 0));
  const capacityWithoutOne = capacity === undefined || largest === undefined ? undefined : Math.max(0, capacity - largest);
  return {
    egressIPAM,
    cidr,
    nodes: nodes.length,
    allocated,
    ...(capacity === undefined ? {} : { capacity }),
    ...(capacityWithoutOne === undefined ? {} : { capacityWithoutOne }),
    survivesNodeLoss: nodes.length > 1 && (capacityWithoutOne === undefined || capacityWithoutOne >= allocated),
  };
}
