import {
  cidrsOf,
  decideProvider,
  stackProviders,
  type CloudProvider,
  type ClusterAccess,
  type ClusterObjects,
  type ProviderCall,
  type ProviderContext,
  type ProviderDecision,
  type ProviderSnapshot,
} from '@egressip-ipam/core';
import { ResourceClient, type Clock, type RestClient } from '@egressip-ipam/kube';
import { servedBy } from '../network/live-evidence.ts';
import { infrastructures, nodes } from '../network/resources.ts';
import type { Log } from '../log/log.ts';
import type { CloudOptions } from './cloud-options.ts';
import { reasonOf } from '../output/reason-of.ts';
import type { FoundNetwork } from '../network/find-network.ts';
import type { ClusterStore } from '../store/cluster-store.ts';
import { readOnce, watchReads } from './cluster-reads.ts';
import { describeBuiltInProviders, describeProvider, loadProviderModule, makeProvider } from './load-provider.ts';
import { addressOnNode, isPlacedByUs, needsAttaching, signsIn } from './provider-facts.ts';
import { providerSnapshot } from './provider-snapshot.ts';
import { tellStack } from '../log/uncaught.ts';
import { containProvider, describeError, type ContainedProvider, type ProviderFault } from './contained-provider.ts';
import { ProviderWatch, type ProviderSubjects } from './provider-watch.ts';
import { recordedAttachments } from './recorded-attachments.ts';

const defaultPollInterval = 60;
const mostNodes = 50;

/** A provider, made for this cluster. */
export interface ClusterProvider {
  readonly provider: ContainedProvider;
  readonly decision: ProviderDecision;
  /** Whether it was chosen by a person. */
  readonly isChosen: boolean;
  /** What it is called: two names where one is on top of the other. */
  readonly title: string;
  stop(): Promise<void>;
}

/** What decides which provider is made, and how. */
export interface ProviderChoice {
  readonly provider?: string;
  readonly cloud?: CloudOptions;
  /** Where the operator is; absent: nothing is looked for there. */
  readonly namespace?: string;
  /** How the cluster is reached, for providers that work through it. */
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** What is told of a provider's calls, and whether any but looks are made. */
export interface ProviderSurroundings {
  readonly onCall?: (call: ProviderCall) => void;
  readonly log?: Log;
  readonly onFault?: FaultListener;
  readonly looksOnly?: boolean;
}

/**
 * Chooses the provider by the infrastructure and the network, or as the options say, and makes it.
 *
 * @throws Error when it cannot be loaded, ApiError or TransportError when the cluster cannot be asked
 */
export async function makeClusterProvider(
  rest: RestClient,
  network: Pick<FoundNetwork, 'backend' | 'recognition'>,
  options: ProviderChoice,
  surroundings: ProviderSurroundings = {},
): Promise<ClusterProvider> {
  const { log, onFault } = surroundings;
  const { onNode, ...decision } = await decide(rest, network, options.provider, options.namespace);
  const names = [options.provider ?? decision.provider.name, ...(onNode === undefined ? [] : [onNode.name])];
  const title = names.join('+');
  log?.info('the provider is', { provider: title, reason: decision.reason });
  const onError = (error: unknown): void =>
    log?.warn('what the provider needs of the cluster cannot be read', { reason: reasonOf(error) });
  const reads = await watchReads(
    rest,
    [...(decision.provider.reads ?? []), ...(onNode?.reads ?? [])],
    options.namespace,
    onError,
  );
  try {
    const made = await makeAll(names, contextOf(options, surroundings, reads.objects));
    const provider = containProvider(made, {
      clock: rest.clock,
      onFault: (call, fault, error) => tellFault(log, onFault, { provider: made.name, call, fault }, error),
    });
    const stop = async (): Promise<void> => void (await Promise.all([reads.stop(), provider.close?.()]));
    return { provider, decision: { ...decision, provider }, isChosen: options.provider !== undefined, title, stop };
  } catch (error) {
    await reads.stop();
    throw error;
  }
}

/** The title of the provider that would be chosen now, where nobody names one. */
export async function titleByNow(
  rest: RestClient,
  network: Pick<FoundNetwork, 'backend' | 'recognition'>,
  namespace: string | undefined,
): Promise<string> {
  return titleOf(await decide(rest, network, undefined, namespace));
}

function titleOf({ provider, onNode }: ProviderDecision): string {
  return [provider, onNode].flatMap((one) => one?.name ?? []).join('+');
}

/** One, or one on top of the other. */
async function makeAll(names: readonly string[], context: ProviderContext): Promise<CloudProvider> {
  const made: CloudProvider[] = [];
  for (const name of names) made.push(await makeProvider(name, await loadProviderModule(name), context));
  return made.reduce(stackProviders);
}

function contextOf(
  { cloud, kubeconfig, context, namespace }: ProviderChoice,
  { onCall, log, looksOnly }: ProviderSurroundings,
  objects: ClusterObjects,
): ProviderContext {
  const cluster: ClusterAccess = {
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
    ...(namespace === undefined ? {} : { operatorNamespace: namespace }),
    ...(looksOnly === true ? { looksOnly } : {}),
  };
  const onNotice = (reason: string): void => log?.warn('a provider waits', { reason });
  return { ...cloud, objects, cluster, onNotice, ...(onCall === undefined ? {} : { onCall }) };
}

/** Told of each call to which a provider did not answer as it should. */
export type FaultListener = (call: string, fault: ProviderFault) => void;

function tellFault(
  log: Log | undefined,
  onFault: FaultListener | undefined,
  fields: { readonly provider: string; readonly call: string; readonly fault: ProviderFault },
  error: unknown,
): void {
  onFault?.(fields.call, fields.fault);
  log?.warn('the provider does not keep to its contract', { ...fields, reason: describeError(error).message });
  if (log !== undefined && fields.fault === 'threw') tellStack(log, error);
}

async function decide(
  rest: RestClient,
  { backend, recognition }: Pick<FoundNetwork, 'backend' | 'recognition'>,
  chosen: string | undefined,
  namespace: string | undefined,
): Promise<ProviderDecision> {
  const [descriptions, signs] = await Promise.all([describeBuiltInProviders(), findSigns(rest)]);
  const onNode = addressOnNode(backend, recognition);
  const facts = {
    ...signs,
    needsAttaching: needsAttaching(backend, recognition),
    ...(onNode === undefined ? {} : { addressOnNode: onNode }),
  };
  if (chosen !== undefined) {
    const named = await describeProvider(chosen);
    if (named.attachesTo === 'kernel' && onNode === undefined)
      throw new Error(
        `provider "${chosen}" puts addresses into the kernels of nodes, which ${backend.title} does not go by`,
      );
    return decideProvider({ ...facts, isEquipped: () => false, chosen: named }, descriptions);
  }
  // What a provider would need is looked for only where it decides.
  const asked: string[] = [];
  const first = decideProvider({ ...facts, isEquipped: (name) => (asked.push(name), false) }, descriptions);
  const equipped = new Set<string>();
  for (const { name, reads = [], isEquipped } of descriptions) {
    if (isEquipped === undefined || !asked.includes(name)) continue;
    if (isEquipped({ objects: await readOnce(rest, reads, namespace), environment: process.env })) equipped.add(name);
  }
  return equipped.size === 0
    ? first
    : decideProvider({ ...facts, isEquipped: (name) => equipped.has(name) }, descriptions);
}

async function findSigns(rest: RestClient): Promise<ReturnType<typeof signsIn>> {
  const isServed = await servedBy(rest, [{ resource: infrastructures }]);
  const [infrastructure, someNodes] = await Promise.all([
    isServed({ resource: infrastructures })
      ? new ResourceClient(rest, infrastructures).list({ fieldSelector: 'metadata.name=cluster' })
      : undefined,
    new ResourceClient(rest, nodes).first(mostNodes),
  ]);
  return signsIn({ infrastructure: infrastructure?.items[0], nodes: someNodes });
}

/** Watches what the provider sees of a cluster; undefined for a provider that has nothing to see. */
export function watchProvider(
  { provider }: ClusterProvider,
  store: ClusterStore,
  { cloudPollInterval = defaultPollInterval }: { readonly cloudPollInterval?: number },
  clock: Clock,
  log: Log,
  onChange: () => void,
): ProviderWatch | undefined {
  if (!provider.capabilities.attach) return undefined;
  return new ProviderWatch({
    provider,
    clock,
    pollInterval: cloudPollInterval * 1000,
    subjects: () => subjectsOf(store),
    onChange,
    onError: (error) =>
      log.warn('the cloud cannot be read; nothing new is given out until it can be', {
        class: error.class,
        reason: error.message,
      }),
  });
}

function subjectsOf(store: ClusterStore): ProviderSubjects {
  return {
    nodes: store.machines.map(({ name, providerID, bootID }) => ({
      name,
      ...(providerID === undefined ? {} : { providerID }),
      ...(bootID === undefined ? {} : { bootID }),
    })),
    cidrs: cidrsOf(store.egressIPAMs.list()),
  };
}

/**
 * Whether a look showed that nothing is on a node's main interface any more but its primary address, or that its
 * machine is gone.
 */
export function isEmptied({ observation }: Pick<ProviderWatch, 'observation'>, node: string): boolean {
  const seen = observation?.nodes.find((entry) => entry.node === node);
  if (seen === undefined) return false;
  if ('error' in seen) return seen.error.class === 'not-found';
  return seen.interfaces.every(({ main, addresses }) => !main || addresses.every(({ primary }) => primary));
}

/** What a snapshot says of the provider now. */
export function currentProvider(
  { decision, isChosen }: ClusterProvider,
  store: ClusterStore,
  watch: ProviderWatch | undefined,
): ProviderSnapshot {
  const { backend, recognition } = store.network;
  return providerSnapshot({
    decision,
    isChosen,
    isPlacedByUs: isPlacedByUs(backend, recognition.settings),
    clusterAttaches: store.clusterAttaches,
    ...(watch?.observation === undefined ? {} : { observation: watch.observation }),
    doubted: watch?.doubted(() => recordedAttachments(store)) ?? [],
  });
}
