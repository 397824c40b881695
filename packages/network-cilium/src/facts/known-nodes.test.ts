import { plan, type ClusterSnapshot } from '@egressip-ipam/core';
import { settle } from '@egressip-ipam/core/simulate';
import { aNamespace } from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
import { ciliumNodeKind } from '../kinds/cilium-node.ts';
import { network } from '../network.ts';
import { aCluster, aGateway, settings } from '../testing/cluster.ts';

const aCiliumNode = (name: string, hostname: string | undefined = name): object => ({
  metadata: { name, labels: hostname === undefined ? {} : { 'kubernetes.io/hostname': hostname } },
});

/** The same cluster, of which Cilium has these CiliumNodes. */
function withCiliumNodes(snapshot: ClusterSnapshot, ...objects: readonly object[]): ClusterSnapshot {
  const told = objects.flatMap((object) => {
    const read = ciliumNodeKind.read(object);
    return read.ok ? [read.value] : [];
  });
  return {
    ...snapshot,
    network: { ...snapshot.network, objects: { ...snapshot.network.objects, CiliumNode: told } },
  };
}

const cluster = aCluster({ namespaces: [aNamespace('team')] });
const settled = settle(cluster, network);
const findingsOf = (snapshot: ClusterSnapshot): readonly string[] =>
  plan(snapshot, network).findings.map(({ code, object }) => `${code} ${object.name}`);
const nodesOf = (snapshot: ClusterSnapshot): readonly (string | null)[] =>
  plan(settle(snapshot, network), network).allocations.flatMap(({ nodes }) => nodes);

describe('the nodes that Cilium knows', () => {
  it('are all, where it tells of none', () => {
    expect(nodesOf(cluster)).toEqual(['node1', 'node3']);
    expect(findingsOf(cluster)).toEqual([]);
  });

  it('are those with a CiliumNode: another gets no addresses, and it is said', () => {
    const partly = withCiliumNodes(cluster, aCiliumNode('node2'), aCiliumNode('node3'));
    expect(nodesOf(partly)).toEqual(['node2', 'node3']);
    expect(findingsOf(partly)).toEqual(['CiliumNodeMissing node1']);
  });

  it('law 12: an address whose node Cilium knows no more is not called carried, and goes to another', () => {
    const gone = withCiliumNodes(settled, aCiliumNode('node2'), aCiliumNode('node3'));
    expect(plan(settled, network).allocations).toMatchObject([{ nodes: ['node1', 'node3'], carried: true }]);
    expect(plan(gone, network).allocations).toMatchObject([{ carried: false }]);
    expect(nodesOf(gone)).toEqual(['node2', 'node3']);
  });

  it('law 2: where no other is left, the namespace keeps the address, its policy stays, and it is not called carried', () => {
    const gone = withCiliumNodes(settled, aCiliumNode('node3'));
    const { allocations, steps, findings } = plan(settle(gone, network), network);
    expect(allocations).toMatchObject([{ addresses: ['10.0.0.1', '10.0.1.1'], carried: false }]);
    expect(steps).toEqual([]);
    expect(findings).toEqual(expect.arrayContaining([expect.objectContaining({ code: 'AddressNotPlaced' })]));
  });

  it('have the labels that their agents copied: policies select by these, also while the Node has others', () => {
    const relabelled = withCiliumNodes(cluster, aCiliumNode('node1', 'old'), aCiliumNode('node3'));
    const [policy] = settle(relabelled, network).network.objects['CiliumEgressGatewayPolicy'] ?? [];
    expect(policy).toMatchObject({
      gateways: [
        { egressIP: '10.0.0.1', nodeSelector: { matchLabels: { 'kubernetes.io/hostname': 'old' } } },
        { egressIP: '10.0.1.1', nodeSelector: { matchLabels: { 'kubernetes.io/hostname': 'node3' } } },
      ],
    });
    const unlabelled = withCiliumNodes(cluster, aCiliumNode('node1'), {
      metadata: { name: 'node2', labels: { zone: 'a' } },
    });
    expect(plan(unlabelled, network).findings).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({
          code: 'HostnameLabelMissing',
          object: { kind: 'Node', name: 'node2' },
          message: expect.stringContaining('though the Node has'),
        }),
      ]),
    );
  });

  it('are found by hostname the first by name first, also one whose Node is gone', () => {
    const all = ['node1', 'node2', 'node3'].map((name) => aCiliumNode(name));
    const shadowed = withCiliumNodes(cluster, ...all, aCiliumNode('gone', 'node1'));
    expect(nodesOf(shadowed)).toEqual(['node2', 'node3']);
    expect(findingsOf(shadowed)).toEqual(['HostnameLabelShared node1']);
    expect(findingsOf(withCiliumNodes(cluster, ...all, aCiliumNode('zone', 'node1')))).toEqual([]);
  });

  it('say nothing of a node that joins: no agent runs before it is Ready', () => {
    const nodes = [aGateway('node1'), aGateway('node2', 'a', { ready: false }), aGateway('node3', 'b')];
    const joining = aCluster({ namespaces: [aNamespace('team')], nodes });
    expect(findingsOf(withCiliumNodes(joining, aCiliumNode('node1'), aCiliumNode('node3')))).toEqual([]);
  });

  it('have the labels of their Nodes, where a CiliumNode has none at all', () => {
    const bare = withCiliumNodes(cluster, { metadata: { name: 'node1' } }, aCiliumNode('node3'));
    expect(nodesOf(bare)).toEqual(['node1', 'node3']);
    expect(findingsOf(withCiliumNodes(cluster, { metadata: { name: 'node3' } }))).toEqual([]);
  });

  it('have the labels of their Nodes in a snapshot that an earlier version saved', () => {
    const told = ['node1', 'node2', 'node3'].map((name) => ({ name, podCIDRs: [], addresses: [] }));
    const saved = aCluster({
      namespaces: [aNamespace('team')],
      network: { name: 'cilium', settings, objects: { CiliumNode: told } },
    });
    expect(nodesOf(saved)).toEqual(['node1', 'node3']);
    expect(findingsOf(saved)).toEqual([]);
  });
});
