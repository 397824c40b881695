import {
  formatAddress,
  type ClaimDecision,
  type Finding,
  type NetworkDecisions,
  type NetworkView,
  type Rendering,
} from '@egressip-ipam/core';
import type { AntreaFacts } from '../facts/read-facts.ts';
import { egressSteps, type NamespaceSteps } from './egress-steps.ts';
import { afterLostAddresses, planPools } from './pools.ts';

/** From decisions to pools and Egresses. */
export function render(decisions: NetworkDecisions, facts: AntreaFacts, view: NetworkView): Rendering {
  const pools = planPools(decisions, facts, view);
  const claims = [...decisions.claims, ...withoutClaim(decisions, facts)];
  const results = claims.map((claim) => ({ claim, ...egressSteps(claim, { decisions, facts, view, pools }) }));
  const contested = contestedClaims(claims, facts);
  const steps = results.flatMap((result) => result.steps);
  return {
    steps: [...pools.steps.map((step) => afterLostAddresses(step, facts, steps)), ...steps],
    findings: [
      ...pools.findings,
      ...results.flatMap((result) => reportReserve(result.claim, result)),
      ...contested.map(({ finding }) => finding),
    ],
    uncarried: new Map(contested.map(({ claim }) => [claim.namespace, claim.addresses])),
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

/** Who is served, and shares pods with an Egress that somebody made since: nobody can say by which they leave. */
function contestedClaims(
  claims: readonly ClaimDecision[],
  { obstacleOf }: AntreaFacts,
): readonly { readonly claim: ClaimDecision; readonly finding: Finding }[] {
  return claims.flatMap((claim) => {
    const { namespace, addresses, releases } = claim;
    const obstacle = releases || addresses.length === 0 ? undefined : obstacleOf(namespace);
    if (obstacle === undefined) return [];
    const object = { kind: 'Namespace', name: namespace };
    return [{ claim, finding: { ...obstacle, severity: 'warning', object, addresses: addresses.map(formatAddress) } }];
  });
}

function reportReserve(
  { namespace, addresses, releases }: ClaimDecision,
  { active }: NamespaceSteps,
): readonly Finding[] {
  if (releases || active === undefined || addresses.length < 2) return [];
  const others = addresses.filter((address) => address !== active).map(formatAddress);
  const message = `With Antrea one address counts for a pod, of both families together: namespace ${namespace} leaves by ${formatAddress(active)}, and ${others.join(', ')} takes over when no node has that.`;
  return [
    {
      code: 'AddressInReserve',
      severity: 'info',
      object: { kind: 'Namespace', name: namespace },
      addresses: others,
      message,
    },
  ];
}
