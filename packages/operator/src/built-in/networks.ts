import type { BuiltIn } from './import-plug-in.ts';

/** The networks that come with the operator. A deployment that names its network loads no other. */
export const builtInNetworks: BuiltIn = {
  'openshift-sdn': () => import('@egressip-ipam/network-openshift-sdn'),
  'ovn-kubernetes': () => import('@egressip-ipam/network-ovn-kubernetes'),
};
