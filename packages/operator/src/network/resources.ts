import type { Resource } from '@egressip-ipam/kube';

/** The pools. */
export const egressIPAMs: Resource = { group: 'redhatcop.redhat.io', version: 'v1alpha1', plural: 'egressipams', kind: 'EgressIPAM', namespaced: false };
/** Namespaces, which claim. */
export const namespaces: Resource = { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace', namespaced: false };
/** Nodes, which carry. */
export const nodes: Resource = { group: '', version: 'v1', plural: 'nodes', kind: 'Node', namespaced: false };
/** OpenShift SDN, per node. */
export const hostSubnets: Resource = { group: 'network.openshift.io', version: 'v1', plural: 'hostsubnets', kind: 'HostSubnet', namespaced: false };
/** OpenShift SDN, per namespace. */
export const netNamespaces: Resource = { group: 'network.openshift.io', version: 'v1', plural: 'netnamespaces', kind: 'NetNamespace', namespaced: false };
/** OVN-Kubernetes. */
export const egressIPs: Resource = { group: 'k8s.ovn.org', version: 'v1', plural: 'egressips', kind: 'EgressIP', namespaced: false };
/** The cloud network config controller. */
export const cloudPrivateIPConfigs: Resource = { group: 'cloud.network.openshift.io', version: 'v1', plural: 'cloudprivateipconfigs', kind: 'CloudPrivateIPConfig', namespaced: false };
/** OpenShift's description of what it runs on. */
export const infrastructures: Resource = { group: 'config.openshift.io', version: 'v1', plural: 'infrastructures', kind: 'Infrastructure', namespaced: false };
/** OpenShift's description of its network. */
export const networks: Resource = { group: 'config.openshift.io', version: 'v1', plural: 'networks', kind: 'Network', namespaced: false };
/** The secret with the cloud's credentials. */
export const secrets: Resource = { group: '', version: 'v1', plural: 'secrets', kind: 'Secret', namespaced: true };
/** Asks OpenShift for cloud credentials. */
export const credentialsRequests: Resource = { group: 'cloudcredential.openshift.io', version: 'v1', plural: 'credentialsrequests', kind: 'CredentialsRequest', namespaced: true };
/** OpenShift's groups of machines, which name subnets. */
export const machineSets: Resource = { group: 'machine.openshift.io', version: 'v1beta1', plural: 'machinesets', kind: 'MachineSet', namespaced: true };
/** Renewed by the kubelet of each node, in the namespace kube-node-lease. */
export const nodeLeases: Resource = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases', kind: 'Lease', namespaced: true };
/** OVN-Kubernetes' filter of what leaves a namespace: one object, named `default`, per namespace. */
export const egressFirewalls: Resource = { group: 'k8s.ovn.org', version: 'v1', plural: 'egressfirewalls', kind: 'EgressFirewall', namespaced: true };
