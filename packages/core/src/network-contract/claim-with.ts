import type { Address } from '../address/address.ts';
import type { ClaimDecision, NetworkDecisions } from './decisions.ts';

/** The claim that has an address; undefined where nobody in our care has it. */
export function claimWith(decisions: NetworkDecisions, address: Address): ClaimDecision | undefined {
  const owner = decisions.ownerOf(address);
  return owner === undefined ? undefined : decisions.claimOf(owner);
}
