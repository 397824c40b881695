import type { ClusterSnapshot, NetworkEntry, NodeSnapshot } from '@egressip-ipam/core';
import { describeNetworkBackend } from '@egressip-ipam/core/testing';
import { describe, it } from 'vitest';
import type { CiliumNodeEntry } from './kinds/cilium-node.ts';
import { network } from './network.ts';
import { settings } from './testing/cluster.ts';

const runs = Number(process.env['LAW_RUNS'] ?? 40);
const withHostname = (node: NodeSnapshot): NodeSnapshot => ({
  ...node,
  labels: { ...node.labels, 'kubernetes.io/hostname': node.name },
});
/** Each node's own agent copies what its Node says, as long as it runs. */
const withCiliumNodes = (snapshot: ClusterSnapshot): ClusterSnapshot => {
  const { objects } = snapshot.network;
  const told = snapshot.nodes.flatMap(({ name, ready, labels }): readonly NetworkEntry[] => {
    const before = objects['CiliumNode']?.find((entry) => entry.name === name);
    const now: CiliumNodeEntry = {
      name,
      hostname: labels['kubernetes.io/hostname'] ?? '',
      podCIDRs: [],
      addresses: [],
    };
    return ready ? [now] : before === undefined ? [] : [before];
  });
  return { ...snapshot, network: { ...snapshot.network, objects: { ...objects, CiliumNode: told } } };
};
const suite = {
  backend: network,
  dressNode: withHostname,
  describe,
  it: (law: string, body: () => void) => {
    it(law, body, 300_000);
  },
  skip: it.skip,
};

describeNetworkBackend({ ...suite, name: 'Cilium', settings, runs });
describeNetworkBackend({
  ...suite,
  name: 'Cilium with one gateway',
  settings: { ...settings, severalGateways: false },
  runs: Math.ceil(runs / 4),
});
describeNetworkBackend({
  ...suite,
  name: 'Cilium whose agents tell of their nodes',
  settings,
  react: withCiliumNodes,
  runs: Math.ceil(runs / 4),
});
