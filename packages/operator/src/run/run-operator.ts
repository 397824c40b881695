import type { NetworkSnapshot } from '@egressip-ipam/core';
import { createRestClient, EventRecorder, loadConnection, systemClock, type RestClient, type Vanishing } from '@egressip-ipam/kube';
import { hostname } from 'node:os';
import { chooseNetwork, isServed } from '../network/choose-network.ts';
import * as resources from '../network/resources.ts';
import { makeClusterProvider, watchProvider, type ClusterProvider } from '../provider/cluster-provider.ts';
import { requestCredentials } from '../provider/credentials-secret.ts';
import { startNodeProbe, type ProbeOptions, type RunningProbe } from '../probe/start-node-probe.ts';
import { ClusterStore } from '../store/cluster-store.ts';
import { createController } from './create-controller.ts';
import { serveTexts } from './health-server.ts';
import { leaderOf } from './leader-of.ts';
import { holdLease, type LeaseHold, type Term } from './lease-hold.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { RunOptions } from './options.ts';
import { reasonOf } from './reason.ts';
import { Reporter } from './reporter.ts';
import { checkServedDefinition } from './served-definition.ts';

const clock = systemClock;
const retryPause = 2_000;
const nobody: ReadonlySet<string> = new Set();

/**
 * Runs the operator until it is told to stop; resolves with the exit code then. When it loses its lease it
 * stops writing, and goes on when it is elected again.
 *
 * @throws Error when it cannot start: no kubeconfig, no such provider, an address in use
 */
export async function runOperator(options: RunOptions, log: Log, signal: AbortSignal): Promise<number> {
  const connection = await loadConnection({ ...(options.kubeconfig === undefined ? {} : { kubeconfig: options.kubeconfig }), ...(options.context === undefined ? {} : { context: options.context }) });
  const metrics = options.metricsBindAddress === '0' ? undefined : new (await import('./metrics.ts')).Metrics();
  const rest = createRestClient(connection, { userAgent: 'egressip-ipam-operator', onRequest: (observation) => {
    metrics?.requested(observation);
    log.debug('request', { ...observation, milliseconds: Math.round(observation.milliseconds) });
  } });
  let isReady = (): boolean => false;
  const servers = [
    await serveTexts(options.healthProbeBindAddress, { '/healthz': () => 'ok\n', '/readyz': () => (isReady() ? 'ok\n' : undefined) }),
    await serveTexts(options.metricsBindAddress, { '/metrics': () => metrics?.text() }),
  ];
  try {
    const cluster = await openCluster(rest, options, log, metrics, signal);
    if (cluster === undefined) return 0;
    void checkServedDefinition(rest, log);
    const leader = options.leaderElect ? undefined : await leaderOf(rest, options.namespace, clock.now());
    if (leader !== undefined) throw new Error(`${leader} acts as the operator already: two would write against each other; stop it, or wait for your turn with --leader-elect`);
    await operate(cluster, rest, holdLease(rest, options, log, signal), { options, log, metrics, whenRead: (isRead) => (isReady = isRead) });
    return 0;
  } finally {
    await Promise.all(servers.map(async (server) => server?.close()));
    rest.close();
  }
}

interface Surroundings {
  readonly options: RunOptions;
  readonly log: Log;
  readonly metrics: Metrics | undefined;
  /** Takes in what tells whether everything has been read. */
  readonly whenRead: (isRead: () => boolean) => void;
}

/** Watches, and acts while this replica may, term after term; resolves when told to stop and everything has ended. */
async function operate(cluster: Cluster, rest: RestClient, lease: LeaseHold, surroundings: Surroundings): Promise<void> {
  const { log, metrics, whenRead } = surroundings;
  const writer = rest.withFence(lease.fence);
  let onChange = (_isUrgent: boolean): void => undefined;
  // What is known, also of writes whose outcome is not, outlives a term.
  const store = new ClusterStore({ ...cluster, rest, remembersNodes: cluster.provider.provider.capabilities.attach, now: () => clock.now(), onChange: (isUrgent) => onChange(isUrgent), onError: (error) => log.warn('reading is interrupted', { reason: reasonOf(error) }), onVanishing: (kind, vanishing) => tellVanishing(log, kind, vanishing) });
  const events = new EventRecorder({ client: writer, component: 'egressip-ipam-operator', instance: hostname() });
  for (const collection of store.collections) collection.start();
  whenRead(() => store.unsynced.length === 0);
  for (let term = await lease.nextTerm(); term !== undefined; term = await lease.nextTerm()) {
    term.lost.addEventListener('abort', () => writer.abandonFencedWrites(), { once: true });
    metrics?.leads(true);
    // Another replica may have written a moment ago: what it wrote has to be seen before anything is decided.
    await raceAbort(Promise.all(store.collections.map((collection) => collection.refresh())), term.ended);
    if (!term.ended.aborted) await lead({ ...cluster, store, rest, writer, events, term }, surroundings, (listener) => (onChange = listener));
    onChange = () => undefined;
    metrics?.leads(false);
  }
  await Promise.race([events.stop(1_000), new Promise((resolve) => setTimeout(resolve, 1_500).unref())]);
  await lease.release();
  await Promise.all([cluster.provider.stop(), ...store.collections.map((collection) => collection.stop())]);
}

/** Says that much of a kind is gone at once, and what came of it. */
function tellVanishing(log: Log, kind: string, { outcome, missing, held, retryInMilliseconds }: Vanishing): void {
  const fields = { kind, missing, known: held };
  if (outcome === 'doubted') log.warn('a list lacks much of what is known; nothing is given up before it is read once more', { ...fields, retryInMilliseconds });
  else log.warn(outcome === 'confirmed' ? 'a second list lacks it, too: it is taken for deleted' : 'a second list has it again: the first was wrong', fields);
}

interface Leadership extends Cluster {
  readonly store: ClusterStore;
  readonly rest: RestClient;
  readonly writer: RestClient;
  readonly events: EventRecorder;
  readonly term: Term;
}

/** Plans and acts until the term is over and nothing of it is under way any more. */
async function lead({ network, provider, store, rest, writer, events, term }: Leadership, { options, log, metrics }: Surroundings, listen: (onChange: (isUrgent: boolean) => void) => void): Promise<void> {
  log.info('everything is read; planning begins', { namespaces: store.namespaces.list().length, nodes: store.nodes.list().length });
  // Where the cluster attaches, what credentials there are is enough to read with.
  if (provider.provider.name === 'aws' && (provider.isChosen || !store.clusterAttaches)) void requestCredentials(writer, { namespace: options.namespace, signal: term.ended, onError: (error) => log.warn('credentials cannot be asked for', { reason: reasonOf(error) }) });
  const onChange = (isUrgent: boolean): void => {
    watch?.check();
    controller.noteChange(isUrgent);
  };
  const reporter = new Reporter(writer, events);
  const watch = watchProvider(provider, store, options, clock, log, () => onChange(false));
  const probe = probeOf(network, options, { rest, store, clock, log, onChange: () => onChange(true), onDead: (node, message) => reporter.tellDead(node, message) });
  const controller = createController({ rest, store, guardUnassigned: options.guardUnassigned === true, provider, watch, writer, reporter, term, clock, log, metrics, deadNodes: () => probe?.dead ?? nobody });
  listen(onChange);
  watch?.start();
  controller.start();
  await aborted(term.ended);
  await Promise.all([controller.stop(), probe?.stop()]);
  watch?.stop();
}

function probeOf(network: NetworkSnapshot, { nodeProbePort: port }: RunOptions, parts: Omit<ProbeOptions, 'port'>): RunningProbe | undefined {
  if (port === undefined) return undefined;
  if (network.kind === 'openshift-sdn') return startNodeProbe({ ...parts, port });
  parts.log.warn('--node-probe is for OpenShift SDN: OVN-Kubernetes looks after its nodes itself');
  return undefined;
}

interface Cluster {
  readonly network: NetworkSnapshot;
  readonly serves: { readonly infrastructures: boolean; readonly cloudPrivateIPConfigs: boolean };
  readonly provider: ClusterProvider;
}

/** Waits until the API server answers and the network can be told. Undefined when stopped before. */
async function openCluster(rest: RestClient, options: RunOptions, log: Log, metrics: Metrics | undefined, signal: AbortSignal): Promise<Cluster | undefined> {
  for (let said = ''; !signal.aborted; ) {
    let message = 'neither HostSubnets (OpenShift SDN) nor EgressIPs (OVN-Kubernetes) tell which network this cluster has; set --network, or wait for them';
    const network = await chooseNetwork(rest, options.network).catch((error: unknown) => {
      message = `the API server cannot be asked for its network yet: ${reasonOf(error)}`;
      return undefined;
    });
    if (network !== undefined) {
      const [infrastructures, cloudPrivateIPConfigs] = await Promise.all([isServed(rest, resources.infrastructures), isServed(rest, resources.cloudPrivateIPConfigs)]);
      log.info('network found', { network: network.kind });
      return { network, serves: { infrastructures, cloudPrivateIPConfigs }, provider: await makeClusterProvider(rest, { ...options, networkAttaches: network.kind === 'ovn-kubernetes' }, (call) => metrics?.called(call), log) };
    }
    if (said !== message) log.warn((said = message));
    await raceAbort(new Promise((resolve) => setTimeout(resolve, retryPause)), signal);
  }
  return undefined;
}

function aborted(signal: AbortSignal): Promise<void> {
  return signal.aborted ? Promise.resolve() : new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function raceAbort(work: Promise<unknown>, signal: AbortSignal): Promise<unknown> {
  return Promise.race([work, aborted(signal)]);
}
