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
import { CidrHosting } from './cidr-hosting.ts';
import type { HostPlan } from './host-steps.ts';

/** The writes of NetNamespaces: an address is bound once its node has it (law 7). */
export function bindSteps(
  decisions: NetworkDecisions,
  facts: OpenShiftSdnFacts,
  hosts: HostPlan,
  changes: readonly BindingChange[],
): readonly NetworkStep[] {
  const byCidr = new CidrHosting(decisions, facts, hosts);
  return changes.map(({ namespace, claim, current, target, unbound }): NetworkStep => {
    const bound = target.filter((address) => !current.includes(address));
    const after =
      claim === undefined ? [] : bound.flatMap((address) => beforeBinding(decisions, hosts, byCidr, claim, address));
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
  { order }: NetworkDecisions,
  hosts: HostPlan,
  byCidr: CidrHosting,
  { egressIPAM }: ClaimDecision,
  address: Address,
): readonly Precondition[] {
  if (egressIPAM?.placement === 'us-by-cidr')
    return [...order.beforeHosting(address), ...order.beforeBinding(address), ...byCidr.before(egressIPAM, address)];
  const hosting = hosts.hostingOf(address);
  return [...(hosting === undefined ? [] : [afterStep(hosting)]), ...order.beforeBinding(address)];
}
