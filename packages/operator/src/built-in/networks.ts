import type { BuiltIn } from './import-plug-in.ts';

/** The networks that come with the operator. A deployment that names its network loads no other. */
export const builtInNetworks: BuiltIn = {
  antrea: () => import('@egressip-ipam/network-antrea'),
  cilium: () => import('@egressip-ipam/network-cilium'),
  'openshift-sdn': () => import('@egressip-ipam/network-openshift-sdn'),
  'ovn-kubernetes': () => import('@egressip-ipam/network-ovn-kubernetes'),
};

/** Short names of them, as people say them. */
export const shortNetworks: ReadonlyMap<string, string> = new Map([
  ['sdn', 'openshift-sdn'],
  ['ovn', 'ovn-kubernetes'],
]);
