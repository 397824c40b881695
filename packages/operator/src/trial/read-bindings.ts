import { ResourceClient, type KubernetesObject, type RestClient } from '@egressip-ipam/kube';
import type { TrialNetwork } from './trial-crds.ts';
import { egresses, egressGatewayPolicies, egressIPs, hostSubnets, netNamespaces } from './resources.ts';

/** What a namespace's traffic leaves with, and from where: read from what the network's own objects say. */
export interface Binding {
  readonly namespace: string;
  readonly addresses: readonly { readonly address: string; readonly node: string | undefined }[];
}

const readers: Readonly<Record<TrialNetwork, (rest: RestClient) => Promise<readonly Binding[]>>> = {
  'openshift-sdn': fromOpenShiftSdn,
  'ovn-kubernetes': fromOvnKubernetes,
  cilium: fromCilium,
  antrea: fromAntrea,
};

/** Reads the bindings of all namespaces that have one, by name. */
export async function readBindings(rest: RestClient, network: TrialNetwork): Promise<readonly Binding[]> {
  const bindings = await readers[network](rest);
  return [...bindings]
    .filter(({ addresses }) => addresses.length > 0)
    .sort((a, b) => (a.namespace < b.namespace ? -1 : 1));
}

async function fromOpenShiftSdn(rest: RestClient): Promise<Binding[]> {
  const [claims, hosts] = await Promise.all([
    new ResourceClient(rest, netNamespaces).list(),
    new ResourceClient(rest, hostSubnets).list(),
  ]);
  const nodeOf = new Map(
    hosts.items.flatMap((host) => texts(host['egressIPs']).map((address) => [address, host.metadata.name] as const)),
  );
  return claims.items.map((claim) => ({
    namespace: claim.metadata.name,
    addresses: texts(claim['egressIPs']).map((address) => ({ address, node: nodeOf.get(address) })),
  }));
}

async function fromOvnKubernetes(rest: RestClient): Promise<Binding[]> {
  const { items } = await new ResourceClient(rest, egressIPs).list();
  return items.map((item) => {
    const nodeOf = new Map(assignedOf(item).map(({ egressIP, node }) => [egressIP, node] as const));
    const { spec } = item as {
      spec?: { egressIPs?: unknown; namespaceSelector?: { matchLabels?: Readonly<Record<string, string>> } };
    };
    return {
      namespace: spec?.namespaceSelector?.matchLabels?.['kubernetes.io/metadata.name'] ?? item.metadata.name,
      addresses: texts(spec?.egressIPs).map((address) => ({ address, node: nodeOf.get(address) })),
    };
  });
}

/** Cilium says nothing of what it does: the gateways are those that the policies name. */
async function fromCilium(rest: RestClient): Promise<Binding[]> {
  const { items } = await new ResourceClient(rest, egressGatewayPolicies).list();
  return items.map((item) => {
    const { spec } = item as {
      spec?: { selectors?: readonly Selection[]; egressGateway?: Gateway; egressGateways?: readonly Gateway[] };
    };
    const gateways = spec?.egressGateways?.length ? spec.egressGateways : [spec?.egressGateway ?? {}];
    return {
      namespace: spec?.selectors?.[0]?.podSelector?.matchLabels?.['io.kubernetes.pod.namespace'] ?? '',
      addresses: gateways.flatMap(({ egressIP, nodeSelector }) =>
        egressIP === undefined
          ? []
          : [{ address: egressIP, node: nodeSelector?.matchLabels?.['kubernetes.io/hostname'] }],
      ),
    };
  });
}

interface Selection {
  readonly podSelector?: Labels;
}

interface Gateway {
  readonly egressIP?: string;
  readonly nodeSelector?: Labels;
}

interface Labels {
  readonly matchLabels?: Readonly<Record<string, string>>;
}

/** Of a namespace's Egresses one selects its pods; the others are in reserve. */
async function fromAntrea(rest: RestClient): Promise<Binding[]> {
  const { items } = await new ResourceClient(rest, egresses).list();
  return items.flatMap((item) => {
    const { spec, status } = item as {
      spec?: { egressIP?: string; appliedTo?: { podSelector?: unknown; namespaceSelector?: Labels } };
      status?: { egressNode?: string };
    };
    const { egressIP, appliedTo } = spec ?? {};
    if (egressIP === undefined || appliedTo?.podSelector !== undefined) return [];
    const node = status?.egressNode === '' ? undefined : status?.egressNode;
    return [
      {
        namespace: appliedTo?.namespaceSelector?.matchLabels?.['kubernetes.io/metadata.name'] ?? '',
        addresses: [{ address: egressIP, node }],
      },
    ];
  });
}

function assignedOf(item: KubernetesObject): readonly { readonly egressIP: string; readonly node: string }[] {
  const { status } = item as { status?: { items?: readonly { readonly egressIP: string; readonly node: string }[] } };
  return status?.items ?? [];
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}
