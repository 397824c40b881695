import type { NetworkSnapshot } from '@egressip-ipam/core';
import { apiVersionOf, isForbidden, isNotFound, openApiDocument, ResourceClient, servedResources, type Resource, type RestClient } from '@egressip-ipam/kube';
import * as resources from './resources.ts';

/** Whether the cluster serves a kind. */
export async function isServed(rest: RestClient, resource: Resource): Promise<boolean> {
  const served = await servedResources(rest, apiVersionOf(resource));
  return served?.some(({ name }) => name === resource.plural) === true;
}

/**
 * Finds the network by what the cluster serves; where both are served, by what the cluster says, or else by
 * what there is: HostSubnets outlive a migration to OVN-Kubernetes. Undefined when it cannot be told yet.
 */
export async function chooseNetwork(rest: RestClient, chosen: NetworkSnapshot['kind'] | undefined): Promise<NetworkSnapshot | undefined> {
  if (chosen === 'openshift-sdn') return { kind: chosen };
  if (chosen === 'ovn-kubernetes') return ovnKubernetes(rest);
  const [sdn, ovn] = await Promise.all([isServed(rest, resources.hostSubnets), isServed(rest, resources.egressIPs)]);
  if (sdn && !ovn) return { kind: 'openshift-sdn' };
  if (ovn && !sdn) return ovnKubernetes(rest);
  if (!sdn) return undefined;
  const announced = await announcedNetwork(rest);
  if (announced !== undefined) return announced === 'ovn-kubernetes' ? ovnKubernetes(rest) : { kind: announced };
  const nodes = await new ResourceClient(rest, resources.nodes).listPage({ limit: 50 });
  const annotated = nodes.items.some(({ metadata }) => Object.keys(metadata.annotations ?? {}).some((key) => key.startsWith('k8s.ovn.org/')));
  if (annotated) return ovnKubernetes(rest);
  if (await hasAny(rest, resources.hostSubnets)) return { kind: 'openshift-sdn' };
  return (await hasAny(rest, resources.egressIPs)) ? ovnKubernetes(rest) : undefined;
}

/** What OpenShift says that its network is; undefined where it says nothing, or may not be asked. */
async function announcedNetwork(rest: RestClient): Promise<NetworkSnapshot['kind'] | undefined> {
  if (!(await isServed(rest, resources.networks))) return undefined;
  const network = await new ResourceClient(rest, resources.networks).get({ name: 'cluster' }).catch((error: unknown) => {
    if (isNotFound(error) || isForbidden(error)) return undefined;
    throw error;
  });
  const { networkType } = (network?.['status'] ?? {}) as { readonly networkType?: unknown };
  return networkType === 'OVNKubernetes' ? 'ovn-kubernetes' : networkType === 'OpenShiftSDN' ? 'openshift-sdn' : undefined;
}

async function hasAny(rest: RestClient, resource: Resource): Promise<boolean> {
  return (await new ResourceClient(rest, resource).listPage({ limit: 1 })).items.length > 0;
}

async function ovnKubernetes(rest: RestClient): Promise<NetworkSnapshot> {
  const schema = JSON.stringify(await openApiDocument(rest, apiVersionOf(resources.egressIPs)).catch(() => undefined)) ?? '';
  return { kind: 'ovn-kubernetes', egressNodeSelector: schema.includes('"egressNodeSelector"') };
}
