import { parseAddress, type Address, type NetworkEntry, type NetworkKind } from '@egressip-ipam/core';
import { ObjectReader } from '@egressip-ipam/core/plugin';

/** What the cluster's own controller asks the cloud for; only its name, which is the address, matters here. */
export const cloudPrivateIPConfigKind: NetworkKind = {
  resource: {
    group: 'cloud.network.openshift.io',
    version: 'v1',
    plural: 'cloudprivateipconfigs',
    kind: 'CloudPrivateIPConfig',
  },
  optional: true,
  verbs: ['get', 'list', 'watch'],
  read: (object) => {
    const reader = new ObjectReader(object, 'CloudPrivateIPConfig');
    return reader.result({ name: reader.name });
  },
};

/** The address that a CloudPrivateIPConfig is about; OpenShift SDN has IPv4 alone. */
export function addressOfConfig({ name }: NetworkEntry): Address | undefined {
  return parseAddress(name);
}
