import type { NetworkKind, ResourceReference } from '@egressip-ipam/core';
import type { Resource } from '@egressip-ipam/kube';

/** The pools. */
export const egressIPAMs: Resource = {
  group: 'redhatcop.redhat.io',
  version: 'v1alpha1',
  plural: 'egressipams',
  kind: 'EgressIPAM',
  namespaced: false,
};
/** Namespaces, which claim. */
export const namespaces: Resource = {
  group: '',
  version: 'v1',
  plural: 'namespaces',
  kind: 'Namespace',
  namespaced: false,
};
/** Nodes, which carry. */
export const nodes: Resource = { group: '', version: 'v1', plural: 'nodes', kind: 'Node', namespaced: false };
/** OpenShift's description of what it runs on. */
export const infrastructures: Resource = {
  group: 'config.openshift.io',
  version: 'v1',
  plural: 'infrastructures',
  kind: 'Infrastructure',
  namespaced: false,
};
/** OpenShift's description of its network. */
export const networks: Resource = {
  group: 'config.openshift.io',
  version: 'v1',
  plural: 'networks',
  kind: 'Network',
  namespaced: false,
};
const serviceCIDRsIn = (version: string): Resource => ({
  group: 'networking.k8s.io',
  version,
  plural: 'servicecidrs',
  kind: 'ServiceCIDR',
  namespaced: false,
});
/** Kubernetes' description of the network of Services, as it is served now and was before. */
export const serviceCIDRs = [serviceCIDRsIn('v1'), serviceCIDRsIn('v1beta1')] as const;
/** What answers for addresses outside, too. */
export const services: Resource = { group: '', version: 'v1', plural: 'services', kind: 'Service', namespaced: true };
/** What back ends may look into. */
export const configMaps: Resource = {
  group: '',
  version: 'v1',
  plural: 'configmaps',
  kind: 'ConfigMap',
  namespaced: true,
};
/** The definitions of kinds. */
export const definitions: Resource = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
};
/** Renewed by the kubelet of each node, in the namespace kube-node-lease. */
export const nodeLeases: Resource = {
  group: 'coordination.k8s.io',
  version: 'v1',
  plural: 'leases',
  kind: 'Lease',
  namespaced: true,
};

/** A kind that a back end reads, for a client. */
export function resourceRead({ resource, namespace, inAnyNamespace }: NetworkKind): Resource {
  return resourceOf(resource, namespace !== undefined || inAnyNamespace === true);
}

/** A kind as a back end or a provider names it, for a client. */
export function resourceOf(reference: ResourceReference, namespaced: boolean): Resource {
  return { ...reference, namespaced };
}

/** The group of an `apiVersion`; empty for Kubernetes' first one. */
export function groupOf(apiVersion: string): string {
  return apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')));
}
