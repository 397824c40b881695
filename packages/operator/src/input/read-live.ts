import { parseCidr, readEgressIPAM, readNode, type ProviderNode } from '@egressip-ipam/core';
import { createRestClient, loadConnection, ResourceClient, type KubernetesObject, type Resource, type RestClient } from '@egressip-ipam/kube';
import { isServed } from '../network/choose-network.ts';
import * as resources from '../network/resources.ts';
import { makeClusterProvider, type ProviderChoice } from '../provider/cluster-provider.ts';
import { describeError } from '../provider/contained-provider.ts';
import type { ReadDocuments, SourceObject } from './read-documents.ts';

/** Which cluster, and how its cloud is read. */
export interface LiveOptions extends ProviderChoice {
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** A cluster as it is now: its objects, and what the provider sees. */
export interface LiveDocuments extends ReadDocuments {
  /** The name of the provider that was asked. */
  readonly provider: string;
}

const kinds: readonly Resource[] = [
  resources.egressIPAMs,
  resources.namespaces,
  resources.nodes,
  resources.hostSubnets,
  resources.netNamespaces,
  resources.egressIPs,
  resources.cloudPrivateIPConfigs,
  resources.infrastructures,
];
const longestLook = 60_000;

/**
 * Reads a cluster once, and its cloud through the provider. Nothing is written.
 *
 * @throws Error when the cluster cannot be reached, or may not be read
 */
export async function readLive(options: LiveOptions, extraCidrs: (nodes: readonly ProviderNode[], subnets: readonly string[]) => readonly string[] = () => []): Promise<LiveDocuments> {
  const connection = await loadConnection({ ...(options.kubeconfig === undefined ? {} : { kubeconfig: options.kubeconfig }), ...(options.context === undefined ? {} : { context: options.context }) });
  const rest = createRestClient(connection, { userAgent: 'egressip-ipam' });
  try {
    const lists = await Promise.all(kinds.map((kind) => listServed(rest, kind)));
    const objects = lists.flat();
    const { provider, observation } = await observeProvider(rest, options, objects, extraCidrs);
    return { objects: [...objects, ...observation].map(asSource), problems: [], provider };
  } finally {
    rest.close();
  }
}

/** Lists leave out the kind of their items, which tells one object from another here. */
async function listServed(rest: RestClient, resource: Resource): Promise<readonly KubernetesObject[]> {
  if (!(await isServed(rest, resource))) return [];
  const { items } = await new ResourceClient(rest, resource).list();
  return items.map((item) => ({ ...item, kind: resource.kind }));
}

function asSource(object: object): SourceObject {
  return { file: 'cluster', line: 0, object, lineOf: () => 0 };
}

async function observeProvider(rest: RestClient, options: LiveOptions, objects: readonly KubernetesObject[], extraCidrs: (nodes: readonly ProviderNode[], subnets: readonly string[]) => readonly string[]): Promise<{ readonly provider: string; readonly observation: readonly object[] }> {
  const cluster = await makeClusterProvider(rest, options, () => undefined);
  const { provider } = cluster;
  try {
    if (!provider.capabilities.attach) return { provider: provider.name, observation: [] };
    const nodes = objects.flatMap((object) => (object.kind === 'Node' ? nodeOf(object) : []));
    const signal = AbortSignal.timeout(longestLook);
    const look = async (cidrs: readonly string[]): Promise<object> => {
      const seen = await provider.observe({ nodes, cidrs, signal }).catch((error: unknown) => {
        const description = describeError(error);
        return { nodes: nodes.map(({ name }) => ({ node: name, error: description })), cidrs: cidrs.map((cidr) => ({ cidr, error: description })) };
      });
      return { kind: 'ProviderObservation', ...seen };
    };
    const pools = objects.flatMap((object) => (object.kind === 'EgressIPAM' ? cidrsOf(object) : []));
    const first = (await look([])) as { nodes: readonly { interfaces?: readonly { main: boolean; subnets: readonly string[] }[] }[] };
    const subnets = first.nodes.flatMap(({ interfaces = [] }) => interfaces.filter(({ main }) => main).flatMap((main) => main.subnets));
    return { provider: provider.name, observation: [await look([...new Set([...pools, ...extraCidrs(nodes, subnets)])])] };
  } finally {
    await cluster.stop();
  }
}

function nodeOf(object: KubernetesObject): readonly ProviderNode[] {
  const read = readNode(object);
  if (!read.ok) return [];
  const { name, providerID } = read.value;
  return [{ name, ...(providerID === undefined ? {} : { providerID }) }];
}

function cidrsOf(object: KubernetesObject): readonly string[] {
  const read = readEgressIPAM(object);
  return read.ok ? read.value.cidrAssignments.flatMap(({ CIDR }) => parseCidr(CIDR)?.cidr.text ?? []) : [];
}
