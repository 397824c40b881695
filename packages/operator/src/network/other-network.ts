import { decideNetwork, type NetworkBackend } from '@egressip-ipam/core';
import type { Clock, ClockTimer } from '@egressip-ipam/kube';
import type { Log } from '../log/log.ts';
import type { FoundNetwork } from './find-network.ts';

/** Milliseconds between two looks. */
const pause = 30_000;
/** Milliseconds until another network is looked for again: while definitions come and go one look may mislead. */
const confirmation = 5_000;

/** What is looked for while a network's back end is at work. */
export interface OtherNetworkOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** The network whose back end is at work. */
  readonly name: string;
  /** The one that the cluster shows now; undefined where that cannot be told. */
  readonly nameByNow: () => Promise<string | undefined>;
}

/**
 * Looks whether the cluster has been given another network, and aborts once two looks agree on which.
 *
 * The objects of the former network stay where they are, and would be taken for traffic that is carried for as long as
 * this process lives. Where it cannot be told which network it is, as in the middle of a migration, nothing changes.
 */
export function noticeOtherNetwork({ clock, log, signal, name, nameByNow }: OtherNetworkOptions): AbortSignal {
  const noticed = new AbortController();
  let timer: ClockTimer | undefined;
  let seenBefore = name;
  const look = async (): Promise<void> => {
    // What cannot be read is told elsewhere.
    const now = (await nameByNow().catch(() => undefined)) ?? name;
    if (signal.aborted) return;
    if (now !== name && now === seenBefore) {
      log.warn('the cluster has another network by now; everything begins anew with that', { network: name, now });
      noticed.abort();
      return;
    }
    seenBefore = now;
    lookAfter(now === name ? pause : confirmation);
  };
  const lookAfter = (milliseconds: number): void => {
    timer = clock.setTimeout(() => void look(), milliseconds);
  };
  signal.addEventListener('abort', () => timer?.cancel(), { once: true });
  lookAfter(pause);
  return noticed.signal;
}

/**
 * Whether a network is shown by a single node of several: each writes its own annotations, and none is to decide for
 * all which network the cluster has.
 */
export function isShownByOneNodeAlone(
  { backend, evidence }: Pick<FoundNetwork, 'backend' | 'evidence'>,
  backends: readonly NetworkBackend[],
): boolean {
  if (evidence.nodes.length < 2) return false;
  return [0, 1].some((half) => {
    const nodes = evidence.nodes.filter((_, index) => index % 2 === half);
    const decision = decideNetwork({ ...evidence, nodes }, backends);
    return !decision.decided || decision.backend.name !== backend.name;
  });
}
