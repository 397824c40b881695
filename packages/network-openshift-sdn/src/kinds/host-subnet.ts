import { type NetworkEntry, type NetworkKind } from '@egressip-ipam/core';
import { ObjectReader, type Read } from '@egressip-ipam/core/plugin';
import { hostedCIDRsAnnotation, hostedIPsAnnotation } from './names.ts';

/** OpenShift SDN's object per node, named like it (network.openshift.io/v1). */
export interface HostSubnetEntry extends NetworkEntry {
  /** The node's own address. */
  readonly hostIP: string;
  /** The network of the node's pods. */
  readonly subnet?: string;
  readonly egressIPs: readonly string[];
  /** CIDRs whose addresses the SDN itself puts into `egressIPs`. */
  readonly egressCIDRs: readonly string[];
  /** Our record of what we put into `egressIPs`, raw: `IP=NAMESPACE,…`. */
  readonly hostedIPs?: string;
  /** Our record of what we put into `egressCIDRs`, raw: `CIDR,…`. */
  readonly hostedCIDRs?: string;
}

/** The kind HostSubnet. */
export const hostSubnetKind: NetworkKind<HostSubnetEntry> = {
  resource: { group: 'network.openshift.io', version: 'v1', plural: 'hostsubnets', kind: 'HostSubnet' },
  otherApiVersions: ['v1'],
  belongsTo: 'node',
  verbs: ['get', 'list', 'watch', 'patch'],
  read: readHostSubnet,
};

function readHostSubnet(object: unknown): Read<HostSubnetEntry> {
  const reader = new ObjectReader(object, 'HostSubnet');
  const subnet = reader.text('subnet') ?? '';
  const hostedIPs = reader.text('metadata', 'annotations', hostedIPsAnnotation);
  const hostedCIDRs = reader.text('metadata', 'annotations', hostedCIDRsAnnotation);
  return reader.result({
    name: reader.name,
    hostIP: reader.text('hostIP') ?? '',
    ...(subnet === '' ? {} : { subnet }),
    egressIPs: reader.texts('egressIPs'),
    egressCIDRs: reader.texts('egressCIDRs'),
    ...(hostedIPs === undefined ? {} : { hostedIPs }),
    ...(hostedCIDRs === undefined ? {} : { hostedCIDRs }),
  });
}
