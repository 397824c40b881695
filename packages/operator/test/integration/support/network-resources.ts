import type { Resource } from '@egressip-ipam/kube';

/** OpenShift SDN, per node. */
export const hostSubnets: Resource = {
  group: 'network.openshift.io',
  version: 'v1',
  plural: 'hostsubnets',
  kind: 'HostSubnet',
  namespaced: false,
};
/** OpenShift SDN, per namespace. */
export const netNamespaces: Resource = {
  group: 'network.openshift.io',
  version: 'v1',
  plural: 'netnamespaces',
  kind: 'NetNamespace',
  namespaced: false,
};
/** OVN-Kubernetes. */
export const egressIPs: Resource = {
  group: 'k8s.ovn.org',
  version: 'v1',
  plural: 'egressips',
  kind: 'EgressIP',
  namespaced: false,
};
/** The cloud network config controller. */
export const cloudPrivateIPConfigs: Resource = {
  group: 'cloud.network.openshift.io',
  version: 'v1',
  plural: 'cloudprivateipconfigs',
  kind: 'CloudPrivateIPConfig',
  namespaced: false,
};
/** Cilium, per namespace and family. */
export const egressGatewayPolicies: Resource = {
  group: 'cilium.io',
  version: 'v2',
  plural: 'ciliumegressgatewaypolicies',
  kind: 'CiliumEgressGatewayPolicy',
  namespaced: false,
};
/** Antrea, per address. */
export const egresses: Resource = {
  group: 'crd.antrea.io',
  version: 'v1beta1',
  plural: 'egresses',
  kind: 'Egress',
  namespaced: false,
};
/** Antrea, per pool. */
export const externalIPPools: Resource = {
  group: 'crd.antrea.io',
  version: 'v1beta1',
  plural: 'externalippools',
  kind: 'ExternalIPPool',
  namespaced: false,
};
