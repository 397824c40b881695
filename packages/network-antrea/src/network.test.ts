import { describeNetworkBackend } from '@egressip-ipam/core/testing';
import { describe, it } from 'vitest';
import { network } from './network.ts';
import { antreaAtWork, dressed } from './testing/antrea-at-work.ts';

describeNetworkBackend({
  name: 'Antrea',
  backend: network,
  dressNode: dressed,
  react: antreaAtWork,
  runs: Number(process.env['LAW_RUNS'] ?? 40),
  describe,
  it: (law, body) => {
    it(law, body, 300_000);
  },
  skip: it.skip,
});
