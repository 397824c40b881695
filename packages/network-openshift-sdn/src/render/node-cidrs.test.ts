import type { ClusterSnapshot, NodeSnapshot } from '@egressip-ipam/core';
import { aNamespace, aNode, anEgressIPAM } from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
import type { HostSubnetEntry } from '../kinds/host-subnet.ts';
import {
  aHostSubnet,
  findingsOf,
  hostSubnetsOf,
  inShort,
  netNamespacesOf,
  onSdn,
  planOf,
  readyOf,
  settled,
  withHosts,
} from '../testing/builders.ts';
import { placeByCidr } from '../testing/sdn-at-work.ts';

const oneCidr = anEgressIPAM(['10.0.0.0/28=a']);
const nodes = (...names: readonly string[]): ClusterSnapshot['nodes'] => names.map((name) => aNode(name));

describe('a node that is to carry a CIDR no longer', () => {
  const edit = (snapshot: ClusterSnapshot, name: string, change: Partial<NodeSnapshot>): ClusterSnapshot => ({
    ...snapshot,
    nodes: snapshot.nodes.map((node) => (node.name === name ? { ...node, ...change } : node)),
  });
  const host = (snapshot: ClusterSnapshot, name: string): HostSubnetEntry | undefined =>
    hostSubnetsOf(snapshot).find((entry) => entry.name === name);
  const served = (...names: readonly string[]): ClusterSnapshot => {
    const namespaces = [aNamespace('shop')];
    return placeByCidr(settled(onSdn({ nodes: nodes(...names), egressIPAMs: [oneCidr], namespaces })));
  };
  const alone = served('n1');
  const pair = served('n1', 'n2');
  const ways: readonly (readonly [string, Partial<NodeSnapshot>])[] = [
    ['loses the topology label', { labels: {} }],
    ['is to be taken away by the autoscaler', { taints: ['ToBeDeletedByClusterAutoscaler'] }],
    ['is shut down', { taints: ['node.kubernetes.io/out-of-service'] }],
    ['is being deleted', { deletedAt: '2026-02-01T00:00:00Z' }],
  ];

  it.each(ways)('keeps it, and its namespace is told, when it %s and no other node can take it', (_what, change) => {
    const lone = edit(alone, 'n1', change);
    expect(planOf(lone).steps).toEqual([]);
    const [finding, ...others] = findingsOf(lone, 'AddressNotPlaced');
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ object: { kind: 'Namespace', name: 'shop' }, addresses: ['10.0.0.1'] });
    expect(finding?.message).toMatch(/n1.*no other node can take it/);
  });

  it.each(ways)('gives it up when it %s and another has it', (_what, change) => {
    const end = placeByCidr(settled(edit(pair, 'n1', change)));
    expect(host(end, 'n1')).toMatchObject({ egressIPs: [], egressCIDRs: [] });
    expect(host(end, 'n2')).toMatchObject({ egressIPs: ['10.0.0.1'], egressCIDRs: ['10.0.0.0/28'] });
    expect(findingsOf(end, 'AddressNotPlaced')).toEqual([]);
  });

  it('gives it up only after the node that is to take it has it', () => {
    const start = { ...edit(alone, 'n1', { labels: {} }), nodes: [aNode('n1', 'z'), aNode('n2')] };
    const added = withHosts(pair, (entry) => (entry.name === 'n2' ? aHostSubnet('n2') : entry));
    const both = { ...start, network: added.network };
    expect(planOf(both).steps.map(({ id, after }) => [id, after])).toEqual([
      ['HostSubnet/n2', []],
      ['HostSubnet/n1/1', [{ kind: 'step', id: 'HostSubnet/n2' }]],
    ]);
    expect(readyOf(both).map(inShort)).toEqual(['HostSubnet/n2']);
    expect(host(settled(both), 'n1')?.egressCIDRs).toEqual([]);
  });

  it('stays as it is while it is not Ready: what it had it has again when it comes back', () => {
    expect(planOf(edit(pair, 'n1', { ready: false })).steps).toEqual([]);
    const dead = edit(edit(pair, 'n1', { labels: {} }), 'n2', { ready: false });
    expect(planOf(placeByCidr(dead)).steps).toEqual([]);
  });

  it('has, once it is cordoned, the CIDR no longer but each address that it carries', () => {
    const end = placeByCidr(settled(edit(pair, 'n1', { unschedulable: true })));
    expect(host(end, 'n1')).toMatchObject({ egressIPs: ['10.0.0.1'], egressCIDRs: ['10.0.0.1/32'] });
    expect(planOf(end).steps).toEqual([]);
    const back = settled(edit(end, 'n1', { unschedulable: false }));
    expect(host(back, 'n1')).toMatchObject({ egressIPs: ['10.0.0.1'], egressCIDRs: ['10.0.0.0/28'] });
    const lone = edit(alone, 'n1', { unschedulable: true });
    expect(planOf(lone).steps).toEqual([]);
  });

  it('goes on carrying, where an EgressIPAM with several CIDRs has it now, until another node can', () => {
    const other = anEgressIPAM(['10.5.0.0/28=z', '10.6.0.0/28=z'], { name: 'other' });
    const moved = edit({ ...alone, egressIPAMs: [other, ...alone.egressIPAMs] }, 'n1', {
      labels: aNode('n1', 'z').labels,
    });
    const end = placeByCidr(settled(moved));
    expect(host(end, 'n1')).toMatchObject({ egressIPs: ['10.0.0.1'], egressCIDRs: [], hostedIPs: '10.0.0.1=shop' });
    expect(netNamespacesOf(end).map(({ egressIPs }) => egressIPs)).toEqual([['10.0.0.1']]);
    const relieved = {
      ...end,
      nodes: [...end.nodes, aNode('n2')],
      network: {
        ...end.network,
        objects: { ...end.network.objects, HostSubnet: [...hostSubnetsOf(end), aHostSubnet('n2')] },
      },
    };
    const after = placeByCidr(settled(relieved));
    expect(host(after, 'n1')).toMatchObject({ egressIPs: [], egressCIDRs: [] });
    expect(host(after, 'n2')).toMatchObject({ egressIPs: ['10.0.0.1'], egressCIDRs: ['10.0.0.0/28'] });
  });

  describe('where a namespace has two addresses of one CIDR, as after an edit, which no node may have together', () => {
    const [merged, namespaces] = [anEgressIPAM(['10.0.0.0/27=a']), [aNamespace('shop')]];
    const apart = settled(
      onSdn({
        nodes: [aNode('n1'), aNode('n2', 'b')],
        egressIPAMs: [anEgressIPAM(['10.0.0.0/28=a', '10.0.0.16/28=b'])],
        namespaces,
      }),
    );
    const withNode = (snapshot: ClusterSnapshot, name: string): ClusterSnapshot => ({
      ...snapshot,
      nodes: [...snapshot.nodes, aNode(name)],
      network: {
        ...snapshot.network,
        objects: { ...snapshot.network.objects, HostSubnet: [...hostSubnetsOf(snapshot), aHostSubnet(name)] },
      },
    });
    const atEnd = (snapshot: ClusterSnapshot): ClusterSnapshot => placeByCidr(settled(placeByCidr(settled(snapshot))));
    const hosting = (snapshot: ClusterSnapshot): unknown =>
      Object.fromEntries(hostSubnetsOf(snapshot).map(({ name, egressIPs }) => [name, egressIPs]));
    const one = atEnd({ ...apart, egressIPAMs: [merged] });
    const two = atEnd(withNode(one, 'n3'));

    it('law 2: keeps its address until another node can take it', () => {
      expect(hosting(apart)).toEqual({ n1: ['10.0.0.1'], n2: ['10.0.0.17'] });
      expect(hosting(one)).toEqual({ n1: ['10.0.0.1'], n2: ['10.0.0.17'] });
      expect(planOf(one).steps).toEqual([]);
      expect(findingsOf(one, 'AddressNotPlaced')).toMatchObject([{ addresses: ['10.0.0.17'] }]);
      const dropped = withHosts(one, (entry) => (entry.name === 'n2' ? aHostSubnet('n2') : entry));
      expect(planOf(dropped).steps).toEqual([]);
      expect(findingsOf(dropped, 'AddressNotPlaced')[0]?.message).toMatch(
        /each node .* has another address of the namespace/,
      );
      expect(hosting(two)).toEqual({ n1: ['10.0.0.1'], n2: [], n3: ['10.0.0.17'] });
      expect(findingsOf(two, 'AddressNotPlaced')).toEqual([]);
    });

    it("law 2: has, when it is its EgressIPAM's no longer, the CIDR no more but each such address", () => {
      const end = atEnd(edit(two, 'n3', { labels: {} }));
      expect(host(end, 'n3')).toMatchObject({ egressIPs: ['10.0.0.17'], egressCIDRs: ['10.0.0.17/32'] });
      expect(planOf(end).steps).toEqual([]);
      expect(findingsOf(end, 'AddressNotPlaced')).toMatchObject([{ addresses: ['10.0.0.17'] }]);
      const relieved = atEnd(withNode(end, 'n4'));
      expect(hosting(relieved)).toMatchObject({ n3: [], n4: ['10.0.0.17'] });
      expect(host(relieved, 'n3')).toMatchObject({ egressCIDRs: [] });
    });
  });

  it('leaves what is bound to it bound when its EgressIPAM has no node any more: the SDN drops, and nothing leaks', () => {
    const gone = { ...alone, nodes: [] };
    expect(netNamespacesOf(settled(gone)).map(({ egressIPs }) => egressIPs)).toEqual([['10.0.0.1']]);
  });

  it('takes along what the SDN placed for a namespace that is gone, and leaves what another is bound to', () => {
    const gone = { ...alone, egressIPAMs: [], namespaces: [] };
    expect(netNamespacesOf(gone).map(({ egressIPs }) => egressIPs)).toEqual([['10.0.0.1']]);
    expect(host(settled(gone), 'n1')).toMatchObject({ egressIPs: [], egressCIDRs: [] });
    const { name, createdAt } = aNamespace('shop');
    const foreign = { ...gone, namespaces: [{ name, createdAt }] };
    expect(host(settled(foreign), 'n1')).toMatchObject({ egressIPs: ['10.0.0.1'], egressCIDRs: [] });
  });
});
