import type { ClaimDecision, EgressIPAMDecision, NetworkDecisions } from '@egressip-ipam/core';
import type { ParsedEgressIP } from '../facts/parse-egress-ip.ts';
import type { OvnKubernetesFacts } from '../facts/read-facts.ts';

/** An EgressIP of ours that goes, and the EgressIPAM of the namespace that gives it back. */
export interface Deletion {
  readonly egressIP: ParsedEgressIP;
  readonly egressIPAM: EgressIPAMDecision | undefined;
}

/**
 * EgressIPs of ours that nobody is to have any more, or not now: what a cluster manager that is away has not seen
 * carries nothing, and would stop it once it is back.
 */
export function deletionsOf(decisions: NetworkDecisions, facts: OvnKubernetesFacts): readonly Deletion[] {
  const deletions: Deletion[] = [];
  let found = 0;
  decisions.claims.forEach((claim) => {
    const egressIP = egressIPOf(claim);
    if (egressIP === undefined) return;
    found += 1;
    if (egressIP.ours && (!isToHaveOne(claim) || facts.unseen.has(egressIP)))
      deletions.push({ egressIP, egressIPAM: claim.egressIPAM });
  });
  if (found < facts.bindings.size) {
    for (const egressIP of facts.bindings.values()) {
      const isLeftOver = egressIP.ours && decisions.claimOf(egressIP.namespace) === undefined;
      if (isLeftOver) deletions.push({ egressIP, egressIPAM: undefined });
    }
  }
  for (const egressIP of facts.ownership.surplus) deletions.push({ egressIP, egressIPAM: undefined });
  return deletions;
}

/** The EgressIP that a claim has. */
export function egressIPOf({ binding }: ClaimDecision): ParsedEgressIP | undefined {
  // Bindings are those of the reader of facts.
  return binding as ParsedEgressIP | undefined;
}

/** Whether a claim is to have an EgressIP; a namespace whose EgressIPAM is not there keeps what it has. */
export function isToHaveOne({ releases, addresses, egressIPAM }: ClaimDecision): boolean {
  return !releases && (addresses.length > 0 || egressIPAM === undefined);
}
