import {
  familyOf,
  formatAddress,
  type ClaimDecision,
  type EgressIPAMDecision,
  type Finding,
  type NetworkDecisions,
  type NetworkView,
  type Rendering,
} from '@egressip-ipam/core';
import { contestedClaims } from '@egressip-ipam/core/plugin';
import type { AntreaFacts } from '../facts/read-facts.ts';
import { egressSteps, type NamespaceSteps } from './egress-steps.ts';
import { afterLostAddresses, planPools } from './pools.ts';

/** From decisions to pools and Egresses. */
export function render(decisions: NetworkDecisions, facts: AntreaFacts, view: NetworkView): Rendering {
  const pools = planPools(decisions, facts, view);
  const claims = [...decisions.claims, ...withoutClaim(decisions, facts)];
  const results = claims.map((claim) => ({ claim, ...egressSteps(claim, { decisions, facts, view, pools }) }));
  // One Egress counts for a pod, and which of several is chance.
  const { findings, uncarried } = contestedClaims(claims, facts);
  const steps = results.flatMap((result) => result.steps);
  return {
    steps: [...afterLostAddresses(pools.steps, facts, steps), ...steps],
    findings: [
      ...pools.findings,
      ...results.flatMap((result) => reportReserve(result.claim, result)),
      ...decisions.egressIPAMs.flatMap(reportSeveral),
      ...findings,
    ],
    uncarried,
  };
}

/** Egresses of ours whose namespace claims nothing any more, or is gone. */
function withoutClaim({ claimOf }: NetworkDecisions, { ofNamespace }: AntreaFacts): readonly ClaimDecision[] {
  return [...ofNamespace.keys()]
    .filter((namespace) => claimOf(namespace) === undefined)
    .map((namespace) => ({
      namespace,
      egressIPAM: undefined,
      addresses: [],
      binding: undefined,
      leaving: [],
      releases: true,
      isInPlace: false,
    }));
}

/** An EgressIPAM that promises each namespace several addresses, of which one alone carries traffic at a time. */
function reportSeveral({ name, deleting, assignments }: EgressIPAMDecision): readonly Finding[] {
  if (deleting || assignments.length < 2) return [];
  const message = `EgressIPAM ${name} has ${assignments.length} CIDRs, and Antrea uses one address of a namespace at a time: what is in reserve carries no traffic, so that the EgressIPAM is not Ready while it serves anybody. Give each CIDR an EgressIPAM of its own.`;
  return [{ code: 'AddressInReserve', severity: 'warning', object: { kind: 'EgressIPAM', name }, message }];
}

function reportReserve(
  { namespace, addresses, releases }: ClaimDecision,
  { active }: NamespaceSteps,
): readonly Finding[] {
  if (releases || active === undefined || addresses.length < 2) return [];
  const others = addresses.filter((address) => address !== active);
  const isBare = others.some((address) => familyOf(address) !== familyOf(active));
  const texts = others.map(formatAddress);
  const bare = isBare ? ` Its IPv${familyOf(active) === 4 ? 6 : 4} traffic leaves by its nodes.` : '';
  const message = `With Antrea one address counts for a pod, of both families together: namespace ${namespace} leaves by ${formatAddress(active)}, and ${texts.join(', ')} takes over when no node has that.${bare}`;
  return [
    {
      code: 'AddressInReserve',
      severity: isBare ? 'warning' : 'info',
      object: { kind: 'Namespace', name: namespace },
      addresses: texts,
      message,
    },
  ];
}
