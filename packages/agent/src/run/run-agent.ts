import {
  createRestClient,
  loadConnection,
  reasonOf,
  serveMetrics,
  serveTexts,
  sleep,
  type RestClient,
  type TextServer,
} from '@egressip-ipam/kube';
import { readFileSync } from 'node:fs';
import { timingsOf } from '../fencing/timings.ts';
import { whyPowerless } from '../kernel/capabilities.ts';
import { systemKernel } from '../kernel/kernel.ts';
import { watchKernel } from '../kernel/watch-kernel.ts';
import { findAnnouncer } from '../neighbours/announcer.ts';
import { InputGuard } from '../packet-filter/input-guard.ts';
import { keyReader } from '../peers/read-keys.ts';
import { StateFile } from '../state/state-file.ts';
import { Agent } from './agent.ts';
import { machineClock as clock } from './machine-clock.ts';
import { Metrics } from './metrics.ts';
import type { AgentOptions, Log } from './options.ts';

/**
 * Runs the agent until it is told to stop. The node's addresses stay for what is left of their time.
 *
 * @throws Error when it cannot start: without its capabilities, no kubeconfig, no `arping`, an address that cannot be
 *   listened on
 */
export async function runAgent(options: AgentOptions, log: Log, signal: AbortSignal): Promise<void> {
  const powerless = whyPowerless(readFileSync('/proc/self/status', 'utf8'));
  if (powerless !== undefined) throw new Error(powerless);
  const { kubeconfig, context } = options;
  const connection = await loadConnection({
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
  });
  const announcer = await findAnnouncer((message) =>
    log.warn('an address could not be announced', { reason: message }),
  );
  let agent: Agent | undefined = undefined as Agent | undefined;
  const metrics = new Metrics(() => agent?.holdSeconds ?? 0, options.build);
  const { renewal } = timingsOf(options.term);
  const rest = createRestClient(connection, {
    clock,
    userAgent: 'egressip-ipam-agent',
    onRequest: (request) => metrics.requested(request),
    // Renewals of the Lease find out as well that the network is gone: this is for a watch whose connection alone is.
    liveness: { interval: 10_000, deadline: renewal * 0.75 },
  });
  const keys = keyReader(options.keyFolder, () => clock.monotonic());
  const bootID = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const parts = {
    options,
    bootID,
    rest,
    clock,
    log,
    kernel: systemKernel(),
    guard: new InputGuard(),
    announcer,
    keys,
    metrics,
  };
  const notKept = (error: unknown): void =>
    log.warn('what the next life of this agent is to know cannot be kept', { reason: reasonOf(error) });
  // Ready also while a former agent of this node still runs: it ends only when this one is there.
  const servers = await listen(options, signal, { log, metrics, rest });
  try {
    agent = await takeOver(
      () => new Agent({ ...parts, state: new StateFile(options.stateFile, notKept) }),
      log,
      signal,
    );
    if (agent === undefined) return;
    log.info('the agent runs', { node: options.node, term: options.term, asksPeers: keys().length > 0 });
    const running = agent;
    const watch = watchKernel(
      () => running.kernelChanged(),
      (reason) => log.warn('changes of the kernel are not seen for a moment', { reason }),
      clock,
    );
    running.start();
    await aborted(signal);
    watch.stop();
    await running.stop();
  } finally {
    await Promise.all(servers.map(async (server) => server?.close()));
    rest.close();
  }
}

async function listen(
  options: AgentOptions,
  signal: AbortSignal,
  { log, metrics, rest }: { readonly log: Log; readonly metrics: Metrics; readonly rest: RestClient },
): Promise<readonly (TextServer | undefined)[]> {
  const health = { '/healthz': () => 'ok\n', '/readyz': () => 'ok\n' };
  const serveOwn = (): Promise<TextServer | undefined> =>
    serveMetrics(options, {
      rest,
      clock,
      text: () => metrics.text(),
      warn: (message, fields) => log.warn(message, fields),
    });
  return [
    await persist(() => serveTexts(options.healthProbeBindAddress, health), signal, log),
    await persist(serveOwn, signal, log),
  ];
}

/** A former agent of this node, on its way out, still has the port. */
async function persist<Value>(open: () => Promise<Value>, signal: AbortSignal, log: Log): Promise<Value | undefined> {
  for (let isTold = false; !signal.aborted; isTold = true) {
    try {
      return await open();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      if (!isTold) log.info('another agent of this node still runs; this one waits for it to end');
      await sleep(clock, 50, signal);
    }
  }
  return undefined;
}

/** An agent is made when the port is its own: what the former one left is read then, and not before. */
async function takeOver(make: () => Agent, log: Log, signal: AbortSignal): Promise<Agent | undefined> {
  return persist(
    async () => {
      const agent = make();
      await agent.openPeers();
      return agent;
    },
    signal,
    log,
  );
}

function aborted(signal: AbortSignal): Promise<void> {
  return signal.aborted
    ? Promise.resolve()
    : new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
