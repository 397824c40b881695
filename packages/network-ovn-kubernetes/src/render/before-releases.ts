import type { Address, NetworkDecisions, ObjectReference, Precondition } from '@egressip-ipam/core';
import type { OvnKubernetesFacts } from '../facts/read-facts.ts';

/**
 * An address is free once its EgressIP and its CloudPrivateIPConfig are gone: nobody here deletes the latter, so that
 * its end is only observed.
 */
export function beforeReleases(
  decisions: NetworkDecisions,
  facts: OvnKubernetesFacts,
): ReadonlyMap<Address, readonly Precondition[]> {
  const before = new Map<Address, readonly Precondition[]>();
  const add = (address: Address, object: ObjectReference): void => {
    const gone: Precondition = { kind: 'observed', object, state: 'gone' };
    before.set(address, [...(before.get(address) ?? []), gone]);
  };
  for (const { address, name } of facts.configs) {
    if (decisions.claimWith(address) === undefined) add(address, { kind: 'CloudPrivateIPConfig', name });
  }
  decisions.claims.forEach(({ namespace, leaving }) => {
    if (leaving.length === 0) return;
    const egressIP = facts.bindings.get(namespace);
    if (egressIP?.source.deletedAt === undefined) return;
    for (const address of leaving) add(address, egressIP.object);
  });
  return before;
}
