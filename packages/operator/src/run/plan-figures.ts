import type { EgressIPAMReport, Plan } from '@egressip-ipam/core';

/**
 * What a claim has come to. Each claim is one of these: `not_carried` has addresses that carry no traffic, `waiting`
 * waits for what whoever looks after the cluster has to mend, `refused` for what its owner has to, `carried` has all it
 * should, and it works.
 */
export type ClaimState = 'carried' | 'not_carried' | 'waiting' | 'refused';

/** The claims of one EgressIPAM, by state. */
export interface ClaimFigures {
  readonly egressIPAM: string;
  readonly claims: Readonly<Record<ClaimState, number>>;
}

/** Counts the claims of every EgressIPAM. */
export function claimFigures({ egressIPAMs, allocations, waiting }: Plan): readonly ClaimFigures[] {
  const states = new Map<string, { readonly egressIPAM: string; readonly state: ClaimState }>();
  for (const allocation of allocations)
    states.set(allocation.namespace, {
      egressIPAM: allocation.egressIPAM,
      state: allocation.carried ? 'carried' : 'not_carried',
    });
  for (const { namespace, egressIPAM, mender } of waiting) {
    if (states.get(namespace)?.state !== 'not_carried')
      states.set(namespace, { egressIPAM, state: mender === 'owner' ? 'refused' : 'waiting' });
  }
  const figures = new Map(
    egressIPAMs.map(({ name }: EgressIPAMReport) => [name, { carried: 0, not_carried: 0, waiting: 0, refused: 0 }]),
  );
  for (const { egressIPAM, state } of states.values()) {
    const claims = figures.get(egressIPAM);
    if (claims !== undefined) claims[state] += 1;
  }
  return [...figures].map(([egressIPAM, claims]) => ({ egressIPAM, claims }));
}
