// Computes which addresses three namespaces would get, without any cluster.
import { buildSnapshot, plan } from '@egressip-ipam/core';

const zone = 'topology.kubernetes.io/zone';
const nodes = ['north-1', 'north-2', 'south-1'].map((name, index) => ({
  name,
  labels: { [zone]: name.split('-')[0] },
  ready: true,
  addresses: [`192.168.0.${index + 1}`],
}));
const namespaces = ['billing', 'crm', 'web'].map((name, index) => ({
  name,
  createdAt: `2026-01-0${index + 1}T00:00:00Z`,
  egressIPAM: 'example',
}));
const snapshot = buildSnapshot({
  egressIPAMs: [
    {
      name: 'example',
      createdAt: '2026-01-01T00:00:00Z',
      topologyLabel: zone,
      cidrAssignments: [
        { CIDR: '10.1.0.0/28', labelValue: 'north' },
        { CIDR: '10.2.0.0/28', labelValue: 'south', reservedIPs: ['10.2.0.1-10.2.0.4'] },
      ],
    },
  ],
  nodes,
  namespaces,
});

for (const { namespace, addresses, nodes: carriers } of plan(snapshot).allocations) {
  console.log(`${namespace}: ${addresses.map((address, index) => `${address} on ${carriers[index]}`).join(', ')}`);
}
