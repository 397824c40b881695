import type { ResourceReference } from '@egressip-ipam/core';

/** A pod as Cilium's agents know it: what its policies are for. Host-network pods have none. Counted, never read. */
export const ciliumEndpoints: ResourceReference = {
  group: 'cilium.io',
  version: 'v2',
  plural: 'ciliumendpoints',
  kind: 'CiliumEndpoint',
};
