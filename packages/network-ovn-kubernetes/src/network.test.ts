import { describeNetworkBackend } from '@egressip-ipam/core/testing';
import { describe, it } from 'vitest';
import { network } from './network.ts';
import { assign, dressed } from './testing/ovn-at-work.ts';

const runs = Number(process.env['LAW_RUNS'] ?? 40);
const suite = {
  backend: network,
  dressNode: dressed,
  react: assign,
  describe,
  it: (law: string, body: () => void) => {
    it(law, body, 300_000);
  },
  skip: it.skip,
};

describeNetworkBackend({ ...suite, name: 'OVN-Kubernetes', runs });
describeNetworkBackend({
  ...suite,
  name: 'OVN-Kubernetes whose EgressIPs select nodes',
  settings: { egressNodeSelector: true },
  // An EgressIP has one selector for all of its addresses.
  pinsBy: 'egressIPAM',
  runs: Math.ceil(runs / 4),
});
