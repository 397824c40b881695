import { ResourceClient, type KubernetesObject, type RestClient } from '@egressip-ipam/kube';
import type { TrialNetwork } from './trial-crds.ts';
import { egressIPs, hostSubnets, netNamespaces } from './resources.ts';

/** What a namespace's traffic leaves with, and from where: read from what the network's own objects say. */
export interface Binding {
  readonly namespace: string;
  readonly addresses: readonly { readonly address: string; readonly node: string | undefined }[];
}

/** Reads the bindings of all namespaces that have one, by name. */
export async function readBindings(rest: RestClient, network: TrialNetwork): Promise<readonly Binding[]> {
  const bindings = network === 'openshift-sdn' ? await fromOpenShiftSdn(rest) : await fromOvnKubernetes(rest);
  return bindings.filter(({ addresses }) => addresses.length > 0).sort((a, b) => (a.namespace < b.namespace ? -1 : 1));
}

async function fromOpenShiftSdn(rest: RestClient): Promise<Binding[]> {
  const [claims, hosts] = await Promise.all([new ResourceClient(rest, netNamespaces).list(), new ResourceClient(rest, hostSubnets).list()]);
  const nodeOf = new Map(hosts.items.flatMap((host) => texts(host['egressIPs']).map((address) => [address, host.metadata.name] as const)));
  return claims.items.map((claim) => ({ namespace: claim.metadata.name, addresses: texts(claim['egressIPs']).map((address) => ({ address, node: nodeOf.get(address) })) }));
}

async function fromOvnKubernetes(rest: RestClient): Promise<Binding[]> {
  const { items } = await new ResourceClient(rest, egressIPs).list();
  return items.map((item) => {
    const nodeOf = new Map(assignedOf(item).map(({ egressIP, node }) => [egressIP, node] as const));
    const { spec } = item as { spec?: { egressIPs?: unknown; namespaceSelector?: { matchLabels?: Readonly<Record<string, string>> } } };
    return {
      namespace: spec?.namespaceSelector?.matchLabels?.['kubernetes.io/metadata.name'] ?? item.metadata.name,
      addresses: texts(spec?.egressIPs).map((address) => ({ address, node: nodeOf.get(address) })),
    };
  });
}

function assignedOf(item: KubernetesObject): readonly { readonly egressIP: string; readonly node: string }[] {
  const { status } = item as { status?: { items?: readonly { readonly egressIP: string; readonly node: string }[] } };
  return status?.items ?? [];
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}
