import {
  isAlreadyExists,
  isForbidden,
  isNotFound,
  LeaderElector,
  ResourceClient,
  type Fence,
  type RestClient,
} from '@egressip-ipam/kube';
import { namespaces } from '../network/resources.ts';
import { isGone, ownIdentity } from './holder-identity.ts';
import type { Log } from '../log/log.ts';
import type { RunOptions } from './options.ts';
import { reasonOf } from '../output/reason-of.ts';

/** The name of the Lease that makes one replica the writer. */
const leaseName = 'egressip-ipam-operator';

/** The right to act, for as long as it lasts. */
export interface Term {
  /** Throws while this replica may not write. */
  readonly fence: Fence;
  /** Aborted when it is over: told to stop, or the lease is lost. */
  readonly ended: AbortSignal;
  /** Aborted when the lease is lost, at once. */
  readonly lost: AbortSignal;
}

/** This replica's part in the election of the one that acts. */
export interface LeaseHold {
  readonly fence: Fence;
  /** Resolves when this replica may act, again after a term is over; undefined when it was told to stop before. */
  nextTerm(): Promise<Term | undefined>;
  /** Gives the lease up, so that another replica need not wait for its end. */
  release(): Promise<void>;
}

/**
 * Takes part in the election of the one replica that acts; without an election, this one does.
 *
 * @throws Error where it is not to wait for its turn, and another that lives has the Lease, or the Lease may not be
 *   written
 */
export async function holdLease(
  rest: RestClient,
  options: RunOptions,
  log: Log,
  signal: AbortSignal,
): Promise<LeaseHold> {
  if (!options.leaderElect) return holdWithoutElection(signal);
  if (options.refusesBeside !== true) return takePart(rest, options, log, signal, () => undefined);
  await makeNamespace(rest, options.namespace, log);
  const refused = Promise.withResolvers<never>();
  const hold = takePart(rest, options, log, signal, refused.reject);
  try {
    await Promise.race([refused.promise, hold.nextTerm()]);
  } catch (error) {
    await hold.release();
    throw error;
  }
  return hold;
}

/** @param refuse told why this process must not act now, as long as it does not */
function takePart(
  rest: RestClient,
  { namespace, leaseDuration, renewDeadline, retryPeriod, refusesBeside = false }: RunOptions,
  log: Log,
  signal: AbortSignal,
  refuse: (reason: Error) => void,
): LeaseHold {
  let lost = new AbortController();
  let onElected: (elected: boolean) => void = () => undefined;
  let isGivenUp = false;
  let wasLost = false;
  const own = ownIdentity();
  const elector = new LeaderElector({
    client: rest,
    namespace,
    name: leaseName,
    identity: own,
    leaseDuration: leaseDuration * 1000,
    renewDeadline: renewDeadline * 1000,
    retryPeriod: retryPeriod * 1000,
    isGone,
    // Who waits for a sign of life need not keep out of the way of others who wait.
    ...(refusesBeside ? { random: () => 0 } : {}),
    onElected: () => {
      lost = new AbortController();
      if (wasLost) log.info('the lease is held again');
      onElected(true);
    },
    onLost: (reason) => {
      lost.abort();
      wasLost = true;
      if (!signal.aborted && !isGivenUp)
        log.warn('the lease is lost; nothing more is written until it is held again', { reason });
    },
    onNewLeader: (identity) => {
      if (isGone(identity)) log.info('the holder of the lease is gone, and it is taken over', { identity });
      else log.info('the leader is', { identity });
      if (refusesBeside && identity !== own && !isGone(identity))
        log.info('the lease is waited for until its holder shows that it lives, or its time is over', {
          seconds: leaseDuration,
        });
    },
    onHeldByOther: (identity) =>
      refuse(
        new Error(
          `${identity} acts as the operator already (Lease ${namespace}/${leaseName}): two would write against each other; stop it, or wait for your turn with --leader-elect`,
        ),
      ),
    onError: (error, isRepeated) => {
      if (isRepeated) log.debug('the lease still cannot be renewed', { reason: reasonOf(error) });
      else log.warn('the lease cannot be renewed', { reason: reasonOf(error) });
      if (isForbidden(error)) refuse(new Error(withoutRight(namespace, error)));
    },
  });
  signal.addEventListener('abort', () => onElected(false), { once: true });
  elector.start();
  return {
    fence: elector.fence,
    release: () => {
      isGivenUp = true;
      return elector.stop();
    },
    nextTerm: async () => {
      const isElected = signal.aborted
        ? false
        : elector.isLeader || (await new Promise<boolean>((resolve) => (onElected = resolve)));
      return isElected
        ? { fence: elector.fence, ended: AbortSignal.any([signal, lost.signal]), lost: lost.signal }
        : undefined;
    },
  };
}

/** Where the operator is not installed its namespace is missing, and no Lease is without one. */
async function makeNamespace(rest: RestClient, name: string, log: Log): Promise<void> {
  const client = new ResourceClient(rest, namespaces);
  const isMissing = await client.get({ name }).then(() => false, isNotFound);
  if (!isMissing) return;
  try {
    await client.create({ metadata: { name } });
    log.info('the namespace for the lease is made', { namespace: name });
  } catch (error) {
    if (isAlreadyExists(error)) return;
    throw new Error(
      `namespace ${name}, where the Lease belongs that keeps a second operator from writing beside this one, does not exist and cannot be made (${reasonOf(error)}); have it made (kubectl create namespace ${name}), or name another with --namespace, the same for everybody who runs the operator`,
      { cause: error },
    );
  }
}

function withoutRight(namespace: string, error: unknown): string {
  return `Lease ${namespace}/${leaseName}, which keeps a second operator from writing beside this one, is not yours to write (${reasonOf(error)}); ask for the verbs get, create and update on leases of coordination.k8s.io there, or name another namespace with --namespace, the same for everybody who runs the operator`;
}

function holdWithoutElection(signal: AbortSignal): LeaseHold {
  const fence = (): void => undefined;
  const term: Term = { fence, ended: signal, lost: new AbortController().signal };
  return {
    fence,
    nextTerm: () => Promise.resolve(signal.aborted ? undefined : term),
    release: () => Promise.resolve(),
  };
}
