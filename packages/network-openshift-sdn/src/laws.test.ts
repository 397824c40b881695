import { describeNetworkBackend } from '@egressip-ipam/core/testing';
import { entriesOf, withEntries } from '@egressip-ipam/core';
import { describe, it } from 'vitest';
import { hostSubnetKind } from './kinds/host-subnet.ts';
import { network } from './network.ts';

describeNetworkBackend({
  name: 'OpenShift SDN',
  backend: network,
  runs: Number(process.env['LAW_RUNS'] ?? 40),
  describe,
  it,
  skip: it.skip,
  hostByHand: (objects, node, address) => {
    const hostSubnets = entriesOf(objects, hostSubnetKind);
    if (!hostSubnets.some(({ name }) => name === node)) return undefined;
    const edited = hostSubnets.map((entry) =>
      entry.name === node ? { ...entry, egressIPs: [...entry.egressIPs, address] } : entry,
    );
    return withEntries(objects, hostSubnetKind, edited);
  },
});
