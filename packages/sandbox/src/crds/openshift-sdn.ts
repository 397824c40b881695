import { column, defineCrd } from './define-crd.ts';
import { int32, listOf, text } from './schema.ts';

const octet = '([0-9]|[0-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5])';
const ipv4 = `(${octet}\\.){3}${octet}`;
const address = text({ pattern: `^${ipv4}$` });
const cidr = text({ pattern: `^${ipv4}/([0-9]|[12][0-9]|3[0-2])$` });

/** A node of OpenShift SDN: its part of the pods' network, and the egress IPs that it hosts. */
export const hostSubnetCrd = defineCrd({
  group: 'network.openshift.io',
  version: 'v1',
  kind: 'HostSubnet',
  plural: 'hostsubnets',
  columns: [
    column('Host', '.host'),
    column('Host IP', '.hostIP'),
    column('Subnet', '.subnet'),
    column('Egress CIDRs', '.egressCIDRs'),
    column('Egress IPs', '.egressIPs'),
  ],
  required: ['host', 'hostIP', 'subnet'],
  fields: {
    egressCIDRs: listOf(cidr),
    egressIPs: listOf(address),
    host: text({ pattern: '^[a-z0-9.-]+$' }),
    hostIP: address,
    subnet: cidr,
  },
});

/** A namespace of OpenShift SDN: its network number, and the egress IPs that its traffic is bound to. */
export const netNamespaceCrd = defineCrd({
  group: 'network.openshift.io',
  version: 'v1',
  kind: 'NetNamespace',
  plural: 'netnamespaces',
  columns: [column('NetID', '.netid', 'integer'), column('Egress IPs', '.egressIPs')],
  required: ['netid', 'netname'],
  fields: {
    egressIPs: listOf(address),
    netid: int32({ maximum: 16777215, minimum: 0 }),
    netname: text({ pattern: '^[a-z0-9.-]+$' }),
  },
});
