import { plan, type ClusterSnapshot } from '@egressip-ipam/core';
import { settle } from '@egressip-ipam/core/simulate';
import { aNamespace, anEgressIPAM } from '@egressip-ipam/core/testing';
import { expect, it } from 'vitest';
import type { EgressGatewayPolicyEntry } from '../kinds/egress-gateway-policy.ts';
import { network } from '../network.ts';
import { aCluster, aGateway, attaching } from '../testing/cluster.ts';

const [old, young] = ['egressip-ipam.ipv4.old', 'egressip-ipam.ipv4.young'];
const policiesOf = ({ network: { objects } }: ClusterSnapshot): readonly EgressGatewayPolicyEntry[] =>
  (objects['CiliumEgressGatewayPolicy'] ?? []) as readonly EgressGatewayPolicyEntry[];

/** Two namespaces that are served, then the older one's objects overwritten with the address of the younger one. */
function restored(applied: boolean, provider?: ClusterSnapshot['provider']): ClusterSnapshot {
  const served = settle(
    aCluster({
      egressIPAMs: [anEgressIPAM(['10.0.0.0/29=a'])],
      nodes: [aGateway('node1'), aGateway('node2')],
      namespaces: [aNamespace('old'), aNamespace('young', 1)],
      ...(provider === undefined ? {} : { provider }),
    }),
    network,
  );
  const address = policiesOf(served).find(({ name }) => name === young)?.gateways[0]?.egressIP ?? '';
  const record = { egressIPs: address, allocated: `pool/${address}` };
  const policies = policiesOf(served).map((policy): EgressGatewayPolicyEntry => {
    if (policy.name !== old) return policy;
    const { applied: _applied, ...rest } = policy;
    const gateways = policy.gateways.map((gateway) => ({ ...gateway, egressIP: address }));
    return { ...rest, ...(applied ? { applied } : {}), gateways };
  });
  return {
    ...served,
    namespaces: served.namespaces.map((entry) => (entry.name === 'old' ? { ...entry, ...record } : entry)),
    network: { ...served.network, objects: { ...served.network.objects, CiliumEgressGatewayPolicy: policies } },
  };
}

it.each([
  ['we did not apply', false, undefined],
  ['names a node whose interface has it not', true, attaching({ node1: [], node2: [] })],
])('takes nothing from the one that carries traffic: a policy that %s', (_what, applied, provider) => {
  const { allocations, waiting } = plan(restored(applied, provider), network);
  expect(allocations).toMatchObject([{ namespace: 'young', source: 'kept' }]);
  expect(waiting).toMatchObject([{ namespace: 'old', reason: { code: 'DuplicateAddress' } }]);
});
