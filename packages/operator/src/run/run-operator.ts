import {
  createRestClient,
  EventRecorder,
  loadConnection,
  serveMetrics,
  serveTexts,
  systemClock,
  type RestClient,
  type TextAnswer,
} from '@egressip-ipam/kube';
import { hostname } from 'node:os';
import type { FoundNetwork } from '../network/find-network.ts';
import { titleByNow, watchProvider } from '../provider/cluster-provider.ts';
import { tellOtherProvider } from '../provider/other-provider.ts';
import { isPlacedByUs } from '../provider/provider-facts.ts';
import { requestObjects } from '../provider/request-objects.ts';
import { startNodeProbe, type ProbeOptions, type RunningProbe } from '../probe/start-node-probe.ts';
import { ClusterStore } from '../store/cluster-store.ts';
import { countNetwork } from '../store/network-counts.ts';
import { ObjectLanes } from '../executor/object-lanes.ts';
import { aborted, raceAbort } from './aborted.ts';
import { Chronicle } from './chronicle.ts';
import { createController } from './create-controller.ts';
import { watchEventLoop } from './event-loop-lag.ts';
import { holdLease, type LeaseHold, type Term } from './lease-hold.ts';
import type { Log } from '../log/log.ts';
import type { Metrics } from './metrics.ts';
import { openCluster, withNetwork, type Cluster } from './open-cluster.ts';
import type { RunOptions } from './options.ts';
import { reasonOf } from '../output/reason-of.ts';
import { Reporter } from './reporter.ts';
import { containUncaught } from '../log/uncaught.ts';
import { StatusFailures } from './status-failures.ts';
import { tellVanishing } from './tell-vanishing.ts';
import { watchUnknown } from './watch-unknown.ts';
import { whyNotReady } from './why-not-ready.ts';
import { checkServedDefinition } from './served-definition.ts';

const clock = systemClock;
const nobody: ReadonlySet<string> = new Set();
const unknown = (): string => 'the cluster is not known yet';

/**
 * Runs the operator until it is told to stop; resolves with the exit code then. When it loses its lease it
 * stops writing, and goes on when it is elected again.
 *
 * @throws Error when it cannot start: no kubeconfig, no such provider, an address in use
 */
export async function runOperator(options: RunOptions, log: Log, signal: AbortSignal): Promise<number> {
  const readiness: Readiness = { whyNot: unknown };
  // First: what reads kubeconfigs and what counts take longer to load than all else, and probes ask meanwhile.
  const health = await withFlag(
    '--health-probe-bind-address',
    serveTexts(options.healthProbeBindAddress, {
      '/healthz': () => 'ok\n',
      '/readyz': () => readinessAnswer(readiness.whyNot()),
    }),
  );
  try {
    return await runBeside(readiness, options, log, signal);
  } finally {
    await health?.close();
  }
}

/** What fails names the flag that mends it: a second operator on a machine finds the port of the first one taken. */
async function withFlag<Served>(flag: string, served: Promise<Served>): Promise<Served> {
  return served.catch((error: unknown) => {
    throw new Error(`${flag}: ${reasonOf(error)}`, { cause: error });
  });
}

/** What the probe of readiness is told. */
interface Readiness {
  /** Undefined when this replica is ready. */
  whyNot: () => string | undefined;
}

async function runBeside(readiness: Readiness, options: RunOptions, log: Log, signal: AbortSignal): Promise<number> {
  const connection = await loadConnection({
    ...(options.kubeconfig === undefined ? {} : { kubeconfig: options.kubeconfig }),
    ...(options.context === undefined ? {} : { context: options.context }),
  });
  const metrics = options.metricsBindAddress === '0' ? undefined : new (await import('./metrics.ts')).Metrics();
  const rest = createRestClient(connection, {
    userAgent: 'egressip-ipam-operator',
    onRequest: (observation) => {
      metrics?.requested(observation);
      log.debug('request', { ...observation, milliseconds: Math.round(observation.milliseconds) });
    },
  });
  for (const warning of connection.warnings ?? [])
    log.warn('the connection to the API server is not safe', { reason: warning });
  rest.history.onSetBack(() => log.warn('the API server was set back to an earlier state; everything is read anew'));
  const metricsServer = await withFlag(
    '--metrics-bind-address',
    serveMetrics(options, {
      rest,
      clock,
      text: () => metrics?.text(),
      warn: (message, fields) => log.warn(message, fields),
    }),
  );
  const release = [
    watchEventLoop(log),
    containUncaught({
      log,
      monotonic: () => clock.monotonic(),
      onForeign: () => metrics?.threwUncaught(),
      end: () => process.exit(1),
    }),
  ];
  try {
    while (!signal.aborted) {
      const cluster = await Promise.race([openCluster(rest, options, log, metrics, signal), aborted(signal)]);
      if (cluster === undefined) break;
      let mostReleases: number | undefined;
      void checkServedDefinition(rest, log).then((most) => (mostReleases = most));
      await withNetwork(cluster, log, signal, async (ended) =>
        operate(cluster, rest, await holdLease(rest, options, log, ended), {
          mostReleases: () => mostReleases,
          options,
          log,
          metrics,
          whenRead: (whyNot) => (readiness.whyNot = whyNot),
        }),
      );
      readiness.whyNot = unknown;
    }
    return 0;
  } finally {
    await metricsServer?.close();
    rest.close();
    for (const end of release) end();
  }
}

interface Surroundings {
  readonly options: RunOptions;
  readonly log: Log;
  readonly metrics: Metrics | undefined;
  /** As many releases as the status of an EgressIPAM takes, once that is known. */
  readonly mostReleases: () => number | undefined;
  /** Takes in what tells why this replica is not ready; undefined when it is. */
  readonly whenRead: (whyNot: () => string | undefined) => void;
}

/** Watches, and acts while this replica may, term after term; resolves when told to stop and everything has ended. */
async function operate(
  cluster: Cluster,
  rest: RestClient,
  lease: LeaseHold,
  surroundings: Surroundings,
): Promise<void> {
  const { options, log, metrics, mostReleases, whenRead } = surroundings;
  const writer = rest.withFence(lease.fence);
  let acting: Acting | undefined;
  const onChange = (isUrgent: boolean): void => acting?.onChange(isUrgent);
  const poke = (): void => acting?.poke();
  // What is known, also of writes whose outcome is not, outlives a term.
  const store: ClusterStore = new ClusterStore({
    ...cluster,
    rest,
    // Who takes back what was given need not wait for a definition that somebody deleted first.
    lacksEgressIPAMs: options.takesBack === true && !cluster.servesEgressIPAMs,
    counted: () => counts.objects(),
    readsServices: options.readServices === true,
    mostReleases,
    remembersNodes: cluster.provider.provider.capabilities.attach,
    // An agent is asked by the name of its node; a platform by its own.
    findsByName: cluster.provider.decision.provider.attachesTo === 'kernel',
    now: () => clock.now(),
    onChange,
    // Each kind is tried again every few seconds, as long as the API server is away.
    onError: (error, kind, isRepeated) => {
      if (isRepeated) log.debug('reading still fails', { kind, reason: reasonOf(error) });
      else log.warn('reading is interrupted', { kind, reason: reasonOf(error) });
    },
    onResumed: (kind, milliseconds) => {
      log.info('reading goes on', { kind, milliseconds: Math.round(milliseconds) });
      acting?.onResumed(kind);
    },
    onVanishing: (kind, vanishing) => tellVanishing(log, kind, vanishing),
  });
  const counts = countNetwork({
    backend: cluster.network.backend,
    rest,
    clock,
    namespaces: () => store.namespaces.list(),
    onChange: () => onChange(false),
    onRefused: (kind) => log.warn('what fills a table of the network cannot be counted, and is reckoned', { kind }),
  });
  const events = new EventRecorder({ client: writer, component: 'egressip-ipam-operator', instance: hostname() });
  for (const collection of store.collections) collection.start();
  let chronicle = new Chronicle(log);
  let planTrouble: string | undefined;
  whenRead(() => whyNotReady(store.collections, planTrouble ?? cluster.provider.provider.trouble, clock.monotonic()));
  for (let term = await lease.nextTerm(); term !== undefined; term = await lease.nextTerm()) {
    term.lost.addEventListener('abort', () => writer.abandonFencedWrites(), { once: true });
    metrics?.leads(true);
    // While some kinds are of the lost history and others of the restored one, who has an address cannot be told.
    const setBack = new AbortController();
    const forget = rest.history.onSetBack(() => setBack.abort());
    const turn = { ...term, ended: AbortSignal.any([term.ended, setBack.signal]) };
    const lanes = new ObjectLanes(poke);
    const failures = new StatusFailures(clock, log);
    const reporter = new Reporter({ rest: writer, events, refused: () => store.refused.list(), lanes, failures });
    const unknown = watchUnknown({
      ...{ clock, log, metrics, store, reporter, trouble: () => planTrouble },
      onKnown: poke,
    });
    // Another replica may have written a moment ago: what it wrote has to be seen before anything is decided.
    await raceAbort(Promise.all(store.collections.map((collection) => collection.refresh())), turn.ended);
    if (!turn.ended.aborted) {
      void counts.run(turn.ended);
      await lead(
        {
          ...{ ...cluster, store, rest, writer, reporter, lanes, chronicle, term: turn },
          onTrouble: (reason) => {
            planTrouble = reason;
            unknown.look();
          },
        },
        surroundings,
        (listener) => (acting = listener),
      );
    }
    unknown.stop();
    forget();
    // Of a history that is no more, nothing is told on.
    if (setBack.signal.aborted) chronicle = new Chronicle(log);
    else chronicle.endTerm();
    acting = undefined;
    planTrouble = undefined;
    metrics?.leads(false);
  }
  await Promise.race([events.stop(1_000), new Promise((resolve) => setTimeout(resolve, 1_500).unref())]);
  await lease.release();
  await Promise.all([cluster.provider.stop(), ...store.collections.map((collection) => collection.stop())]);
}

function readinessAnswer(whyNot: string | undefined): TextAnswer {
  return whyNot === undefined ? 'ok\n' : { status: 503, text: `not ready: ${whyNot}\n` };
}

/** What a replica that acts is told. */
interface Acting {
  readonly onChange: (isUrgent: boolean) => void;
  readonly onResumed: (kind: string) => void;
  readonly poke: () => void;
}

interface Leadership extends Cluster {
  readonly store: ClusterStore;
  readonly rest: RestClient;
  readonly writer: RestClient;
  readonly reporter: Reporter;
  readonly lanes: ObjectLanes;
  /** What was told of addresses, also in terms before. */
  readonly chronicle: Chronicle;
  readonly term: Term;
  /** Takes in why no plan can be made just now; undefined once there is one again. */
  readonly onTrouble: (reason: string | undefined) => void;
}

/** Plans and acts until the term is over and nothing of it is under way any more. */
async function lead(
  { network, provider, store, rest, writer, reporter, lanes, chronicle, term, onTrouble }: Leadership,
  { options, log, metrics }: Surroundings,
  listen: (acting: Acting) => void,
): Promise<void> {
  log.info('everything is read; planning begins', {
    namespaces: store.namespaces.list().length,
    nodes: store.nodes.list().length,
  });
  store.recallRefused();
  // Where the cluster attaches, what credentials there are is enough to read with.
  const requests =
    provider.isChosen || store.clusterAttaches === undefined
      ? (provider.provider.requests?.(options.namespace) ?? [])
      : [];
  void requestObjects(writer, requests, {
    signal: term.ended,
    onError: (error) => log.warn('what the provider needs cannot be asked for', { reason: reasonOf(error) }),
  });
  const onChange = (isUrgent: boolean): void => {
    watch?.check();
    controller.noteChange(isUrgent);
  };
  const watch = watchProvider(provider, store, options, clock, log, () => onChange(false));
  const probe = probeOf(network, options, {
    rest,
    store,
    clock,
    log,
    onChange: () => onChange(true),
    onDead: (node, message) => reporter.tellDead(node, message),
  });
  const controller = createController({
    rest,
    store,
    guardUnassigned: options.guardUnassigned === true,
    takesBack: options.takesBack === true,
    ...(options.mostNew === undefined ? {} : { mostNew: options.mostNew }),
    provider,
    watch,
    writer,
    reporter,
    chronicle,
    lanes,
    term,
    clock,
    log,
    metrics,
    onTrouble,
    deadNodes: () => probe?.dead ?? nobody,
  });
  listen({ onChange, onResumed: (kind) => controller.noteResumed(kind), poke: () => controller.poke() });
  if (!provider.isChosen)
    tellOtherProvider({
      ...{ clock, log, ended: term.ended, title: provider.title },
      titleByNow: () => titleByNow(rest, network, options.namespace),
    });
  watch?.start();
  controller.start();
  await aborted(term.ended);
  await Promise.all([controller.stop(), probe?.stop()]);
  watch?.stop();
}

function probeOf(
  { backend, recognition }: FoundNetwork,
  { nodeProbePort: port }: RunOptions,
  parts: Omit<ProbeOptions, 'port'>,
): RunningProbe | undefined {
  if (port === undefined) return undefined;
  if (isPlacedByUs(backend, recognition.settings)) return startNodeProbe({ ...parts, port });
  parts.log.warn('the node probe has nothing to do: the network looks after its nodes itself', {
    network: backend.name,
  });
  return undefined;
}
