import type { Address, NetworkDecisions, Precondition } from '@egressip-ipam/core';
import type { OvnKubernetesFacts } from '../facts/read-facts.ts';

/**
 * An address is free once its EgressIP and its CloudPrivateIPConfig are gone: nobody here deletes the latter, so that
 * its end is only observed.
 */
export function beforeReleases(decisions: NetworkDecisions, facts: OvnKubernetesFacts): ReadonlyMap<Address, readonly Precondition[]> {
  const before = new Map<Address, readonly Precondition[]>();
  const leaving = decisions.claims.filter((claim) => claim.leaving.length > 0);
  if (leaving.length === 0) return before;
  const configOf = new Map(facts.configs.map(({ address, name }) => [address, name]));
  for (const claim of leaving) {
    const egressIP = facts.bindings.get(claim.namespace);
    const isGoing = egressIP?.source.deletedAt !== undefined;
    for (const address of claim.leaving) {
      const config = configOf.get(address);
      const gone = [
        ...(egressIP !== undefined && isGoing ? [goneOf('EgressIP', egressIP.name)] : []),
        ...(config === undefined ? [] : [goneOf('CloudPrivateIPConfig', config)]),
      ];
      if (gone.length > 0) before.set(address, gone);
    }
  }
  return before;
}

function goneOf(kind: string, name: string): Precondition {
  return { kind: 'observed', object: { kind, name }, state: 'gone' };
}
