import {
  cidrsOf,
  readEgressIPAM,
  readNamespace,
  readNode,
  type EgressIPAMSnapshot,
  type NamespaceCount,
  type NetworkBackend,
  type NetworkObjects,
  type ProviderDecision,
  type ProviderNode,
} from '@egressip-ipam/core';
import {
  createRestClient,
  isForbidden,
  loadConnection,
  ResourceClient,
  type KubernetesObject,
  type Resource,
  type RestClient,
} from '@egressip-ipam/kube';
import { countObjects } from '../network/count-objects.ts';
import type { FoundNetwork } from '../network/find-network.ts';
import { gatherEvidence, readableServiceCIDRs, servedBy } from '../network/live-evidence.ts';
import { loadBuiltInNetworks, loadNetwork } from '../network/load-network.ts';
import * as resources from '../network/resources.ts';
import { makeClusterProvider, type ProviderChoice } from '../provider/cluster-provider.ts';
import { describeError } from '../provider/contained-provider.ts';
import { failedLook } from '../provider/failed-look.ts';
import { settleNetwork, type ChosenNetwork } from './choose-network.ts';
import type { LiveDecisions } from './load-snapshot.ts';
import type { ReadDocuments, SourceObject } from './read-documents.ts';

/** Which cluster, and how its cloud is read. */
export interface LiveOptions extends ProviderChoice {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** The name of a network that is built in, or of a package. */
  readonly network?: string;
}

/** A cluster as it is now: its objects, and what the provider sees. */
export interface LiveDocuments extends ReadDocuments {
  /** What was decided by asking the cluster. */
  readonly decisions: LiveDecisions;
}

const longestLook = 60_000;
const countedAtOnce = 8;

/**
 * Reads a cluster once, and its cloud through the provider. Nothing is written.
 *
 * @throws Error when the cluster cannot be reached, or may not be read
 */
export async function readLive(
  options: LiveOptions,
  extraCidrs: (nodes: readonly ProviderNode[], subnets: readonly string[]) => readonly string[] = () => [],
): Promise<LiveDocuments> {
  const connection = await loadConnection({
    ...(options.kubeconfig === undefined ? {} : { kubeconfig: options.kubeconfig }),
    ...(options.context === undefined ? {} : { context: options.context }),
  });
  const rest = createRestClient(connection, { userAgent: 'egressip-ipam' });
  try {
    const { network, kinds } = await chooseLive(rest, options);
    const isServed = await servedBy(rest, kinds);
    const lists = await Promise.all(kinds.filter(isServed).map((kind) => listAll(rest, kind)));
    const objects = lists.flat();
    const counted = await countLive(rest, network.found.backend, objects);
    const { decision, observation } = await observeProvider(rest, network.found, options, objects, extraCidrs);
    return {
      objects: [...objects, ...observation].map(asSource),
      problems: [],
      decisions: { network, provider: decision, counted },
    };
  } finally {
    rest.close();
  }
}

/** The objects that are read of a kind. */
interface Place {
  readonly resource: Resource;
  readonly namespace?: string;
  readonly name?: string;
}

/** The network as the operator would decide, and the kinds to be read for it. */
async function chooseLive(
  rest: RestClient,
  { network: name }: LiveOptions,
): Promise<{ readonly network: ChosenNetwork; readonly kinds: readonly Place[] }> {
  const chosen = name === undefined ? undefined : await loadNetwork(name);
  const backends = await loadBuiltInNetworks();
  const [evidence, serviceCIDRs] = await Promise.all([
    gatherEvidence(rest, chosen === undefined ? backends : [chosen]),
    readableServiceCIDRs(rest),
  ]);
  const network = settleNetwork(evidence, backends, chosen);
  const own = network.found.backend.kinds.map((kind) => ({ ...kind, resource: resources.resourceRead(kind) }));
  const common = [
    resources.egressIPAMs,
    resources.namespaces,
    resources.nodes,
    resources.infrastructures,
    resources.services,
    ...(serviceCIDRs === undefined ? [] : [serviceCIDRs]),
  ];
  return { network, kinds: [...common.map((resource) => ({ resource })), ...own] };
}

/** Lists leave out the kind of their items, which tells one object from another here. */
async function listAll(rest: RestClient, { resource, namespace, name }: Place): Promise<readonly KubernetesObject[]> {
  const selection = {
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { fieldSelector: `metadata.name=${name}` }),
  };
  const { items } = await new ResourceClient(rest, resource).list(selection).catch((error: unknown) => {
    // Their addresses are taken care of where they may be read.
    if (resource === resources.services && isForbidden(error)) return { items: [] };
    throw error;
  });
  return items.map((item) => ({ ...item, kind: resource.kind }));
}

/** Counts what the network's back end wants counted, in namespaces that claim. */
async function countLive(
  rest: RestClient,
  { counted = [] }: NetworkBackend,
  objects: readonly KubernetesObject[],
): Promise<NetworkObjects> {
  const names = objects.flatMap((object) => {
    const read = object.kind === 'Namespace' ? readNamespace(object) : undefined;
    return read?.ok === true && read.value.egressIPAM !== undefined ? [read.value.name] : [];
  });
  const counts = counted.map(async (resource) => {
    const entries: NamespaceCount[] = [];
    const waiting = [...names];
    const work = async (): Promise<void> => {
      for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
        const count = await countObjects(rest, resource, name).catch(() => undefined);
        // Where one is refused, the others are.
        if (count === undefined) return;
        entries.push({ name, count });
      }
    };
    await Promise.all(Array.from({ length: countedAtOnce }, work));
    return [resource.kind, entries] as const;
  });
  return Object.fromEntries(await Promise.all(counts));
}

function asSource(object: object): SourceObject {
  return { file: 'cluster', line: 0, object, lineOf: () => 0 };
}

async function observeProvider(
  rest: RestClient,
  network: FoundNetwork,
  options: LiveOptions,
  objects: readonly KubernetesObject[],
  extraCidrs: (nodes: readonly ProviderNode[], subnets: readonly string[]) => readonly string[],
): Promise<{ readonly decision: ProviderDecision; readonly observation: readonly object[] }> {
  const cluster = await makeClusterProvider(rest, network, options, { looksOnly: true });
  const { provider, decision } = cluster;
  try {
    if (!provider.capabilities.attach) return { decision, observation: [] };
    const nodes = objects.flatMap((object) => (object.kind === 'Node' ? nodeOf(object) : []));
    const signal = AbortSignal.timeout(longestLook);
    const look = async (cidrs: readonly string[]): Promise<object> => {
      const seen = await provider.observe({ nodes, cidrs, signal }).catch((error: unknown) => {
        return failedLook({ nodes, cidrs }, describeError(error));
      });
      return { kind: 'ProviderObservation', ...seen };
    };
    const pools = cidrsOf(objects.flatMap((object) => (object.kind === 'EgressIPAM' ? egressIPAMOf(object) : [])));
    const first = (await look([])) as {
      nodes: readonly { interfaces?: readonly { main: boolean; subnets: readonly string[] }[] }[];
    };
    const subnets = first.nodes.flatMap(({ interfaces = [] }) =>
      interfaces.filter(({ main }) => main).flatMap((main) => main.subnets),
    );
    return { decision, observation: [await look([...new Set([...pools, ...extraCidrs(nodes, subnets)])])] };
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

function egressIPAMOf(object: KubernetesObject): readonly EgressIPAMSnapshot[] {
  const read = readEgressIPAM(object);
  return read.ok ? [read.value] : [];
}
