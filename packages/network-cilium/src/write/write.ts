import {
  entriesOf,
  fieldManager,
  withEntries,
  type KubernetesWrite,
  type NetworkStep,
  type SimulatedNetwork,
} from '@egressip-ipam/core';
import { egressGatewayPolicyKind } from '../kinds/egress-gateway-policy.ts';
import { payloadOf } from './payload.ts';
import { entryOf, objectOf } from './policy-spec.ts';

/** The Kubernetes write of a step. */
export function write(step: NetworkStep): KubernetesWrite {
  const payload = payloadOf(step);
  const { resource } = egressGatewayPolicyKind;
  const { name } = step.object;
  if (payload.write === 'delete') return { verb: 'delete', resource, name };
  return { verb: 'apply', resource, name, object: objectOf(payload.policy), fieldManager };
}

/** What a step makes of the cluster. */
export function simulate({ objects, nodes }: SimulatedNetwork, step: NetworkStep): SimulatedNetwork {
  const payload = payloadOf(step);
  const others = entriesOf(objects, egressGatewayPolicyKind).filter(({ name }) => name !== step.object.name);
  const entries =
    payload.write === 'delete'
      ? others
      : [...others, entryOf(payload.policy)].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { objects: withEntries(objects, egressGatewayPolicyKind, entries), nodes };
}
