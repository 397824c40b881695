import { LeaderElector, type Fence, type RestClient } from '@egressip-ipam/kube';
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { leaseName } from './leader-of.ts';
import type { Log } from './log.ts';
import type { RunOptions } from './options.ts';
import { reasonOf } from '../output/reason-of.ts';

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

/** Takes part in the election of the one replica that acts; without an election, this one does. */
export function holdLease(rest: RestClient, options: RunOptions, log: Log, signal: AbortSignal): LeaseHold {
  if (!options.leaderElect) return holdWithoutElection(signal);
  let lost = new AbortController();
  let onElected: (elected: boolean) => void = () => undefined;
  const elector = new LeaderElector({
    client: rest,
    namespace: options.namespace,
    name: leaseName,
    identity: `${hostname()}_${randomBytes(6).toString('hex')}`,
    leaseDuration: options.leaseDuration * 1000,
    renewDeadline: options.renewDeadline * 1000,
    retryPeriod: options.retryPeriod * 1000,
    onElected: () => {
      lost = new AbortController();
      onElected(true);
    },
    onLost: (reason) => {
      lost.abort();
      if (!signal.aborted) log.warn('the lease is lost; nothing more is written until it is held again', { reason });
    },
    onNewLeader: (identity) => log.info('the leader is', { identity }),
    onError: (error) => log.warn('the lease cannot be renewed', { reason: reasonOf(error) }),
  });
  signal.addEventListener('abort', () => onElected(false), { once: true });
  elector.start();
  return {
    fence: elector.fence,
    release: () => elector.stop(),
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

function holdWithoutElection(signal: AbortSignal): LeaseHold {
  const fence = (): void => undefined;
  const term: Term = { fence, ended: signal, lost: new AbortController().signal };
  return {
    fence,
    nextTerm: () => Promise.resolve(signal.aborted ? undefined : term),
    release: () => Promise.resolve(),
  };
}
