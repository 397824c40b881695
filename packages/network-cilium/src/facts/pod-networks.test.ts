import { plan } from '@egressip-ipam/core';
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
});
