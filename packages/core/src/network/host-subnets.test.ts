import { describe, expect, it } from 'vitest';
import type { ClusterSnapshot } from '../snapshot/snapshot.ts';
import { plan } from '../plan/planner.ts';
import { readySteps } from '../simulate/apply-step.ts';
import { settle } from '../simulate/settle.ts';
import { aNamespace, aNetNamespace, aNode, anEgressIPAM, aSnapshot } from '../testing/builders.ts';

describe('a HostSubnet whose node is gone', () => {
  const settled = settle(aSnapshot({ nodes: ['n1', 'n2', 'n3'].map((name) => aNode(name)), egressIPAMs: [anEgressIPAM(['10.0.0.0/28=a', '10.0.1.0/28=a'])], namespaces: [aNamespace('shop')] }));
  const [gone] = settled.hostSubnets.filter(({ egressIPs }) => egressIPs.length > 0);
  const without = { ...settled, nodes: settled.nodes.filter(({ name }) => name !== gone?.name) };

  it('law 1: gives its addresses up before another node hosts them', () => {
    expect(readySteps(plan(without)).map(({ id }) => id)).toEqual([`host/${gone?.name}`]);
    const moved = settle(without);
    expect(moved.hostSubnets.filter(({ egressIPs }) => egressIPs.includes(gone?.egressIPs[0] ?? '')).map(({ name }) => name)).not.toContain(gone?.name);
    expect(plan(moved).steps).toEqual([]);
    expect(plan(moved).nodes.map(({ node }) => node)).not.toContain(gone?.name);
  });

  it('keeps what a person hosted there', () => {
    const byHand = { ...without, hostSubnets: without.hostSubnets.map((entry) => (entry.name === gone?.name ? { ...entry, egressIPs: [...entry.egressIPs, '10.0.0.9'] } : entry)) };
    expect(settle(byHand).hostSubnets.find(({ name }) => name === gone?.name)?.egressIPs).toEqual(['10.0.0.9']);
  });
});

describe('a HostSubnet that the SDN has placed addresses on by CIDR', () => {
  const settled = settle(aSnapshot({ nodes: ['n1', 'n2'].map((name) => aNode(name)), egressIPAMs: [anEgressIPAM(['10.0.0.0/28=a'])], namespaces: [aNamespace('shop')] }));
  const placed = { ...settled, hostSubnets: settled.hostSubnets.map((entry) => (entry.name === 'n1' ? { ...entry, egressIPs: ['10.0.0.1'] } : entry)) };
  const hostSubnet = (snapshot: typeof settled): unknown => snapshot.hostSubnets.filter(({ name }) => name === 'n1').map(({ egressIPs, egressCIDRs }) => ({ egressIPs, egressCIDRs }));

  it('gives them up with its last CIDR: without one the SDN takes nothing off', () => {
    expect(plan(placed).steps).toEqual([]);
    const unlabelled = settle({ ...placed, nodes: placed.nodes.map((node) => (node.name === 'n1' ? { ...node, labels: {} } : node)) });
    expect(hostSubnet(unlabelled)).toEqual([{ egressIPs: [], egressCIDRs: [] }]);
  });

  it('gives up, with the EgressIPAM, what the SDN has not yet taken off', () => {
    const deleted = settle({ ...placed, namespaces: [], netNamespaces: [], egressIPAMs: placed.egressIPAMs.map((entry) => ({ ...entry, deletedAt: '2026-01-02T00:00:00Z' })) });
    expect(hostSubnet(deleted)).toEqual([{ egressIPs: [], egressCIDRs: [] }]);
  });

  it('law 5: keeps, when its last CIDR goes, what carries the traffic of somebody else', () => {
    const shared = { ...placed, hostSubnets: placed.hostSubnets.map((entry) => (entry.name === 'n1' ? { ...entry, egressIPs: ['10.0.0.1', '10.0.0.9'] } : entry)), netNamespaces: [...placed.netNamespaces, aNetNamespace('zz-by-hand', ['10.0.0.9'])] };
    const unlabelled = settle({ ...shared, nodes: shared.nodes.map((node) => (node.name === 'n1' ? { ...node, labels: {} } : node)) });
    expect(hostSubnet(unlabelled)).toEqual([{ egressIPs: ['10.0.0.9'], egressCIDRs: [] }]);
  });
});

describe('an address in the place of another on the same node', () => {
  const settled = settle(aSnapshot({ nodes: [aNode('n1'), aNode('n2')], egressIPAMs: [anEgressIPAM(['10.0.0.0/28=a', '10.0.1.0/28=a'])], namespaces: [aNamespace('shop')] }));
  const asking = { ...settled, namespaces: settled.namespaces.map((namespace) => ({ ...namespace, egressIPs: '10.0.0.5,10.0.1.1' })) };

  it('is hosted and bound before the other leaves, and no step waits for one that waits for it', () => {
    const { steps } = plan(asking);
    const position = new Map(steps.map(({ id }, index) => [id, index]));
    for (const { id, after } of steps) for (const before of after) expect(position.get(before), `${before} comes before ${id}`).toBeLessThan(position.get(id) ?? -1);
    expect(steps.map(({ id }) => id)).toEqual(['remember/pool', 'annotate/shop', 'host/n1/then', 'claim/shop', 'host/n1/last']);
    expect(settle(asking).hostSubnets.map(({ egressIPs }) => egressIPs)).toEqual([['10.0.0.5'], ['10.0.1.1']]);
  });
});

describe('an address that lies in no CIDR any more', () => {
  it('law 9: an address that a pool of one CIDR has no longer stays on record, and goes with its namespace', () => {
    const two = settle(aSnapshot({ nodes: [aNode('n1'), aNode('n2', 'b')], egressIPAMs: [anEgressIPAM(['10.0.0.0/28=a', '10.0.1.0/28=b'])], namespaces: [aNamespace('shop')] }));
    const shrunk = settle({ ...two, egressIPAMs: two.egressIPAMs.map((pool) => ({ ...pool, cidrAssignments: pool.cidrAssignments.slice(0, 1) })) });
    const recorded = (snapshot: ClusterSnapshot): readonly (string | undefined)[] => snapshot.hostSubnets.map(({ hostedIPs }) => hostedIPs).filter((text) => text !== undefined);
    expect(recorded(shrunk)).toEqual(['10.0.1.1=shop']);
    expect(plan(shrunk).steps).toEqual([]);
    const gone = settle({ ...shrunk, namespaces: [], netNamespaces: [] });
    expect(gone.hostSubnets.flatMap(({ egressIPs }) => egressIPs)).not.toContain('10.0.1.1');
    expect(recorded(gone)).toEqual([]);
  });

  it('law 2: OpenShift SDN goes on placing an address that its pool of one CIDR has no longer, until it is given back', () => {
    const wide = settle(aSnapshot({ nodes: ['n1', 'n2'].map((name) => aNode(name)), egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a'])], namespaces: [{ ...aNamespace('shop'), egressIPs: '10.0.0.200' }] }));
    const carried = { ...wide, hostSubnets: wide.hostSubnets.map((entry) => (entry.name === 'n1' ? { ...entry, egressIPs: ['10.0.0.200'] } : entry)) };
    const narrow = settle({ ...carried, egressIPAMs: carried.egressIPAMs.map((pool) => ({ ...pool, cidrAssignments: [{ CIDR: '10.0.0.0/25', labelValue: 'a' }] })) });
    const cidrs = (snapshot: ClusterSnapshot): readonly (readonly string[])[] => snapshot.hostSubnets.map(({ egressCIDRs }) => egressCIDRs);
    expect(cidrs(narrow)).toEqual([['10.0.0.0/25', '10.0.0.200/32'], ['10.0.0.0/25', '10.0.0.200/32']]);
    expect(narrow.netNamespaces.map(({ egressIPs }) => egressIPs)).toEqual([['10.0.0.200']]);
    expect(plan(narrow).findings).toContainEqual(expect.objectContaining({ code: 'AddressOutOfPool' }));
    // The SDN moves it: for a moment nobody hosts it.
    const moving = { ...narrow, hostSubnets: narrow.hostSubnets.map((entry) => ({ ...entry, egressIPs: [] })) };
    expect(plan(moving).steps).toEqual([]);
    const optedOut = { ...narrow, namespaces: narrow.namespaces.map(({ egressIPAM: _egressIPAM, ...rest }) => rest) };
    expect(readySteps(plan(optedOut)).map(({ id }) => id)).toEqual(['claim/shop']);
    expect(cidrs(settle(optedOut))).toEqual([['10.0.0.0/25'], ['10.0.0.0/25']]);
  });
});

describe('a write of unknown outcome', () => {
  const settled = settle(aSnapshot({ nodes: ['n1', 'n2', 'n3'].map((name) => aNode(name)), egressIPAMs: [anEgressIPAM(['10.0.0.0/28=a', '10.0.1.0/28=a'])], namespaces: [aNamespace('shop')] }));
  const lost = settled.hostSubnets.find(({ egressIPs }) => egressIPs.length > 0);
  const [address = ''] = lost?.egressIPs ?? [];
  const withHost = (name: string | undefined, more: object): ClusterSnapshot => ({ ...settled, hostSubnets: settled.hostSubnets.map((entry) => (entry.name === name ? { ...entry, ...more } : entry)) });

  it('that may have put an address on a node that is lost is made sure of before another node hosts it', () => {
    const { hostedIPs: _hostedIPs, ...bare } = lost ?? { name: '', egressIPs: [] };
    const inDoubt: ClusterSnapshot = {
      ...settled,
      nodes: settled.nodes.map((node) => (node.name === lost?.name ? { ...node, ready: false } : node)),
      netNamespaces: settled.netNamespaces.map((entry) => ({ ...entry, egressIPs: [] })),
      hostSubnets: settled.hostSubnets.map((entry) => (entry.name === lost?.name ? { ...bare, hostIP: entry.hostIP, egressCIDRs: [], egressIPs: [], unconfirmed: [address] } : entry)),
    };
    expect(plan(inDoubt).steps.filter(({ kind }) => kind === 'host').map(({ id, after }) => ({ id, after }))).toContainEqual({ id: `host/${lost?.name}`, after: [] });
    const end = settle(inDoubt);
    expect(plan(end).steps).toEqual([]);
    expect(end.hostSubnets.filter(({ egressIPs }) => egressIPs.includes(address)).map(({ name }) => name)).toEqual(['n3']);
    expect(end.netNamespaces[0]?.egressIPs).toContain(address);
  });

  it('that may have put an address of a namespace beside the node that carries it is undone, and one of nobody too', () => {
    const other = settled.hostSubnets.find(({ egressIPs }) => !egressIPs.includes(address))?.name;
    for (const perhaps of [address, '10.0.0.9']) {
      const end = settle(withHost(other, { unconfirmed: [perhaps] }));
      expect([plan(end).steps, end.hostSubnets.map(({ unconfirmed }) => unconfirmed)]).toEqual([[], [undefined, undefined, undefined]]);
      expect(end.hostSubnets.map(({ egressIPs }) => egressIPs)).toEqual(settled.hostSubnets.map(({ egressIPs }) => egressIPs));
    }
  });

  it('that may have bound an address which its namespace no longer has is made sure of', () => {
    const inDoubt: ClusterSnapshot = { ...settled, netNamespaces: settled.netNamespaces.map((entry) => ({ ...entry, unconfirmed: ['10.0.0.9'] })) };
    expect(plan(inDoubt).steps.map(({ id }) => id)).toEqual(['claim/shop']);
    expect(plan(settle(inDoubt)).steps).toEqual([]);
  });
});
