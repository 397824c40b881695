import type { Address, ClaimDecision, NetworkDecisions } from '@egressip-ipam/core';

/** The claim that has an address; undefined where nobody in our care has it. */
export function claimWith(decisions: NetworkDecisions, address: Address): ClaimDecision | undefined {
  const owner = decisions.ownerOf(address);
  return owner === undefined ? undefined : decisions.claimOf(owner);
}
