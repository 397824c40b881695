import { describeNetworkBackend } from '@egressip-ipam/core/testing';
import { describe, it } from 'vitest';
import { network } from './network.ts';
import { assign, dressed } from './testing/ovn-at-work.ts';

describeNetworkBackend({
  name: 'OVN-Kubernetes',
  backend: network,
  dressNode: dressed,
  react: assign,
  runs: Number(process.env['LAW_RUNS'] ?? 40),
  describe,
  it: (law, body) => {
    it(law, body, 300_000);
  },
  skip: it.skip,
});
