import type { BuiltIn } from './import-plug-in.ts';

/**
 * The providers that come with the operator, and the platforms that it knows by them. None loads a cloud's SDK before
 * it is made.
 */
export const builtInProviders: BuiltIn = {
  baremetal: () => import('@egressip-ipam/provider-baremetal'),
  aws: () => import('@egressip-ipam/provider-aws'),
  agent: () => import('@egressip-ipam/provider-agent'),
  azure: async () => (await import('@egressip-ipam/provider-cluster-attached')).azure,
  gcp: async () => (await import('@egressip-ipam/provider-cluster-attached')).gcp,
  ibmcloud: async () => (await import('@egressip-ipam/provider-cluster-attached')).ibmcloud,
  alibabacloud: async () => (await import('@egressip-ipam/provider-cluster-attached')).alibabacloud,
  openstack: async () => (await import('@egressip-ipam/provider-cluster-attached')).openstack,
};
