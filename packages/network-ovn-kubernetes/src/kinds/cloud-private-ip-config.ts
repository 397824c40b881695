import { parseAddress, type Address, type NetworkEntry, type NetworkKind } from '@egressip-ipam/core';
import { asRecord, beginningOf, ObjectReader, type Read } from '@egressip-ipam/core/plugin';

/** What the cluster's own controller asks the cloud for (cloud.network.openshift.io/v1). Read, never written. */
export interface CloudPrivateIPConfigEntry extends NetworkEntry {
  /** RFC 3339. */
  readonly createdAt?: string;
  readonly deletedAt?: string;
  /** Counts the changes of its spec, which is its node. */
  readonly generation?: number;
  readonly specNode?: string;
  readonly statusNode?: string;
  /** Status, reason and message of the condition `Assigned`. */
  readonly assigned?: string;
  readonly reason?: string;
  readonly message?: string;
}

/** The kind CloudPrivateIPConfig; only clusters on clouds have it. */
export const cloudPrivateIPConfigKind: NetworkKind<CloudPrivateIPConfigEntry> = {
  resource: {
    group: 'cloud.network.openshift.io',
    version: 'v1',
    plural: 'cloudprivateipconfigs',
    kind: 'CloudPrivateIPConfig',
  },
  optional: true,
  verbs: ['get', 'list', 'watch'],
  read: readCloudPrivateIPConfig,
};

function readCloudPrivateIPConfig(object: unknown): Read<CloudPrivateIPConfigEntry> {
  const reader = new ObjectReader(object, 'CloudPrivateIPConfig');
  const createdAt = reader.text('metadata', 'creationTimestamp');
  const deletedAt = reader.text('metadata', 'deletionTimestamp');
  const generation = reader.number('metadata', 'generation');
  const specNode = reader.word('spec', 'node');
  const statusNode = reader.word('status', 'node');
  const conditions = reader.list('status', 'conditions').map(asRecord);
  const { status, reason, message } = conditions.find(({ type }) => type === 'Assigned') ?? {};
  const said = (text: unknown): string | undefined => (typeof text === 'string' ? beginningOf(text) : undefined);
  const [isAssigned, why, words] = [said(status), said(reason), said(message)];
  return reader.result({
    name: reader.name,
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(deletedAt === undefined ? {} : { deletedAt }),
    ...(generation === undefined ? {} : { generation }),
    ...(specNode === undefined ? {} : { specNode }),
    ...(statusNode === undefined ? {} : { statusNode }),
    ...(isAssigned === undefined ? {} : { assigned: isAssigned }),
    ...(why === undefined ? {} : { reason: why }),
    ...(words === undefined ? {} : { message: words }),
  });
}

/** The address of an object's name: IPv4 text, or IPv6 in full with dots for colons. */
export function addressOfConfig({ name }: NetworkEntry): Address | undefined {
  const expandedIPv6 = /^[0-9a-f]{4}(?:\.[0-9a-f]{4}){7}$/;
  return parseAddress(expandedIPv6.test(name) ? name.replaceAll('.', ':') : name);
}
