import {
  formatAddress,
  type ClaimDecision,
  type Finding,
  type NetworkDecisions,
  type NetworkView,
  type Rendering,
} from '@egressip-ipam/core';
import { contestedClaims } from '@egressip-ipam/core/plugin';
import type { CiliumFacts } from '../facts/read-facts.ts';
import { policyName } from '../kinds/names.ts';
import { policySteps } from './policy-steps.ts';
import { mostGateways, wantedPolicy, type WantedPolicy } from './wanted-policy.ts';

const families = [4, 6] as const;

/** From decisions to policies: one for each namespace and family. */
export function render(decisions: NetworkDecisions, facts: CiliumFacts, view: NetworkView): Rendering {
  // Of two policies for one pod and one destination Cilium takes one, then the other.
  const contested = contestedClaims(decisions.claims, facts);
  const results = [...decisions.claims, ...withoutClaim(decisions, facts)].flatMap((claim) =>
    families.map((family) => {
      const current = facts.ours.get(policyName(claim.namespace, family));
      const wanted = wantedPolicy(claim, family, current, decisions, facts);
      const isTaken = facts.namesTaken.has(policyName(claim.namespace, family));
      const steps = isTaken ? [] : policySteps({ claim, family, current, decisions, facts, view }, wanted);
      return { steps, findings: reportReserve(claim, wanted, facts) };
    }),
  );
  return {
    steps: results.flatMap(({ steps }) => steps),
    findings: [
      ...results.flatMap(({ findings }) => findings),
      ...reportSeveral(decisions, facts),
      ...contested.findings,
    ],
    uncarried: contested.uncarried,
  };
}

/** Policies of ours whose namespace claims nothing any more, or is gone. */
function withoutClaim({ claimOf }: NetworkDecisions, { bindings }: CiliumFacts): readonly ClaimDecision[] {
  return [...bindings.values()]
    .filter(({ namespace }) => claimOf(namespace) === undefined)
    .map(({ namespace, addresses }) => ({
      namespace,
      egressIPAM: undefined,
      addresses: [],
      binding: undefined,
      leaving: addresses,
      releases: true,
      isInPlace: false,
    }));
}

/** EgressIPAMs that promise each namespace several addresses of a family, where one alone carries traffic at a time. */
function reportSeveral({ egressIPAMs }: NetworkDecisions, { settings }: CiliumFacts): readonly Finding[] {
  if (settings.severalGateways) return [];
  return egressIPAMs.flatMap(({ name, deleting, assignments }): readonly Finding[] => {
    const isSeveral = families.some((family) => assignments.filter(({ cidr }) => cidr.family === family).length > 1);
    if (deleting || !isSeveral) return [];
    const message = `EgressIPAM ${name} has several CIDRs of one family, and this Cilium uses one address of a namespace at a time: what is in reserve carries no traffic, so that the EgressIPAM is not Ready while it serves anybody. Give each CIDR an EgressIPAM of its own, or upgrade to Cilium 1.18, which uses all.`;
    return [{ code: 'AddressInReserve', severity: 'warning', object: { kind: 'EgressIPAM', name }, message }];
  });
}

function reportReserve(
  { namespace }: ClaimDecision,
  { gateways, reserve }: WantedPolicy,
  { settings }: CiliumFacts,
): readonly Finding[] {
  const [carrying] = gateways;
  if (carrying === undefined || reserve.length === 0) return [];
  // What is not in a list that has room has no node that could carry it.
  if (settings.severalGateways && gateways.length < mostGateways) return [];
  const addresses = reserve.map(({ address }) => formatAddress(address));
  const message = settings.severalGateways
    ? `Cilium takes ${mostGateways} gateways of a namespace at the most: ${addresses.join(', ')} of namespace ${namespace} takes over when one of them has no node. Give some CIDRs an EgressIPAM of their own.`
    : `This Cilium sends a namespace's traffic by one address: namespace ${namespace} leaves by ${formatAddress(carrying.address)}, and ${addresses.join(', ')} takes over when that has no node. Cilium 1.18 can use all.`;
  return [
    { code: 'AddressInReserve', severity: 'info', object: { kind: 'Namespace', name: namespace }, addresses, message },
  ];
}
