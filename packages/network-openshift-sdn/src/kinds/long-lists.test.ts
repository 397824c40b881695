import { describe, expect, it } from 'vitest';
import { aNamespace, aNode, anEgressIPAM, readySteps } from '@egressip-ipam/core/testing';
import { aHostSubnet, onSdn, planOf, settled } from '../testing/builders.ts';
import { hostSubnetKind } from './host-subnet.ts';
import { netNamespaceKind } from './net-namespace.ts';

/** Addresses of 10.1.0.0/16, and one of the pool at the end. */
const addresses = [...Array.from({ length: 60_000 }, (_, index) => `10.1.${index >> 8}.${index & 255}`), '10.0.0.1'];
const metadata = { name: 'a' };
const record = { 'egressip-ipam-operator.redhat-cop.io/hosted-ips': '10.0.0.1=shop' };

function readHost(fields: object) {
  const read = hostSubnetKind.read({ metadata, host: 'a', hostIP: '10.2.0.1', ...fields });
  if (!read.ok) throw new Error('it is not read');
  return { entry: read.value, problems: read.problems };
}

function readNet(egressIPs: readonly string[]) {
  const read = netNamespaceKind.read({ metadata: { name: 'shop' }, netid: 5, egressIPs });
  if (!read.ok) throw new Error('it is not read');
  return read.value;
}

const parts = {
  egressIPAMs: [anEgressIPAM(['10.0.0.0/29=a', '10.0.1.0/29=a'])],
  nodes: [aNode('a'), aNode('b'), aNode('c')],
  namespaces: [aNamespace('shop')],
};
const idle = [aHostSubnet('b'), aHostSubnet('c')];

describe('a HostSubnet with more addresses than OpenShift SDN carries', () => {
  it('leaves little, and says how many it has', () => {
    const { entry, problems } = readHost({ egressIPs: addresses });
    expect(JSON.stringify(entry).length).toBeLessThan(5_000);
    expect(problems).toMatchObject([{ field: 'egressIPs', message: expect.stringContaining('60001 entries') }]);
  });

  it('is never written, its node is not used, and nobody is given what it names', () => {
    const { entry } = readHost({ egressIPs: addresses });
    const { allocations, steps } = planOf(onSdn(parts, [entry, ...idle]));
    expect(allocations).toMatchObject([{ addresses: ['10.0.0.2', '10.0.1.1'], nodes: ['b', 'c'] }]);
    expect(steps.filter(({ object }) => object.kind === 'HostSubnet' && object.name === 'a')).toEqual([]);
  });

  it.each([
    ['addresses', { egressIPs: addresses.toReversed() }],
    ['CIDRs', { egressIPs: ['10.0.0.1'], egressCIDRs: addresses.map((address) => `${address}/32`) }],
  ])('keeps what it carries of a namespace: too many %s', (_what, lists) => {
    const served = settled(onSdn(parts, [aHostSubnet('a'), ...idle]));
    const { entry } = readHost({ metadata: { ...metadata, annotations: record }, ...lists });
    const objects = { ...served.network.objects, HostSubnet: withHost(served, entry) };
    const now = planOf({ ...served, network: { ...served.network, objects } });
    expect(now.allocations).toMatchObject([{ addresses: ['10.0.0.1', '10.0.1.1'] }]);
    // It is to go to another node, and waits there until it may leave this one.
    expect(readySteps(now)).toEqual([]);
  });

  it('leaves nothing of texts that are no address and no network', () => {
    const long = 'x'.repeat(500_000);
    const { entry } = readHost({ hostIP: long, subnet: long, egressIPs: [long], egressCIDRs: [long] });
    expect(JSON.stringify(entry).length).toBeLessThan(200);
  });

  it.each([10_000, 1])('is read whole with %d of them', (count) => {
    const { entry, problems } = readHost({ egressIPs: addresses.slice(0, count) });
    expect([entry.egressIPs.length, entry.others, problems]).toEqual([count, undefined, []]);
  });
});

function withHost({ network: { objects } }: ReturnType<typeof settled>, entry: { readonly name: string }) {
  return (objects['HostSubnet'] ?? []).map((other) => (other.name === entry.name ? entry : other));
}

describe('a NetNamespace with more addresses than a project can leave by', () => {
  it('is never written, and its namespace is told why it waits', () => {
    const { allocations, waiting, steps } = planOf(onSdn(parts, [aHostSubnet('a'), ...idle], [readNet(addresses)]));
    expect([allocations, steps]).toEqual([[], []]);
    expect(waiting).toMatchObject([{ reason: { message: expect.stringContaining('NetNamespace shop has more') } }]);
  });

  it('has what it names to itself', () => {
    const namespaces = [aNamespace('web', 2)];
    const { allocations } = planOf(onSdn({ ...parts, namespaces }, [aHostSubnet('a'), ...idle], [readNet(addresses)]));
    expect(allocations).toMatchObject([{ addresses: ['10.0.0.2', '10.0.1.1'] }]);
  });

  it('is not written when its namespace lets go, and keeps the addresses from others', () => {
    const served = settled(onSdn(parts, [aHostSubnet('a'), ...idle]));
    const own = { ...readNet(['10.0.0.1', '10.0.1.1', ...addresses]) };
    const objects = { ...served.network.objects, NetNamespace: [own] };
    const now = planOf({ ...served, namespaces: [aNamespace('web', 2)], network: { ...served.network, objects } });
    expect(now.steps.filter(({ object }) => object.kind === 'NetNamespace' && object.name === 'shop')).toEqual([]);
    expect(now.allocations.flatMap(({ addresses: given }) => given)).not.toContain('10.0.0.1');
  });
});
