import { LeaderElector, type Fence, type RestClient } from '@egressip-ipam/kube';
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Log } from './log.ts';
import type { RunOptions } from './options.ts';
import { reasonOf } from './reason.ts';

/** The right to act, from when this replica has it until it ends. */
export interface LeaseHold {
  /** Throws while this replica may not write. */
  readonly fence: Fence;
  /** Whether this process became the leader; false when it was stopped before. */
  readonly elected: Promise<boolean>;
  /** Aborted when it is time to end: told to stop, or the lease is lost. */
  readonly ended: AbortSignal;
  /** Aborted when the lease is lost, at once. */
  readonly lost: AbortSignal;
  /** Gives the lease up, so that another replica need not wait for its end. */
  release(): Promise<void>;
}

/** Takes part in the election of the one replica that acts; without an election, this one does. */
export function holdLease(rest: RestClient, options: RunOptions, log: Log, signal: AbortSignal): LeaseHold {
  const lost = new AbortController();
  const ended = AbortSignal.any([signal, lost.signal]);
  if (!options.leaderElect) return { fence: () => undefined, elected: Promise.resolve(true), ended, lost: lost.signal, release: () => Promise.resolve() };
  let onElected: (elected: boolean) => void = () => undefined;
  const elected = new Promise<boolean>((resolve) => (onElected = resolve));
  if (ended.aborted) onElected(false);
  else ended.addEventListener('abort', () => onElected(false), { once: true });
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
      lost.abort();
      if (!signal.aborted) log.warn('the lease is lost; nothing more is written', { reason });
    },
    onNewLeader: (identity) => log.info('the leader is', { identity }),
    onError: (error) => log.warn('the lease cannot be renewed', { reason: reasonOf(error) }),
  });
  elector.start();
  return { fence: elector.fence, elected, ended, lost: lost.signal, release: () => elector.stop() };
}
