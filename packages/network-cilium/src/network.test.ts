import type { NodeSnapshot } from '@egressip-ipam/core';
import { describeNetworkBackend } from '@egressip-ipam/core/testing';
import { describe, it } from 'vitest';
import { network } from './network.ts';
import { settings } from './testing/cluster.ts';

const runs = Number(process.env['LAW_RUNS'] ?? 40);
const withHostname = (node: NodeSnapshot): NodeSnapshot => ({
  ...node,
  labels: { ...node.labels, 'kubernetes.io/hostname': node.name },
});
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
