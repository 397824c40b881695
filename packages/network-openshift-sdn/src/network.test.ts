import { describeNetworkBackend } from '@egressip-ipam/core/testing';
import { describe, it } from 'vitest';
import { network } from './network.ts';
import { hostByHand, placeByCidr } from './testing/sdn-at-work.ts';

describeNetworkBackend({
  name: 'OpenShift SDN',
  backend: network,
  react: placeByCidr,
  hostByHand,
  runs: Number(process.env['LAW_RUNS'] ?? 40),
  describe,
  it: (law, body) => {
    it(law, body, 300_000);
  },
  skip: it.skip,
});
