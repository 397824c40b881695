import type { ClusterSnapshot } from '@egressip-ipam/core';
import { aNamespace, aNode, anEgressIPAM } from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
import type { HostSubnetEntry } from '../kinds/host-subnet.ts';
import {
  aNetNamespace,
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

const twoCidrs = anEgressIPAM(['10.0.0.0/28=a', '10.0.1.0/28=a']);
const oneCidr = anEgressIPAM(['10.0.0.0/28=a']);
const nodes = (...names: readonly string[]): ClusterSnapshot['nodes'] => names.map((name) => aNode(name));
const withoutPool = (snapshot: ClusterSnapshot): ClusterSnapshot => ({
  ...snapshot,
  namespaces: snapshot.namespaces.map(({ egressIPAM: _egressIPAM, ...rest }) => rest),
});

describe('a HostSubnet whose node is gone', () => {
  const start = settled(
    onSdn({ nodes: nodes('n1', 'n2', 'n3'), egressIPAMs: [twoCidrs], namespaces: [aNamespace('shop')] }),
  );
  const gone = hostSubnetsOf(start).find(({ egressIPs }) => egressIPs.length > 0);
  const without = { ...start, nodes: start.nodes.filter(({ name }) => name !== gone?.name) };

  it('law 1: gives its addresses up before another node hosts them', () => {
    expect(readyOf(without).map(inShort)).toEqual([`HostSubnet/${gone?.name}`]);
    const moved = settled(without);
    const hosts = hostSubnetsOf(moved).filter(({ egressIPs }) => egressIPs.includes(gone?.egressIPs[0] ?? ''));
    expect(hosts.map(({ name }) => name)).toEqual([expect.not.stringContaining(gone?.name ?? '')]);
    expect(planOf(moved).steps).toEqual([]);
    expect(planOf(moved).nodes.map(({ node }) => node)).not.toContain(gone?.name);
  });

  it('keeps what a person hosted there, and is said to carry nothing', () => {
    const byHand = withHosts(without, (entry) =>
      entry.name === gone?.name ? { ...entry, egressIPs: [...entry.egressIPs, '10.0.0.9'] } : entry,
    );
    const end = settled(byHand);
    expect(hostSubnetsOf(end).find(({ name }) => name === gone?.name)?.egressIPs).toEqual(['10.0.0.9']);
    expect(findingsOf(end, 'HostSubnetWithoutNode')).toMatchObject([
      { object: { name: gone?.name }, addresses: ['10.0.0.9'] },
    ]);
  });
});

describe('a HostSubnet that the SDN has placed addresses on by CIDR', () => {
  const start = settled(onSdn({ nodes: nodes('n1', 'n2'), egressIPAMs: [oneCidr], namespaces: [aNamespace('shop')] }));
  const hosting = (...egressIPs: readonly string[]): ClusterSnapshot =>
    withHosts(start, (entry) => (entry.name === 'n1' ? { ...entry, egressIPs } : entry));
  const placed = hosting('10.0.0.1');
  const unlabelled = (snapshot: ClusterSnapshot): ClusterSnapshot => ({
    ...snapshot,
    nodes: snapshot.nodes.map((node) => (node.name === 'n1' ? { ...node, labels: {} } : node)),
  });
  const first = (snapshot: ClusterSnapshot): HostSubnetEntry | undefined =>
    hostSubnetsOf(snapshot).find(({ name }) => name === 'n1');

  it('is written once, and then is the business of the SDN', () => {
    expect(hostSubnetsOf(start).map(({ egressCIDRs, hostedCIDRs }) => [egressCIDRs, hostedCIDRs])).toEqual([
      [['10.0.0.0/28'], '10.0.0.0/28'],
      [['10.0.0.0/28'], '10.0.0.0/28'],
    ]);
    expect(planOf(placed).steps).toEqual([]);
  });

  it('gets a CIDR that somebody took away as soon as what binds: the SDN puts addresses on nodes by it', () => {
    const hostSubnets = hostSubnetsOf(placed).map((entry) => ({ ...entry, egressCIDRs: [], egressIPs: [] }));
    const objects = { ...placed.network.objects, HostSubnet: hostSubnets };
    const { steps } = planOf({ ...placed, network: { ...placed.network, objects } });
    expect(steps).toMatchObject(hostSubnets.map(() => ({ kind: 'network', action: 'host', carries: true })));
    expect(steps).toHaveLength(2);
    const left = planOf(unlabelled(placed)).steps.filter(({ object }) => object.name === 'n1');
    expect(left.map((step) => 'carries' in step)).not.toContain(true);
  });

  it('gives them up with its last CIDR: without one the SDN takes nothing off', () => {
    expect(first(settled(unlabelled(placed)))).toMatchObject({ egressIPs: [], egressCIDRs: [] });
  });

  it('gives up, with the EgressIPAM, what the SDN has not yet taken off', () => {
    const deleting = placed.egressIPAMs.map((entry) => ({ ...entry, deletedAt: '2026-01-02T00:00:00Z' }));
    const end = settled(withNets({ ...placed, namespaces: [], egressIPAMs: deleting }, []));
    expect(first(end)).toMatchObject({ egressIPs: [], egressCIDRs: [] });
    expect(end.egressIPAMs).toEqual([]);
  });

  it('law 5: keeps, when its last CIDR goes, what carries the traffic of somebody else', () => {
    const shared = hosting('10.0.0.1', '10.0.0.9');
    const nets = [...netNamespacesOf(shared), aNetNamespace('zz-by-hand', ['10.0.0.9'])];
    const { name, createdAt } = aNamespace('zz-by-hand');
    const inUse = withNets({ ...shared, namespaces: [...shared.namespaces, { name, createdAt }] }, nets);
    expect(first(settled(unlabelled(inUse)))).toMatchObject({
      egressIPs: ['10.0.0.9'],
      egressCIDRs: [],
    });
  });
});

describe('an address in the place of another on the same node', () => {
  const start = settled(onSdn({ nodes: nodes('n1', 'n2'), egressIPAMs: [twoCidrs], namespaces: [aNamespace('shop')] }));
  const asking = {
    ...start,
    namespaces: start.namespaces.map((namespace) => ({ ...namespace, egressIPs: '10.0.0.5,10.0.1.1' })),
  };

  it('is hosted and bound before the other leaves, and no step waits for one that waits for it', () => {
    const { steps } = planOf(asking);
    const position = new Map(steps.map(({ id }, index) => [id, index]));
    for (const { id, after } of steps) {
      for (const before of after) {
        if (before.kind === 'step')
          expect(position.get(before.id), `${before.id} comes before ${id}`).toBeLessThan(position.get(id) ?? -1);
      }
    }
    const what = steps.map((step) => `${inShort(step)} ${JSON.stringify(step.effects)}`);
    expect(what).toEqual([
      expect.stringContaining('remember EgressIPAM/pool'),
      expect.stringContaining('annotate Namespace/shop'),
      'HostSubnet/n1 {"hosted":["10.0.0.5"]}',
      'NetNamespace/shop {"bound":["10.0.0.5"],"unbound":["10.0.0.1"]}',
      'HostSubnet/n1 {"unhosted":["10.0.0.1"]}',
    ]);
    expect(hostSubnetsOf(settled(asking)).map(({ egressIPs }) => egressIPs)).toEqual([['10.0.0.5'], ['10.0.1.1']]);
  });
});

describe('an address that lies in no CIDR any more', () => {
  it('law 9: stays on record when its pool of one CIDR has it no longer, and goes with its namespace', () => {
    const pools = [anEgressIPAM(['10.0.0.0/28=a', '10.0.1.0/28=b'])];
    const two = settled(
      onSdn({ nodes: [aNode('n1'), aNode('n2', 'b')], egressIPAMs: pools, namespaces: [aNamespace('shop')] }),
    );
    const narrowed = two.egressIPAMs.map((pool) => ({ ...pool, cidrAssignments: pool.cidrAssignments.slice(0, 1) }));
    const shrunk = settled({ ...two, egressIPAMs: narrowed });
    const recorded = (snapshot: ClusterSnapshot): readonly string[] =>
      hostSubnetsOf(snapshot).flatMap(({ hostedIPs }) => hostedIPs ?? []);
    expect(recorded(shrunk)).toEqual(['10.0.1.1=shop']);
    expect(planOf(shrunk).steps).toEqual([]);
    const end = settled(withNets({ ...shrunk, namespaces: [] }, []));
    expect(hostSubnetsOf(end).flatMap(({ egressIPs }) => egressIPs)).not.toContain('10.0.1.1');
    expect(recorded(end)).toEqual([]);
  });

  it('law 2: OpenShift SDN goes on placing it until it is given back', () => {
    const namespaces = [aNamespace('shop', 0, { egressIPs: '10.0.0.200' })];
    const wide = settled(
      onSdn({ nodes: nodes('n1', 'n2'), egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a'])], namespaces }),
    );
    const carried = withHosts(wide, (entry) => (entry.name === 'n1' ? { ...entry, egressIPs: ['10.0.0.200'] } : entry));
    const pools = carried.egressIPAMs.map((pool) => ({
      ...pool,
      cidrAssignments: [{ CIDR: '10.0.0.0/25', labelValue: 'a' }],
    }));
    const narrow = settled({ ...carried, egressIPAMs: pools });
    const cidrs = (snapshot: ClusterSnapshot): readonly (readonly string[])[] =>
      hostSubnetsOf(snapshot).map(({ egressCIDRs }) => egressCIDRs);
    const both = ['10.0.0.0/25', '10.0.0.200/32'];
    expect(cidrs(narrow)).toEqual([both, both]);
    expect(netNamespacesOf(narrow).map(({ egressIPs }) => egressIPs)).toEqual([['10.0.0.200']]);
    expect(findingsOf(narrow, 'AddressOutOfPool')).toHaveLength(1);
    // The SDN moves it: for a moment nobody hosts it.
    expect(planOf(withHosts(narrow, (entry) => ({ ...entry, egressIPs: [] }))).steps).toEqual([]);
    expect(readyOf(withoutPool(narrow)).map(inShort)).toContain('NetNamespace/shop');
    expect(cidrs(settled(withoutPool(narrow)))).toEqual([['10.0.0.0/25'], ['10.0.0.0/25']]);
  });
});

describe('a write of unknown outcome', () => {
  const start = settled(
    onSdn({ nodes: nodes('n1', 'n2', 'n3'), egressIPAMs: [twoCidrs], namespaces: [aNamespace('shop')] }),
  );
  const lost = hostSubnetsOf(start).find(({ egressIPs }) => egressIPs.length > 0);
  const [address = ''] = lost?.egressIPs ?? [];

  it('that may have put an address on a node that is lost is made sure of before another node hosts it', () => {
    const doubted = withHosts(start, (entry) =>
      entry.name === lost?.name
        ? { name: entry.name, hostIP: entry.hostIP, egressCIDRs: [], egressIPs: [], unconfirmed: [address] }
        : entry,
    );
    const unbound = withNets(
      doubted,
      netNamespacesOf(doubted).map((entry) => ({ ...entry, egressIPs: [] })),
    );
    const lostNodes = start.nodes.map((node) => (node.name === lost?.name ? { ...node, ready: false } : node));
    const inDoubt: ClusterSnapshot = {
      ...unbound,
      nodes: lostNodes,
      namespaces: start.namespaces.map((entry) => ({ ...entry, unconfirmed: [address] })),
    };
    expect(readyOf(inDoubt).map(inShort)).toContain(`HostSubnet/${lost?.name}`);
    const end = settled(inDoubt);
    expect(planOf(end).steps).toEqual([]);
    expect(
      hostSubnetsOf(end)
        .filter(({ egressIPs }) => egressIPs.includes(address))
        .map(({ name }) => name),
    ).toEqual(['n3']);
    expect(netNamespacesOf(end)[0]?.egressIPs).toContain(address);
  });

  it('that may have put an address beside the node that carries it is undone, and one of nobody too', () => {
    const other = hostSubnetsOf(start).find(({ egressIPs }) => !egressIPs.includes(address))?.name;
    for (const perhaps of [address, '10.0.0.9']) {
      const end = settled(
        withHosts(start, (entry) => (entry.name === other ? { ...entry, unconfirmed: [perhaps] } : entry)),
      );
      expect(planOf(end).steps).toEqual([]);
      expect(hostSubnetsOf(end)).toEqual(hostSubnetsOf(start));
    }
  });

  it('that may have bound an address which its namespace no longer has is made sure of', () => {
    const inDoubt = withNets(
      start,
      netNamespacesOf(start).map((entry) => ({ ...entry, unconfirmed: ['10.0.0.9'] })),
    );
    expect(planOf(inDoubt).steps.map(inShort)).toEqual(['NetNamespace/shop']);
    expect(planOf(settled(inDoubt)).steps).toEqual([]);
  });
});
