import { clusterAttached } from './cluster-attached.ts';

/**
 * OpenStack, where each address is an allowed address pair of a port. What a subnet keeps for itself is not the same
 * everywhere.
 */
export const openstack = clusterAttached({
  name: 'openstack',
  platforms: { types: ['OpenStack'], providerIDPrefixes: ['openstack://'] },
});
