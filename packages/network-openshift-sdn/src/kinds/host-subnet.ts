import { type NetworkEntry, type NetworkKind } from '@egressip-ipam/core';
import { ObjectReader, type RangeText, type Read } from '@egressip-ipam/core/plugin';
import { shorten } from './long-lists.ts';
import { hostedCIDRsAnnotation, hostedIPsAnnotation } from './names.ts';

/** OpenShift SDN's object per node, named like it (network.openshift.io/v1). */
export interface HostSubnetEntry extends NetworkEntry {
  /** The node's own address. */
  readonly hostIP: string;
  /** The network of the node's pods. */
  readonly subnet?: string;
  readonly egressIPs: readonly string[];
  /**
   * Where its lists are longer than the SDN ever carries: what else `egressIPs` names, in few ranges that may have more
   * than that. Nothing is written then, as each write says the whole of a list.
   */
  readonly others?: readonly RangeText[];
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

/** OpenShift is tested with as many projects: no node carries an address for each. */
const mostHosted = 10_000;
/** EgressIPAMs have 128 at the most, and few share a node. */
const mostCidrs = 1_024;

function readHostSubnet(object: unknown): Read<HostSubnetEntry> {
  const reader = new ObjectReader(object, 'HostSubnet');
  const subnet = reader.word('subnet') ?? '';
  const hostedIPs = reader.text('metadata', 'annotations', hostedIPsAnnotation);
  const hostedCIDRs = reader.text('metadata', 'annotations', hostedCIDRsAnnotation);
  const { texts: egressIPs, others } = shorten(reader, 'egressIPs', mostHosted, hostedIPs);
  const egressCIDRs = shorten(reader, 'egressCIDRs', mostCidrs, hostedCIDRs);
  const isShort = others === undefined && egressCIDRs.others === undefined;
  return reader.result({
    name: reader.name,
    hostIP: reader.word('hostIP') ?? '',
    ...(subnet === '' ? {} : { subnet }),
    egressIPs,
    ...(isShort ? {} : { others: others ?? [] }),
    egressCIDRs: egressCIDRs.texts,
    ...(hostedIPs === undefined ? {} : { hostedIPs }),
    ...(hostedCIDRs === undefined ? {} : { hostedCIDRs }),
  });
}
