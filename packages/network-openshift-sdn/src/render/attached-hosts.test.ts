import type { ClusterSnapshot, NodeObservation, ProviderErrorClass } from '@egressip-ipam/core';
import { aNamespace, aNode, anEgressIPAM } from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
import {
  applied,
  findingsOf,
  hostSubnetsOf,
  inShort,
  netNamespacesOf,
  onSdn,
  planOf,
  readyOf,
  settled,
  withHosts,
  withNets,
} from '../testing/builders.ts';

const nodes = [aNode('n1'), aNode('n2')];
const seen = (node: string, index: number): NodeObservation => ({
  node,
  limits: { ipv4: 10 },
  interfaces: [
    {
      id: `nic-${node}`,
      main: true,
      subnets: ['10.0.0.0/24'],
      addresses: [{ address: `10.0.0.${250 + index}`, primary: true }],
    },
  ],
});
const bare = nodes.map(({ name }, index) => seen(name, index));
const cidrs = [{ cidr: '10.0.0.0/24', inUse: [], reserved: [] }];

/** A cluster on a cloud in which namespace `shop` has its address on n1. */
const start = settled(
  onSdn({
    nodes,
    egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a'])],
    namespaces: [aNamespace('shop')],
    provider: {
      name: 'memory',
      attach: true,
      cloud: true,
      observationRequired: true,
      observation: { nodes: bare, cidrs },
    },
  }),
);

function withUnreadable(snapshot: ClusterSnapshot, node: string, errorClass: ProviderErrorClass): ClusterSnapshot {
  const { observation } = snapshot.provider;
  if (observation === undefined) return snapshot;
  const entries = observation.nodes.map((entry): NodeObservation =>
    entry.node === node ? { node, error: { class: errorClass, message: `${node} cannot be read` } } : entry,
  );
  return { ...snapshot, provider: { ...snapshot.provider, observation: { ...observation, nodes: entries } } };
}

const optedOut = (snapshot: ClusterSnapshot): ClusterSnapshot => ({
  ...snapshot,
  namespaces: snapshot.namespaces.map(({ egressIPAM: _egressIPAM, ...rest }) => rest),
});
const hosted = (snapshot: ClusterSnapshot): readonly string[] =>
  hostSubnetsOf(snapshot).flatMap(({ egressIPs }) => egressIPs);
const recorded = (snapshot: ClusterSnapshot): readonly (string | undefined)[] =>
  hostSubnetsOf(snapshot).map(({ hostedIPs }) => hostedIPs);
const without = (snapshot: ClusterSnapshot): ClusterSnapshot => withNets({ ...snapshot, namespaces: [] }, []);

describe('what a HostSubnet keeps on record for interfaces', () => {
  it('has the address on an interface to begin with', () => {
    expect(planOf(start).steps).toEqual([]);
    expect(hosted(start)).toEqual(['10.0.0.1']);
    expect(JSON.stringify(start.provider.observation)).toContain('"10.0.0.1"');
  });

  it('law 10: at rest an unreadable interface is no reason to write', () => {
    expect(planOf(withUnreadable(start, 'n1', 'transient')).steps).toEqual([]);
  });

  it('law 9: what may still be on an interface stays on record until it is known to be off', () => {
    const waiting = settled(withUnreadable(optedOut(start), 'n1', 'transient'));
    expect(hosted(waiting)).toEqual(['10.0.0.1']);
    expect(netNamespacesOf(waiting).flatMap(({ egressIPs }) => egressIPs)).toEqual([]);
    expect(readyOf(waiting)).toEqual([]);
    const readable = { ...waiting, provider: start.provider };
    expect(readyOf(readable).map(inShort)).toEqual(['detach Interface/n1']);
    expect(hosted(settled(readable))).toEqual([]);
  });

  it('law 9: stays on record when its namespace goes in the middle of a move, and is taken off', () => {
    const lost = {
      ...start,
      nodes: start.nodes.map((node) => (node.name === 'n1' ? { ...node, ready: false } : node)),
    };
    const [first, ...others] = readyOf(lost);
    expect(others).toEqual([]);
    expect(first).toMatchObject({ object: { name: 'n1' }, payload: { egressIPs: [], hostedIPs: '10.0.0.1=shop' } });
    const between = first === undefined ? lost : applied(lost, first);
    expect(readyOf(without(between)).map(inShort)).toEqual(['remember EgressIPAM/pool', 'detach Interface/n1']);
    const end = settled(without(between));
    expect(recorded(end)).toEqual([undefined, undefined]);
    expect(planOf(end).steps).toEqual([]);
    // And when it does not go: the record leaves with the address.
    const moved = settled(lost);
    expect(recorded(moved)).toEqual([undefined, '10.0.0.1=shop']);
    expect(planOf(moved).steps).toEqual([]);
  });

  it('law 9: what may be on an interface though a look does not show it is taken off before the record goes', () => {
    const unseen = { ...start.provider, observation: { nodes: bare, cidrs } };
    const left = optedOut(start);
    const doubted = (...entries: readonly { readonly node: string; readonly address: string }[]): ClusterSnapshot => ({
      ...left,
      provider: { ...unseen, doubted: entries },
    });
    const mine = doubted({ node: 'n1', address: '10.0.0.1' });
    const unbound = applied(mine, ...readyOf(mine).filter(({ object }) => object.kind === 'NetNamespace'));
    expect(readyOf(unbound).map(inShort)).toEqual(['remember EgressIPAM/pool', 'detach Interface/n1']);
    expect(hosted(settled(unbound))).toEqual([]);
    expect(hosted(settled(withUnreadable(mine, 'n1', 'not-found')))).toEqual([]);
    // Foreign addresses are not touched.
    const kinds = planOf(doubted({ node: 'n1', address: '10.0.0.99' })).steps.map(({ kind }) => kind);
    expect(kinds).not.toContain('detach');
  });

  it('an instance that the platform does not have carries nothing', () => {
    expect(hosted(settled(withUnreadable(optedOut(start), 'n1', 'not-found')))).toEqual([]);
  });

  it('law 2: keeps an address that was promised when a stranger takes it, and says who has it', () => {
    const stolen = {
      nodes: bare,
      cidrs: [{ cidr: '10.0.0.0/24', inUse: [{ address: '10.0.0.1', usedBy: 'load balancer eni-7' }], reserved: [] }],
    };
    const snapshot = { ...start, provider: { ...start.provider, observation: stolen } };
    expect(planOf(snapshot).allocations).toMatchObject([{ namespace: 'shop', addresses: ['10.0.0.1'] }]);
    expect(findingsOf(snapshot, 'AddressConflict').map(({ message }) => message)).toEqual([
      '10.0.0.1 belongs to the namespace, but load balancer eni-7 has it in the cloud; free it there',
    ]);
    const both = { ...snapshot, infrastructure: { virtualIPs: ['10.0.0.1'] } };
    expect(findingsOf(both, 'AddressConflict').map(({ message }) => message)).toEqual([
      '10.0.0.1 belongs to the namespace, but load balancer eni-7 has it in the cloud, ' +
        "and the cluster's API, ingress or DNS uses it too; free it there",
    ]);
  });

  it('is hosted again where somebody took it off, and stays attached', () => {
    const edited = withHosts(start, (entry) => ({ ...entry, egressIPs: [] }));
    expect(planOf(edited).steps.map(inShort)).toEqual(['HostSubnet/n1']);
    expect(hosted(settled(edited))).toEqual(['10.0.0.1']);
  });
});
