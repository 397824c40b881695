import { ObjectReader, type NetworkEntry, type NetworkKind, type Read } from '@egressip-ipam/core';

/** OpenShift SDN's object per namespace, named like it; the SDN makes it (network.openshift.io/v1). */
export interface NetNamespaceEntry extends NetworkEntry {
  /** What the namespace's traffic is bound to. */
  readonly egressIPs: readonly string[];
  /** The number of its network, by which the SDN binds; several projects may be joined to one, 0 is that of all. */
  readonly netid?: number;
}

/** The kind NetNamespace. */
export const netNamespaceKind: NetworkKind<NetNamespaceEntry> = {
  resource: { group: 'network.openshift.io', version: 'v1', plural: 'netnamespaces', kind: 'NetNamespace' },
  otherApiVersions: ['v1'],
  belongsTo: 'namespace',
  verbs: ['get', 'list', 'watch', 'patch'],
  read: readNetNamespace,
};

function readNetNamespace(object: unknown): Read<NetNamespaceEntry> {
  const reader = new ObjectReader(object, 'NetNamespace');
  const netid = reader.number('netid');
  return reader.result({
    name: reader.name,
    egressIPs: reader.texts('egressIPs'),
    ...(netid === undefined ? {} : { netid }),
  });
}
