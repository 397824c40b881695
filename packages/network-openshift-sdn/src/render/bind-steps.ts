import {
  formatAddress,
  type Address,
  type ClaimDecision,
  type NetworkDecisions,
  type NetworkStep,
  type Precondition,
} from '@egressip-ipam/core';
import { afterStep, distinctPreconditions } from '@egressip-ipam/core/plugin';
import type { OpenShiftSdnFacts } from '../facts/read-facts.ts';
import type { BindPayload } from '../write/payload.ts';
import { bindId, type BindingChange } from './binding-changes.ts';
import type { HostPlan } from './host-steps.ts';

/** The writes of NetNamespaces: an address is bound once its node has it (law 7). */
export function bindSteps(
  decisions: NetworkDecisions,
  facts: OpenShiftSdnFacts,
  hosts: HostPlan,
  changes: readonly BindingChange[],
): readonly NetworkStep[] {
  return changes.map(({ namespace, claim, current, target, unbound }): NetworkStep => {
    const bound = target.filter((address) => !current.includes(address));
    const after =
      claim === undefined ? [] : bound.flatMap((address) => beforeBinding(decisions, facts, hosts, claim, address));
    return {
      kind: 'network',
      action: 'bind',
      id: bindId(namespace),
      object: { kind: 'NetNamespace', name: namespace },
      namespace,
      effects: {
        ...(bound.length > 0 ? { bound: bound.map(formatAddress) } : {}),
        ...(unbound.length > 0 ? { unbound: unbound.map(formatAddress) } : {}),
      },
      after: distinctPreconditions(after),
      payload: { write: 'bind', egressIPs: target.map(formatAddress) } satisfies BindPayload,
      ...(claim?.releases === true && claim.egressIPAM !== undefined ? { egressIPAM: claim.egressIPAM.name } : {}),
    };
  });
}

function beforeBinding(
  decisions: NetworkDecisions,
  facts: OpenShiftSdnFacts,
  hosts: HostPlan,
  claim: ClaimDecision,
  address: Address,
): readonly Precondition[] {
  const { order } = decisions;
  if (claim.egressIPAM?.placement === 'us-by-cidr') {
    return [
      ...order.beforeHosting(address),
      ...order.beforeBinding(address),
      ...hostedByCidr(decisions, facts, hosts, claim, address),
    ];
  }
  const hosting = hosts.hostingOf(address);
  return [...(hosting === undefined ? [] : [afterStep(hosting)]), ...order.beforeBinding(address)];
}

/** What gives the SDN a node for an address, when none has its CIDR yet. */
function hostedByCidr(
  decisions: NetworkDecisions,
  facts: OpenShiftSdnFacts,
  { steps }: HostPlan,
  { egressIPAM }: ClaimDecision,
  address: Address,
): readonly Precondition[] {
  const assignment = egressIPAM === undefined ? undefined : decisions.assignmentOf(egressIPAM, address);
  if (egressIPAM === undefined || assignment === undefined) return [];
  const cidrs = new Set(egressIPAM.assignments.map(({ cidr }) => cidr.text));
  const isThere = assignment.selected.some((node) =>
    facts.hostSubnetOf(node)?.egressCIDRs.some((cidr) => cidrs.has(cidr)),
  );
  if (isThere) return [];
  const selected = new Set(assignment.selected);
  const giving = steps.find(({ object }) => selected.has(object.name));
  if (giving !== undefined) return [afterStep(giving.id)];
  return [{ kind: 'observed', object: { kind: 'HostSubnet', name: assignment.selected[0] ?? '' }, state: 'present' }];
}
