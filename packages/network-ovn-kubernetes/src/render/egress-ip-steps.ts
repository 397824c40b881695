import {
  formatAddress,
  type Address,
  type ClaimDecision,
  type EgressIPAMDecision,
  type NetworkDecisions,
  type NetworkStep,
  type Precondition,
} from '@egressip-ipam/core';
import { sameAddresses } from '@egressip-ipam/core/plugin';
import type { ParsedEgressIP } from '../facts/parse-egress-ip.ts';
import type { ApplyPayload, Payload } from '../write/payload.ts';
import { selectsAllOf } from './carried.ts';
import type { WantedSelector } from './node-selectors.ts';

/** The id of the step that writes an EgressIP. */
export function egressIPStepId(name: string): string {
  return `EgressIP/${name}`;
}

/** Whether an EgressIP says just what it shall: the usual case. */
export function isAsWanted(
  existing: ParsedEgressIP,
  namespace: string,
  addresses: readonly Address[],
  selector: WantedSelector | undefined,
): boolean {
  const { source, unconfirmed, selected, nodeSelector } = existing;
  return (
    source.egressIPAM !== undefined &&
    source.applied !== false &&
    unconfirmed.length === 0 &&
    selected === namespace &&
    source.podSelector === undefined &&
    (selector === undefined || nodeSelector === selector.text) &&
    sameAddresses(existing.addresses, addresses)
  );
}

/** What to apply of an EgressIP. */
export interface Application {
  readonly name: string;
  readonly claim: ClaimDecision;
  readonly egressIPAM: EgressIPAMDecision;
  readonly existing: ParsedEgressIP | undefined;
  /** What it shall have after this step; where that is one of several, its claim's addresses are the end. */
  readonly addresses: readonly Address[];
  readonly selector: WantedSelector | undefined;
  readonly after: readonly Precondition[];
}

/** The step that applies an EgressIP. */
export function applyStep({ name, claim, egressIPAM, existing, addresses, selector, after }: Application): NetworkStep {
  const before = existing?.addresses ?? [];
  // What selects less than the namespace lets the rest leave with addresses of nodes: all is bound anew.
  const isBinding = existing !== undefined && selectsAllOf(existing, claim.namespace);
  const bound = addresses.filter((address) => !isBinding || !before.includes(address));
  const unbound = [...before, ...(existing?.unconfirmed ?? [])].filter((address) => !addresses.includes(address));
  const payload: ApplyPayload = {
    write: 'apply',
    namespace: claim.namespace,
    egressIPAM: egressIPAM.name,
    egressIPs: addresses.map(formatAddress),
    ...(selector === undefined ? {} : { egressNodeSelector: selector.selector }),
    ...(existing?.source.podSelector === undefined ? {} : { clearsPodSelector: true }),
  };
  return {
    kind: 'network',
    action: 'apply',
    id: egressIPStepId(name),
    object: { kind: 'EgressIP', name },
    namespace: claim.namespace,
    egressIPAM: egressIPAM.name,
    effects: {
      ...(bound.length > 0 ? { bound: bound.map(formatAddress) } : {}),
      ...(unbound.length > 0 ? { unbound: [...new Set(unbound)].map(formatAddress) } : {}),
    },
    after,
    payload,
    ...(sameAddresses(addresses, claim.addresses) ? {} : { goal: { egressIPs: claim.addresses.map(formatAddress) } }),
  };
}

/** The step that deletes an EgressIP of ours. */
export function deleteStep(
  decisions: NetworkDecisions,
  egressIP: ParsedEgressIP,
  egressIPAM: string | undefined,
): NetworkStep {
  const { name, namespace, addresses } = egressIP;
  return {
    kind: 'network',
    action: 'delete',
    id: egressIPStepId(name),
    object: egressIP.object,
    ...(namespace === '' ? {} : { namespace }),
    ...(egressIPAM === undefined ? {} : { egressIPAM }),
    effects: addresses.length === 0 ? {} : { unbound: addresses.map(formatAddress) },
    after: addresses.flatMap((address) => decisions.order.beforeForgetting(address)),
    payload: { write: 'delete' } satisfies Payload,
  };
}
