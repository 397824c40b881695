import type { Resource } from '@egressip-ipam/kube';

export * from '../../../src/network/resources.ts';
export * from './network-resources.ts';

/** The secret with the cloud's credentials. */
export const secrets: Resource = { group: '', version: 'v1', plural: 'secrets', kind: 'Secret', namespaced: true };
/** Asks OpenShift for cloud credentials. */
export const credentialsRequests: Resource = {
  group: 'cloudcredential.openshift.io',
  version: 'v1',
  plural: 'credentialsrequests',
  kind: 'CredentialsRequest',
  namespaced: true,
};
/** OpenShift's groups of machines, which name subnets. */
export const machineSets: Resource = {
  group: 'machine.openshift.io',
  version: 'v1beta1',
  plural: 'machinesets',
  kind: 'MachineSet',
  namespaced: true,
};
/** OVN-Kubernetes' filter of what leaves a namespace: one object, named `default`, per namespace. */
export const egressFirewalls: Resource = {
  group: 'k8s.ovn.org',
  version: 'v1',
  plural: 'egressfirewalls',
  kind: 'EgressFirewall',
  namespaced: true,
};
/** Pods as Cilium's agents know them. */
export const ciliumEndpoints: Resource = {
  group: 'cilium.io',
  version: 'v2',
  plural: 'ciliumendpoints',
  kind: 'CiliumEndpoint',
  namespaced: true,
};
/** Nodes, as Cilium's agents know them. */
export const ciliumNodes: Resource = {
  group: 'cilium.io',
  version: 'v2',
  plural: 'ciliumnodes',
  kind: 'CiliumNode',
  namespaced: false,
};
/** What the operator wishes of agents on nodes, and what they report. */
export const egressNodes: Resource = {
  group: 'redhatcop.redhat.io',
  version: 'v1alpha1',
  plural: 'egressnodes',
  kind: 'EgressNode',
  namespaced: false,
};
