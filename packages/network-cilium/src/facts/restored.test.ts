import { adoptedAnnotation, plan, type ClusterSnapshot, type NetworkStep } from '@egressip-ipam/core';
import { settle } from '@egressip-ipam/core/simulate';
import { aNamespace, anEgressIPAM } from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
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

describe('a policy that was restored into a cluster where something else uses its address', () => {
  const [address, pool] = ['10.0.0.1', 'pool'];
  const record = { egressIPs: address, allocated: `${pool}/${address}` };
  const stranger: EgressGatewayPolicyEntry = {
    name: 'stranger',
    selectors: [{ podSelector: { matchLabels: { 'io.kubernetes.pod.namespace': 'elsewhere' } } }],
    destinationCIDRs: ['0.0.0.0/0'],
    excludedCIDRs: [],
    gateways: [{ nodeSelector: { matchLabels: { 'kubernetes.io/hostname': 'node2' } }, egressIP: address }],
  };
  const restoredInto = (
    more: Partial<ClusterSnapshot>,
    policies: readonly EgressGatewayPolicyEntry[] = [],
    isTold = true,
  ) => {
    const there = settle(
      aCluster({
        egressIPAMs: [anEgressIPAM(['10.0.0.0/29=a'])],
        nodes: [aGateway('node1')],
        namespaces: [aNamespace('old')],
      }),
      network,
    );
    const [policy] = policiesOf(there);
    const { applied: _applied, ...own } = policy!;
    const restored = isTold ? { ...own, applied: false } : own;
    return aCluster({
      egressIPAMs: there.egressIPAMs,
      nodes: [aGateway('node1')],
      namespaces: [{ ...aNamespace('old'), ...record }],
      policies: [restored, ...policies],
      ...more,
    });
  };
  const elsewhere = { ...aGateway('node9', 'b'), addresses: [address] };

  it.each([
    ['a policy of somebody', restoredInto({ provider: attaching({ node1: [] }) }, [stranger])],
    ['a node', restoredInto({ nodes: [aGateway('node1'), elsewhere], provider: attaching({ node1: [], node9: [] }) })],
  ])('proves nothing, as the record proves it alone: %s has it', (_who, snapshot) => {
    const { allocations, waiting, steps } = plan(snapshot, network);
    expect(allocations).toEqual([]);
    expect(waiting).toMatchObject([{ namespace: 'old', reason: { code: 'AddressInUse' } }]);
    expect(steps.filter(({ kind }) => kind === 'attach')).toEqual([]);
  });

  it('is adopted by its own uid, once, where nothing else uses the address, and proves that from then on (law 2)', () => {
    const attached = { provider: attaching({ node1: [address] }) };
    const before = restoredInto(attached);
    const policies = policiesOf(before).map((policy) => ({ ...policy, uid: 'of-this-one' }));
    const there = { ...before, network: { ...before.network, objects: { CiliumEgressGatewayPolicy: policies } } };
    const writes = plan(there, network).steps.flatMap((step) => (step.kind === 'network' ? network.write(step) : []));
    expect(writes).toMatchObject([
      { verb: 'patch', body: { metadata: { annotations: { [adoptedAnnotation]: 'of-this-one' } } } },
    ]);
    const [step] = plan(there, network).steps.filter(({ kind }) => kind === 'network');
    expect(network.describe(there.network.objects, step as NetworkStep)).toBe(
      `sends by ${address} of node1 as it should, and something else of it is put right`,
    );
    const after = settle(there, network);
    expect(plan(after, network).steps).toEqual([]);
    const contested = aCluster({
      ...after,
      policies: [...policiesOf(after), stranger],
      provider: attaching({ node1: [] }),
    });
    expect(plan(contested, network).allocations).toMatchObject([{ addresses: [address], source: 'kept' }]);
  });

  it.each([
    ['a node has it for the namespace', restoredInto({ provider: attaching({ node1: [address] }) }, [stranger])],
    ['nothing tells who made it, as in files', restoredInto({ provider: attaching({ node1: [] }) }, [stranger], false)],
  ])('keeps it where %s (law 2)', (_where, snapshot) => {
    const { allocations, findings } = plan(snapshot, network);
    expect(allocations).toMatchObject([{ namespace: 'old', addresses: [address], source: 'kept' }]);
    expect(findings).toMatchObject([{ code: 'AddressConflict' }]);
  });
});
