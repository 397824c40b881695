import { plan, readObjects } from '@egressip-ipam/core';
import { aNamespace } from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
import { network } from '../network.ts';
import { aCluster, aGateway, settings } from '../testing/cluster.ts';

describe('a CIDR that meets pods of Cilium', () => {
  const messages = (parts: Parameters<typeof aCluster>[0]): readonly string[] =>
    plan(aCluster({ namespaces: [aNamespace('team')], ...parts }), network)
      .findings.filter(({ code }) => code === 'MeetsClusterNetwork')
      .map(({ message }) => message);

  it('is refused: its pool, and what nodes tell', () => {
    const pool = { name: 'cilium', settings: { ...settings, podNetworks: '10.0.1.0/24 fd00::/104' }, objects: {} };
    expect(messages({ network: pool })).toEqual([
      expect.stringContaining("10.0.1.0/24, Cilium's pool of pod addresses"),
    ]);
    const annotations = { 'network.cilium.io/ipv4-pod-cidr': '10.0.0.0/24', 'io.cilium.network.ipv6-pod-cidr': 'x' };
    const nodes = [aGateway('node1', 'a', { annotations }), aGateway('node2', 'b')];
    expect(messages({ nodes })).toEqual([expect.stringContaining('10.0.0.0/24, the pods of node node1')]);
    expect(messages({})).toEqual([]);
  });

  it('is refused, as CiliumNodes have their pods: by node or by pool, and never a node alone', () => {
    const told = (name: string, spec: object): object => ({
      apiVersion: 'cilium.io/v2',
      kind: 'CiliumNode',
      metadata: { name, labels: { 'kubernetes.io/hostname': name } },
      spec,
    });
    const withNodes = (...objects: readonly object[]): Parameters<typeof aCluster>[0] => ({
      network: { name: 'cilium', settings, objects: readObjects(objects, network).snapshot.network.objects },
    });
    expect(messages(withNodes(told('node1', { ipam: { podCIDRs: ['10.0.1.0/26', 'fd00::/80'] } })))).toEqual([
      expect.stringContaining('10.0.1.0/26, the pods of node node1'),
    ]);
    const pools = { allocated: [{ pool: 'blue', cidrs: ['10.0.0.0/27'] }, 5, { pool: 'x', cidrs: 'x' }] };
    expect(messages(withNodes(told('node9', { ipam: { pools } })))).toEqual([
      expect.stringContaining('10.0.0.0/27, the pods of node node9'),
    ]);
    const addresses = [{ type: 'InternalIP', ip: '10.0.0.1' }, { type: 'CiliumInternalIP', ip: 'nonsense' }, null];
    const cluster = withNodes(
      told('node1', { addresses, health: { ipv4: '10.0.0.2' }, ingress: { ipv4: '10.0.1.1' } }),
      told('node3', {}),
    );
    expect(messages(cluster)).toEqual([]);
    const { allocations } = plan(aCluster({ namespaces: [aNamespace('team')], ...cluster }), network);
    expect(allocations.map((allocation) => allocation.addresses)).toEqual([['10.0.0.3', '10.0.1.2']]);
  });
});
