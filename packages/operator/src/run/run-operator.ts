import { createPlanner, type Plan } from '@egressip-ipam/core';
import { createRestClient, EventRecorder, LeaderElector, loadConnection, systemClock, type ClockTimer, type RestClient } from '@egressip-ipam/kube';
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { Executor } from '../executor/executor.ts';
import { chooseNetwork, isServed } from '../network/choose-network.ts';
import * as resources from '../network/resources.ts';
import { targetOf, writeStep } from '../network/write-step.ts';
import { ClusterStore } from '../store/cluster-store.ts';
import { serveTexts } from './health-server.ts';
import type { Log } from './log.ts';
import type { RunOptions } from './options.ts';
import { Reporter } from './reporter.ts';

const clock = systemClock;
const quiet = 10;
const longestQuiet = 150;
const networkRetry = 2_000;
const statusPause = 1_000;
const shutdownGrace = 10_000;

/**
 * Runs the operator until it is told to stop (resolves with 0) or loses its lease
 * (resolves with 1, to be started anew by whoever runs it).
 *
 * @throws Error when it cannot start: no API server, an address in use
 */
export async function runOperator(options: RunOptions, log: Log, signal: AbortSignal): Promise<number> {
  const connection = await loadConnection({ ...(options.kubeconfig === undefined ? {} : { kubeconfig: options.kubeconfig }), ...(options.context === undefined ? {} : { context: options.context }) });
  const rest = createRestClient(connection, { userAgent: 'egressip-ipam-operator' });
  let isReady = false;
  let onChange: () => void = () => undefined;
  const health = await serveTexts(options.healthProbeBindAddress, { '/healthz': () => 'ok\n', '/readyz': () => (isReady ? 'ok\n' : undefined) });
  try {
    const store = await openStore(rest, options, log, signal, () => onChange());
    if (store === undefined) return 0;
    const lease = holdLease(rest, options, log, signal);
    const writer = rest.withFence(lease.fence);
    lease.onLost(() => writer.abandonFencedWrites());
    const events = new EventRecorder({ client: writer, component: 'egressip-ipam-operator', instance: hostname() });
    const loop = new Loop(store, writer, events, log);
    onChange = () => loop.poke();
    const metrics = await serveTexts(options.metricsBindAddress, { '/metrics': () => loop.metrics() });
    for (const collection of store.collections) collection.start();
    const elected = await lease.elected;
    isReady = true;
    if (elected) {
      // Another replica may have written a moment ago: what it wrote has to be seen before anything is decided.
      await raceAbort(Promise.all(store.collections.map((collection) => collection.refresh())), lease.ended);
      if (!lease.ended.aborted) log.info('everything is read; planning begins', { namespaces: store.namespaces.list().length, nodes: store.nodes.list().length });
      loop.start();
    }
    await aborted(lease.ended);
    await loop.stop();
    await Promise.race([events.stop(1_000), new Promise((resolve) => setTimeout(resolve, 1_500).unref())]);
    await lease.release();
    await Promise.all(store.collections.map((collection) => collection.stop()));
    await metrics?.close();
    return lease.wasLost ? 1 : 0;
  } finally {
    await health?.close();
    rest.close();
  }
}

/** Waits until the network can be told, then makes the store for it. Undefined when stopped before. */
async function openStore(rest: RestClient, options: RunOptions, log: Log, signal: AbortSignal, onChange: () => void): Promise<ClusterStore | undefined> {
  for (let said = ''; !signal.aborted; ) {
    try {
      const network = await chooseNetwork(rest, options.network);
      if (network !== undefined) {
        log.info(`the network is ${network.kind}`);
        const [infrastructures, cloudPrivateIPConfigs] = await Promise.all([isServed(rest, resources.infrastructures), isServed(rest, resources.cloudPrivateIPConfigs)]);
        return new ClusterStore({ rest, network, serves: { infrastructures, cloudPrivateIPConfigs }, now: () => clock.now(), onChange, onError: (error) => log.warn('reading is interrupted', { reason: reasonOf(error) }) });
      }
      const message = 'neither HostSubnets (OpenShift SDN) nor EgressIPs (OVN-Kubernetes) tell which network this cluster has; set --network, or wait for them';
      if (said !== message) log.warn((said = message));
    } catch (error) {
      log.warn('the API server cannot be asked for its network yet', { reason: reasonOf(error) });
    }
    await raceAbort(new Promise((resolve) => setTimeout(resolve, networkRetry)), signal);
  }
  return undefined;
}

interface LeaseHold {
  readonly fence: () => void;
  /** Whether this process became the leader; false when it was stopped before. */
  readonly elected: Promise<boolean>;
  /** Aborted when it is time to end: told to stop, or the lease is lost. */
  readonly ended: AbortSignal;
  readonly wasLost: boolean;
  onLost(callback: () => void): void;
  release(): Promise<void>;
}

function holdLease(rest: RestClient, options: RunOptions, log: Log, signal: AbortSignal): LeaseHold {
  const end = new AbortController();
  signal.addEventListener('abort', () => end.abort(), { once: true });
  if (signal.aborted) end.abort();
  if (!options.leaderElect) {
    return { fence: () => undefined, elected: Promise.resolve(true), ended: end.signal, wasLost: false, onLost: () => undefined, release: () => Promise.resolve() };
  }
  let wasLost = false;
  let whenLost: () => void = () => undefined;
  let onElected: (elected: boolean) => void = () => undefined;
  const elected = new Promise<boolean>((resolve) => (onElected = resolve));
  end.signal.addEventListener('abort', () => onElected(false), { once: true });
  const elector = new LeaderElector({
    client: rest,
    namespace: options.namespace,
    name: 'egressip-ipam-operator',
    identity: `${hostname()}_${randomBytes(6).toString('hex')}`,
    leaseDuration: options.leaseDuration * 1000,
    renewDeadline: options.renewDeadline * 1000,
    retryPeriod: options.retryPeriod * 1000,
    onElected: () => onElected(true),
    onLost: (reason) => {
      if (!signal.aborted) wasLost = true;
      whenLost();
      end.abort();
      log.warn('the lease is lost; nothing more is written', { reason });
    },
    onNewLeader: (identity) => log.info('the leader is', { identity }),
    onError: (error) => log.warn('the lease cannot be renewed', { reason: reasonOf(error) }),
  });
  elector.start();
  return {
    fence: elector.fence,
    elected,
    ended: end.signal,
    get wasLost() {
      return wasLost;
    },
    onLost: (callback) => {
      whenLost = callback;
    },
    release: () => elector.stop(),
  };
}

/** Observe, plan, act, report, whenever something changed. */
class Loop {
  readonly #store: ClusterStore;
  readonly #planner = createPlanner();
  readonly #executor: Executor;
  readonly #reporter: Reporter;
  readonly #log: Log;
  #timer: ClockTimer | undefined;
  #wake: ClockTimer | undefined;
  #status: ClockTimer | undefined;
  #running = false;
  #plan: Plan | undefined;
  #plans = 0;
  #lastDuration = 0;

  constructor(store: ClusterStore, writer: RestClient, events: EventRecorder, log: Log) {
    this.#store = store;
    this.#log = log;
    this.#reporter = new Reporter(writer, events);
    this.#executor = new Executor({
      clock,
      targetOf: (step) => targetOf(store, step),
      write: (step) => writeStep(writer, store, step),
      onProgress: () => this.poke(),
      onError: (step, error, retry) => log.warn(`${step.id} failed`, { reason: reasonOf(error), retryInMilliseconds: Math.round(retry) }),
    });
  }

  start(): void {
    this.#running = true;
    this.poke();
  }

  async stop(): Promise<void> {
    this.#running = false;
    for (const timer of [this.#timer, this.#wake, this.#status]) timer?.cancel();
    await Promise.race([this.#executor.stop(), new Promise((resolve) => setTimeout(resolve, shutdownGrace).unref())]);
  }

  /** Something changed: plan soon, and no more than a fifth of the time, as the writes under way need the processor too. */
  poke(): void {
    if (!this.#running || this.#timer !== undefined) return;
    this.#timer = clock.setTimeout(() => this.#planNow(), Math.min(longestQuiet, Math.max(quiet, 4 * this.#lastDuration)));
  }

  #planNow(): void {
    this.#timer = undefined;
    if (!this.#running || this.#store.unsynced.length > 0) return;
    const start = clock.monotonic();
    const snapshot = this.#store.snapshot();
    const plan = this.#planner.plan(snapshot);
    this.#lastDuration = clock.monotonic() - start;
    this.#plan = plan;
    this.#plans += 1;
    this.#executor.take(plan);
    this.#reporter.tell(plan);
    this.#wake?.cancel();
    this.#wake = plan.wakeAt === undefined ? undefined : clock.setTimeout(() => this.poke(), Math.max(quiet, Date.parse(plan.wakeAt) - clock.now()));
    this.#status?.cancel();
    this.#status = clock.setTimeout(() => {
      // While addresses are still being written the status would change with each of them.
      if (this.#executor.underWay > 0) return this.poke();
      this.#reporter.tellGoodNews();
      void this.#reporter.writeStatus(plan, snapshot).catch((error: unknown) => this.#log.warn('a status cannot be written', { reason: reasonOf(error) }));
    }, statusPause);
  }

  /** Metrics in Prometheus' text format; the first two are the original's. */
  metrics(): string {
    const plan = this.#plan;
    const label = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
    const lines = ['# TYPE egressip_ip_capacity gauge', '# TYPE egressip_ip_allocated gauge'];
    for (const { node, egressIPAM, placed, capacity } of plan?.nodes ?? []) {
      const labels = `{egressipam="${label(egressIPAM)}",node="${label(node)}"}`;
      if (capacity !== undefined) lines.push(`egressip_ip_capacity${labels} ${capacity + 1}`);
      lines.push(`egressip_ip_allocated${labels} ${placed + 1}`);
    }
    const codes = new Map<string, number>();
    for (const { code } of plan?.findings ?? []) codes.set(code, (codes.get(code) ?? 0) + 1);
    lines.push('# TYPE egressip_findings gauge', ...[...codes].map(([code, count]) => `egressip_findings{code="${code}"} ${count}`));
    lines.push('# TYPE egressip_waiting_claims gauge', `egressip_waiting_claims ${plan?.waiting.length ?? 0}`);
    lines.push('# TYPE egressip_plans_total counter', `egressip_plans_total ${this.#plans}`);
    return `${lines.join('\n')}\n`;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function aborted(signal: AbortSignal): Promise<void> {
  return signal.aborted ? Promise.resolve() : new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function raceAbort(work: Promise<unknown>, signal: AbortSignal): Promise<unknown> {
  return Promise.race([work, aborted(signal)]);
}
