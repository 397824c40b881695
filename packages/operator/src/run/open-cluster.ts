import type { NetworkBackend } from '@egressip-ipam/core';
import {
  isForbidden,
  isUnauthorized,
  systemClock,
  ToldFailures,
  type Resource,
  type RestClient,
} from '@egressip-ipam/kube';
import { findNetwork, type FoundNetwork } from '../network/find-network.ts';
import { loadBuiltInNetworks, loadNetwork } from '../network/load-network.ts';
import { readableServiceCIDRs, servedBy } from '../network/live-evidence.ts';
import { isShownByOneNodeAlone, noticeOtherNetwork } from '../network/other-network.ts';
import * as resources from '../network/resources.ts';
import { reasonOf } from '../output/reason-of.ts';
import { makeClusterProvider, type ClusterProvider } from '../provider/cluster-provider.ts';
import { raceAbort } from './aborted.ts';
import type { Log } from '../log/log.ts';
import type { Metrics } from './metrics.ts';
import type { RunOptions } from './options.ts';

const retryPause = 2_000;

/** What a cluster turned out to be when it was looked at. */
export interface Cluster {
  readonly network: FoundNetwork;
  /** The name of the network that it shows now; undefined where that cannot be told, or is not asked for. */
  readonly networkByNow: (() => Promise<string | undefined>) | undefined;
  readonly servesInfrastructures: boolean;
  readonly servesEgressIPAMs: boolean;
  readonly serviceCIDRs: Resource | undefined;
  readonly provider: ClusterProvider;
}

/**
 * Waits until the API server answers and the network can be told. Undefined when stopped before.
 *
 * @throws Error when there is no such network or provider
 */
export async function openCluster(
  rest: RestClient,
  options: RunOptions,
  log: Log,
  metrics: Metrics | undefined,
  signal: AbortSignal,
): Promise<Cluster | undefined> {
  const chosen = options.network === undefined ? undefined : await loadNetwork(options.network);
  const backends = chosen === undefined ? await loadBuiltInNetworks() : [];
  const told = new ToldFailures();
  for (let said = ''; !signal.aborted;) {
    const found = await findNetwork(rest, backends, chosen).catch((error: unknown) => {
      // Who sits before it can ask for the right; an installed operator is given it in a moment, perhaps.
      if (options.refusesBeside === true && (isForbidden(error) || isUnauthorized(error)))
        throw new Error(withoutRight(error), { cause: error });
      if (!told.isRepeated(error))
        log.warn('the API server cannot be asked; it is tried again', { reason: reasonOf(error) });
      return undefined;
    });
    if (found !== undefined && typeof found !== 'string') {
      const [isServed, serviceCIDRs] = await Promise.all([
        servedBy(rest, [{ resource: resources.infrastructures }, { resource: resources.egressIPAMs }]),
        readableServiceCIDRs(rest),
      ]);
      log.info('the network is', { network: found.backend.name });
      const provider = await makeClusterProvider(rest, found, options, {
        log,
        onCall: (call) => metrics?.called(call),
        onFault: (call, fault) => metrics?.providerFailed(call, fault),
      });
      const servesInfrastructures = isServed({ resource: resources.infrastructures });
      const servesEgressIPAMs = isServed({ resource: resources.egressIPAMs });
      const networkByNow = chosen === undefined ? () => networkShown(rest, backends) : undefined;
      return { network: found, networkByNow, servesInfrastructures, servesEgressIPAMs, serviceCIDRs, provider };
    }
    if (found !== undefined && said !== found)
      log.warn('the network cannot be told yet; name it by --network, or wait', { reason: (said = found) });
    await raceAbort(new Promise((resolve) => setTimeout(resolve, retryPause)), signal);
  }
  return undefined;
}

function withoutRight(error: unknown): string {
  return `the cluster may not be read (${reasonOf(error)}); ask for the verbs get, list and watch on what the operator reads, which the ClusterRoles of deploy/manifests/rbac*.yaml name, or log in anew`;
}

/** Does some work with what a cluster is, and has it end when told to, or when the cluster has another network. */
export async function withNetwork(
  { network, networkByNow }: Cluster,
  log: Log,
  signal: AbortSignal,
  work: (ended: AbortSignal) => Promise<void>,
): Promise<void> {
  if (networkByNow === undefined) return work(signal);
  const done = new AbortController();
  const other = noticeOtherNetwork({
    clock: systemClock,
    log,
    signal: AbortSignal.any([signal, done.signal]),
    name: network.backend.name,
    nameByNow: networkByNow,
  });
  try {
    await work(AbortSignal.any([signal, other]));
  } finally {
    done.abort();
  }
}

async function networkShown(rest: RestClient, backends: readonly NetworkBackend[]): Promise<string | undefined> {
  const found = await findNetwork(rest, backends, undefined);
  return typeof found === 'string' || isShownByOneNodeAlone(found, backends) ? undefined : found.backend.name;
}
