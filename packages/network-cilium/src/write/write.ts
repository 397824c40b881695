import { fieldManager, type KubernetesWrite, type NetworkStep, type SimulatedNetwork } from '@egressip-ipam/core';
import { entriesOf, withEntries, withEntry } from '@egressip-ipam/core/plugin';
import { egressGatewayPolicyKind } from '../kinds/egress-gateway-policy.ts';
import { payloadOf } from './payload.ts';
import { entryOf, objectOf, patchOf } from './policy-spec.ts';

/**
 * The Kubernetes write of a step. A policy that is there is patched, as an apply takes nothing away that others have
 * put there, such as an exclusion.
 */
export function write(step: NetworkStep): KubernetesWrite {
  const payload = payloadOf(step);
  const { resource } = egressGatewayPolicyKind;
  const { name } = step.object;
  if (payload.write === 'delete') return { verb: 'delete', resource, name };
  const { policy, strays } = payload;
  if (strays === undefined) return { verb: 'apply', resource, name, object: objectOf(policy), fieldManager };
  return { verb: 'patch', resource, name, body: patchOf(policy, strays), conditional: false };
}

/** What a step makes of the cluster. */
export function simulate({ objects, nodes }: SimulatedNetwork, step: NetworkStep): SimulatedNetwork {
  const payload = payloadOf(step);
  const policies = entriesOf(objects, egressGatewayPolicyKind);
  const entries = withEntry(policies, step.object.name, (before) =>
    payload.write === 'delete' ? undefined : entryOf(payload.policy, before),
  );
  return { objects: withEntries(objects, egressGatewayPolicyKind, entries), nodes };
}
