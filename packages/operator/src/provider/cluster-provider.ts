import { formatAddress, parseCidr, parseHostedIPs, type CloudProvider, type DoubtedAttachment, type ProviderCall, type ProviderSnapshot } from '@egressip-ipam/core';
import { ResourceClient, type Clock, type RestClient } from '@egressip-ipam/kube';
import { isServed } from '../network/choose-network.ts';
import { cloudPrivateIPConfigs, infrastructures, nodes } from '../network/resources.ts';
import type { Log } from '../run/log.ts';
import type { CloudOptions, RunOptions } from '../run/options.ts';
import { reasonOf } from '../run/reason.ts';
import { tellStack } from '../run/uncaught.ts';
import type { ClusterStore } from '../store/cluster-store.ts';
import { chooseProvider, isCloud, platformOf, type InfrastructureFacts } from './choose-provider.ts';
import { containProvider, describeError, type ContainedProvider, type ProviderFault } from './contained-provider.ts';
import { findsCredentials, watchCredentialsSecret } from './credentials-secret.ts';
import { loadProvider } from './load-provider.ts';
import { watchMachineSets } from './machine-sets.ts';
import { ProviderWatch, type ProviderSubjects } from './provider-watch.ts';

const defaultPollInterval = 60;

/** A provider, made for this cluster. */
export interface ClusterProvider {
  readonly provider: ContainedProvider;
  /** Whether it was chosen by a person. */
  readonly isChosen: boolean;
  stop(): Promise<void>;
}

/** What decides which provider is made, and how. */
export interface ProviderChoice {
  readonly provider?: string;
  readonly cloud?: CloudOptions;
  /** Where the credentials secret is; absent: no secret is looked for. */
  readonly namespace?: string;
  /** Whether the network has interfaces in its care, so that a provider has nothing to do but to read. */
  readonly networkAttaches?: boolean;
}

/**
 * Chooses the provider by the infrastructure, or as the options say, and makes it.
 *
 * @throws Error when it cannot be loaded, ApiError or TransportError when the cluster cannot be asked
 */
export async function makeClusterProvider(rest: RestClient, options: ProviderChoice, onCall: (call: ProviderCall) => void, log?: Log, onFault?: FaultListener): Promise<ClusterProvider> {
  const { region, endpoint, ...facts } = await findFacts(rest, options);
  const name = chooseProvider(options.provider, facts);
  const isChosen = options.provider !== undefined;
  log?.info('the provider is', { provider: name, platform: platformOf(facts) });
  const contain = (provider: CloudProvider): ContainedProvider => containProvider(provider, { clock: rest.clock, onFault: (call, fault, error) => tellFault(log, onFault, { provider: name, call, fault }, error) });
  if (name === 'baremetal') return { provider: contain(await loadProvider(name, {})), isChosen, stop: () => Promise.resolve() };
  const onError = (error: unknown): void => log?.warn('what the provider needs of the cluster cannot be read', { reason: reasonOf(error) });
  const [secret, subnets] = await Promise.all([options.namespace === undefined ? undefined : watchCredentialsSecret(rest, options.namespace, onError), watchMachineSets(rest, onError)]);
  const known = { ...(region === undefined ? {} : { region }), ...(endpoint === undefined ? {} : { endpoint }) };
  const stopReading = async (): Promise<void> => void (await Promise.all([secret?.stop(), subnets.stop()]));
  const loaded = await loadProvider(name, { ...known, ...options.cloud, readSecret: () => secret?.read(), subnets: () => subnets.list(), onCall }).catch(async (error: unknown) => {
    await stopReading();
    throw error;
  });
  const provider = contain(loaded);
  const stop = async (): Promise<void> => void (await Promise.all([stopReading(), provider.close?.()]));
  return { provider, isChosen, stop };
}

/** Told of each call to which a provider did not answer as it should. */
export type FaultListener = (call: string, fault: ProviderFault) => void;

function tellFault(log: Log | undefined, onFault: FaultListener | undefined, fields: { readonly provider: string; readonly call: string; readonly fault: ProviderFault }, error: unknown): void {
  onFault?.(fields.call, fields.fault);
  log?.warn('the provider does not keep to its contract', { ...fields, reason: describeError(error).message });
  if (log !== undefined && fields.fault === 'threw') tellStack(log, error);
}

/** Where the cloud's API is, as the cluster says. */
type CloudLocation = Pick<CloudOptions, 'region' | 'endpoint'>;

/** What of the infrastructure can be known before anything is watched. */
async function findFacts(rest: RestClient, { namespace, networkAttaches = false }: ProviderChoice): Promise<InfrastructureFacts & CloudLocation> {
  const [infrastructure, servesConfigs, { items }] = await Promise.all([readInfrastructureStatus(rest), isServed(rest, cloudPrivateIPConfigs), new ResourceClient(rest, nodes).listPage({ limit: 50 })]);
  const providerID = items.map((node) => asRecord(node['spec'])['providerID']).find((value) => typeof value === 'string');
  const isAnnotated = items.some(({ metadata }) => metadata.annotations?.['cloud.network.openshift.io/egress-ipconfig'] !== undefined);
  const clusterAttaches = networkAttaches || (servesConfigs && isAnnotated);
  // Asked only where it decides.
  const hasCredentials = clusterAttaches && (await findsCredentials(rest, namespace));
  return { ...infrastructure, ...(providerID === undefined ? {} : { providerID }), clusterAttaches, hasCredentials };
}

async function readInfrastructureStatus(rest: RestClient): Promise<Pick<InfrastructureFacts, 'platform'> & CloudLocation> {
  if (!(await isServed(rest, infrastructures))) return {};
  const { items } = await new ResourceClient(rest, infrastructures).list();
  const { type: platform, aws } = asRecord(asRecord(items.find(({ metadata }) => metadata.name === 'cluster')?.['status'])['platformStatus']);
  const { region, serviceEndpoints } = asRecord(aws);
  const endpoint = (Array.isArray(serviceEndpoints) ? serviceEndpoints.map(asRecord) : []).find(({ name }) => name === 'ec2')?.['url'];
  return {
    ...(typeof platform === 'string' ? { platform } : {}),
    ...(typeof region === 'string' ? { region } : {}),
    ...(typeof endpoint === 'string' ? { endpoint } : {}),
  };
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** Watches what the provider sees of a cluster; undefined for a provider that has nothing to see. */
export function watchProvider({ provider }: ClusterProvider, store: ClusterStore, options: RunOptions, clock: Clock, log: Log, onChange: () => void): ProviderWatch | undefined {
  if (!provider.capabilities.attach) return undefined;
  return new ProviderWatch({
    provider,
    clock,
    pollInterval: (options.cloudPollInterval ?? defaultPollInterval) * 1000,
    subjects: () => subjectsOf(store),
    onChange,
    onError: (error) => log.warn('the cloud cannot be read; nothing new is given out until it can be', { class: error.class, reason: error.message }),
  });
}

function subjectsOf(store: ClusterStore): ProviderSubjects {
  const cidrs = store.egressIPAMs.list().flatMap(({ cidrAssignments }) => cidrAssignments.flatMap(({ CIDR }) => parseCidr(CIDR)?.cidr.text ?? []));
  return {
    nodes: store.machines.map(({ name, providerID, bootID }) => ({ name, ...(providerID === undefined ? {} : { providerID }), ...(bootID === undefined ? {} : { bootID }) })),
    cidrs: [...new Set(cidrs)].sort(),
  };
}

/** Whether a look showed that nothing is on a node's main interface any more but its primary address, or that its machine is gone. */
export function isEmptied({ observation }: Pick<ProviderWatch, 'observation'>, node: string): boolean {
  const seen = observation?.nodes.find((entry) => entry.node === node);
  if (seen === undefined) return false;
  if ('error' in seen) return seen.error.class === 'not-found';
  return seen.interfaces.every(({ main, addresses }) => !main || addresses.every(({ primary }) => primary));
}

/** What a snapshot says of the provider. */
export function providerSnapshot({ provider, isChosen }: ClusterProvider, store: ClusterStore, watch: ProviderWatch | undefined): ProviderSnapshot {
  const { platform: announced } = store.infrastructure;
  const providerID = store.nodes.list().find((node) => node.providerID !== undefined)?.providerID;
  const platform = platformOf({ ...(announced === undefined ? {} : { platform: announced }), ...(providerID === undefined ? {} : { providerID }) });
  const onSdn = store.network.kind === 'openshift-sdn';
  const attach = provider.capabilities.attach && onSdn && !store.clusterAttaches;
  // On a cloud for which there is no provider here, an address that no interface carries would lead nowhere.
  const isBlind = isCloud(platform) && onSdn && !store.clusterAttaches && !isChosen && !provider.capabilities.attach;
  const doubted = watch?.doubted(() => onRecord(store)) ?? [];
  return {
    name: provider.name,
    attach,
    atomicMove: provider.capabilities.atomicMove,
    cloud: store.clusterAttaches || (onSdn ? provider.capabilities.attach || isCloud(platform) : isCloudToOvn(announced)),
    observationRequired: provider.capabilities.attach || isBlind,
    ...(watch?.observation === undefined ? {} : { observation: watch.observation }),
    ...(doubted.length === 0 ? {} : { doubted }),
  };
}

/** OVN-Kubernetes goes by what OpenShift says: on Kubernetes alone, machines of a cloud are like any others to it. */
function isCloudToOvn(announced: string | undefined): boolean {
  return announced !== undefined && isCloud(announced.toLowerCase());
}

/** What HostSubnets have on record as put on interfaces. */
function onRecord(store: ClusterStore): readonly DoubtedAttachment[] {
  return (store.hostSubnets?.list() ?? []).flatMap(({ name: node, hostedIPs = '' }) => parseHostedIPs(hostedIPs).map((address) => ({ node, address: formatAddress(address) })));
}

