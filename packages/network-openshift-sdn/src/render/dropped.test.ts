import type { ClusterSnapshot } from '@egressip-ipam/core';
import { aNamespace, aNode, anEgressIPAM } from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
import {
  aNetNamespace,
  applied,
  netNamespacesOf,
  onSdn,
  planOf,
  readyOf,
  settled,
  withHosts,
  withNets,
} from '../testing/builders.ts';

const nodes = [aNode('n1'), aNode('n2')];
const start = settled(
  onSdn({
    nodes,
    egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a', '10.0.1.0/24=a'])],
    namespaces: [aNamespace('shop'), aNamespace('web', 1)],
  }),
);
/** The cluster once somebody wrote a NetNamespace. */
const binding = (name: string, egressIPs: readonly string[]): ClusterSnapshot =>
  withNets(
    start,
    [...netNamespacesOf(start).filter((entry) => entry.name !== name), aNetNamespace(name, egressIPs)].sort((a, b) =>
      a.name < b.name ? -1 : 1,
    ),
  );
const carried = (cluster: ClusterSnapshot): unknown =>
  planOf(cluster).allocations.map(({ namespace, carried: isCarried, carrying }) => [namespace, isCarried, carrying]);

const { egressIPAM: _none, ...stranger } = aNamespace('stranger', 2);
const shop = ['10.0.0.1', '10.0.1.1'];
const web = ['10.0.0.2', '10.0.1.2'];
const well = [
  ['shop', true, undefined],
  ['web', true, undefined],
];

describe('law 12: what the SDN drops is not called carried', () => {
  it('all of a namespace one of whose addresses somebody bound to another, too, also where that is no namespace', () => {
    expect(carried(start)).toEqual(well);
    const bound = binding('stranger', ['10.0.0.1']);
    const dropped = [['shop', false, undefined], well[1]];
    expect(carried(bound)).toEqual(dropped);
    expect(planOf(bound).findings.map(({ code, object }) => [code, object.name])).toEqual([
      ['AddressConflict', 'shop'],
    ]);
    expect(carried({ ...bound, namespaces: [...bound.namespaces, stranger] })).toEqual(dropped);
  });

  it('both of two namespaces to which one address is bound, until it is taken from one', () => {
    const both = binding('web', [...web, '10.0.0.1']);
    expect(carried(both)).toEqual([
      ['shop', false, undefined],
      ['web', false, undefined],
    ]);
    expect(carried(applied(both, ...readyOf(both)))).toEqual(well);
  });

  it('an address that two HostSubnets name, and no other of its namespace', () => {
    const hosts = planOf(start).allocations.map(({ nodes: names }) => names);
    const other = hosts[0]?.[0] === 'n1' ? 'n2' : 'n1';
    const has = (node: string): readonly string[] =>
      [shop, web].flatMap((addresses, index) => addresses.filter((_, position) => hosts[index]?.[position] === node));
    const twice = withHosts(start, (entry) =>
      entry.name === other ? { ...entry, egressIPs: [...has(other), '10.0.0.1'] } : entry,
    );
    expect(carried(twice)).toEqual([['shop', false, ['10.0.1.1']], well[1]]);
  });
});
