import type { Resource } from '@egressip-ipam/kube';

const clusterScoped = (group: string, version: string, plural: string, kind: string): Resource => ({
  group,
  version,
  plural,
  kind,
  namespaced: false,
});

export const nodes = clusterScoped('', 'v1', 'nodes', 'Node');
export const namespaces = clusterScoped('', 'v1', 'namespaces', 'Namespace');
export const hostSubnets = clusterScoped('network.openshift.io', 'v1', 'hostsubnets', 'HostSubnet');
export const netNamespaces = clusterScoped('network.openshift.io', 'v1', 'netnamespaces', 'NetNamespace');
export const egressIps = clusterScoped('k8s.ovn.org', 'v1', 'egressips', 'EgressIP');
export const cloudPrivateIpConfigs = clusterScoped(
  'cloud.network.openshift.io',
  'v1',
  'cloudprivateipconfigs',
  'CloudPrivateIPConfig',
);
export const events: Resource = { group: '', version: 'v1', plural: 'events', kind: 'Event', namespaced: true };
export const ciliumEgressGatewayPolicies = clusterScoped(
  'cilium.io',
  'v2',
  'ciliumegressgatewaypolicies',
  'CiliumEgressGatewayPolicy',
);
export const ciliumNodes = clusterScoped('cilium.io', 'v2', 'ciliumnodes', 'CiliumNode');
export const egresses = clusterScoped('crd.antrea.io', 'v1beta1', 'egresses', 'Egress');
export const externalIpPools = clusterScoped('crd.antrea.io', 'v1beta1', 'externalippools', 'ExternalIPPool');
export const egressNodes = clusterScoped('redhatcop.redhat.io', 'v1alpha1', 'egressnodes', 'EgressNode');
export const leases: Resource = {
  group: 'coordination.k8s.io',
  version: 'v1',
  plural: 'leases',
  kind: 'Lease',
  namespaced: true,
};
